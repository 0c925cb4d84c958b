/**
 * `celery.chord_unlock` (`celery.app.builtins.add_unlock_chord_task`): checks whether the parts of a chord have ended, and then
 * sends its body, or fails it. Workers of both languages run it, for chords that either of them has sent.
 */
import { toSignature } from "../canvas/signature.js";
import { ChordError, OperationalError, Retry } from "../errors.js";
import { joinError } from "../execution/follow-ups/chords.js";
import { exceptionRepr, toError } from "../protocol/exceptions.js";
import { READY_STATES } from "../protocol/states.js";
import { currentTask } from "../tasks/current.js";

/**
 * @typedef {import("../execution/bound-task.js").BoundTask} BoundTask
 * @typedef {import("../canvas/types.js").AnySignature} Signature
 * @typedef {{ interval?: number | null, max_retries?: number | null, result?: unknown[] }} Options
 */

/** No limit: it checks for as long as the parts take. */
export const UNLOCK_OPTIONS = { bind: /** @type {const} */ (true), ignoreResult: true, maxRetries: null };

/**
 * @param {BoundTask} self
 * @param {string} groupId
 * @param {import("../canvas/types.js").SignatureData} callback the body
 * @param {Options} options `_rest` takes what only Python uses, such as the kind of exchange for its retries
 * @returns {Promise<void>}
 * @throws {Retry} until the parts have ended
 */
export async function unlockChord(
  self,
  groupId,
  callback,
  { interval = null, max_retries = null, result = [], ..._rest } = {},
) {
  const { app } = self;
  const body = toSignature(callback, app);
  const parts = app.GroupResult(
    groupId,
    result.map((tuple) => app.resultFromTuple(tuple)),
  );
  const checkAgain = (/** @type {Error | null} */ exc) =>
    self.retry({
      countdown: interval ?? app.settings.resultChordRetryInterval,
      ...(max_retries !== null && { maxRetries: max_retries }),
      ...(exc && { exc }),
    });
  try {
    // A copy of this message: the worker that sent the body was lost before it could acknowledge.
    if (await isDone(app, body)) return;
    if (!(await parts.ready())) throw checkAgain(null);
  } catch (thrown) {
    if (thrown instanceof Retry) throw thrown;
    await retryOrFail(groupId, body, toError(thrown), checkAgain);
  }
  try {
    await body.delay(await valuesOf(parts));
  } catch (thrown) {
    const error = toError(thrown);
    if (error instanceof OperationalError) throw checkAgain(error);
    await failBody(groupId, body, error instanceof ChordError ? error : joinError("Callback", error));
  }
}

/**
 * @param {import("./group-result.js").GroupResult} parts that have ended
 * @returns {Promise<unknown[]>} what they returned
 * @throws {ChordError} naming the first one that failed, in the order of the header
 */
async function valuesOf({ results }) {
  const options = { disableSyncSubtasks: false, followParents: false };
  const outcomes = await Promise.allSettled(results.map((result) => result.get(options)));
  return outcomes.map((outcome, i) => {
    if (outcome.status === "fulfilled") return outcome.value;
    const cause = toError(outcome.reason);
    if (cause instanceof OperationalError) throw cause;
    throw new ChordError(`Dependency ${results[i].id} raised ${exceptionRepr(cause)}`, { cause });
  });
}

/**
 * @param {BoundTask["app"]} app
 * @param {Signature} body
 */
async function isDone(app, { id }) {
  const meta = id === null ? null : await app.backend.get(id);
  return meta !== null && READY_STATES.has(meta.status);
}

/**
 * Retries after a temporary error. After any other error it fails the body, because nothing else would finish it.
 *
 * @param {string} groupId
 * @param {Signature} body
 * @param {Error} error
 * @param {(exc: Error) => Error} checkAgain
 * @returns {Promise<never>}
 */
async function retryOrFail(groupId, body, error, checkAgain) {
  /** @type {Error} */
  let last = error;
  try {
    if (error instanceof OperationalError) throw checkAgain(error);
  } catch (thrown) {
    if (thrown instanceof Retry) throw thrown;
    last = toError(thrown);
  }
  const reason = `chord_unlock could not be retried: ${exceptionRepr(last)}`;
  await failBody(groupId, body, new ChordError(reason, { cause: last }));
  throw last;
}

/**
 * @param {string} groupId
 * @param {Signature} body
 * @param {ChordError} error
 */
async function failBody(groupId, body, error) {
  const execution = /** @type {import("../execution/execution.js").Execution} */ (currentTask());
  execution.log.error({ task_id: body.id, error }, `Chord '${groupId}' raised: ${exceptionRepr(error)}`);
  await execution.services.failBody?.(body, error, execution);
}
