/**
 * The part of a chord that a worker does (celery.backends.redis.RedisBackend.on_chord_part_return): keeps the result of each
 * part; whoever ends the last one sends the body, or fails it. It also fails what would have come after a failed task.
 *
 * Guarantee: a part counts before its message is acknowledged, and once, however often it is delivered. The body is sent by
 * the one who holds the chord's claim; a worker that is lost with the claim leaves it to whoever gets its message.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { toSignature } from "../canvas/signature.js";
import { ChordError } from "../errors.js";
import { decodeException, encodeException, exceptionRepr, toError } from "../protocol/exceptions.js";
import { dumps, loads } from "../protocol/json.js";
import { EXCEPTION_STATES, FAILURE, PROPAGATE_STATES } from "../protocol/states.js";
import { runInExecution } from "../tasks/current.js";

/**
 * @typedef {import("../tasks/current.js").Execution} Execution
 * @typedef {import("../canvas/signature.js").Signature<any>} Signature
 *
 * @typedef {object} Part
 * @property {string} id of its task
 * @property {string | null} group
 * @property {number | null} groupIndex
 * @property {unknown} chord the body
 */

/** The mark of a chord whose body was sent stays at least so long against parts that are delivered again. */
const MIN_DONE_S = 300;
const MIN_CLAIM_S = 5;
/** How long until a claim that somebody else has is looked at again. */
const CLAIM_LOOK_MS = 500;

export class Chords {
  #parts;

  /**
   * @param {object} parts
   * @param {import("./types.js").WorkerApp} parts.app
   * @param {import("./log.js").Logger} parts.log
   * @param {import("./persistence.js").Persist} parts.persist
   * @param {import("./callbacks.js").Callbacks} parts.callbacks
   * @param {import("./outcomes.js").Outcomes} parts.outcomes
   * @param {(taskId: string, result: string) => Promise<boolean>} parts.store stores a result, whatever it takes
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * @param {Part} part that has ended
   * @param {string} state
   * @param {unknown} value its result or its error
   * @param {Execution} execution that is over
   */
  async ended({ id: taskId, group, groupIndex, chord }, state, value, execution) {
    if (!group || !chord) return;
    const { app, persist } = this.#parts;
    const claimS = Math.max(MIN_CLAIM_S, Math.trunc((app.settings.resultChordJoinTimeout || 5) * 2));
    const token = randomUUID();
    const result = value instanceof Error && EXCEPTION_STATES.has(state) ? encodeException(value) : value;
    const text = dumps([1, taskId, state, result ?? null], { root: "result" });
    const part = { taskId, index: groupIndex, text, claimS, token };
    let standing = await persist(() => app.backend.chords.addPart(group, part));
    // A copy of a part that completed the chord: its worker may be lost, and this message be all that is left to send the body.
    while (standing === "taken") {
      await delay(CLAIM_LOOK_MS);
      standing = await persist(() => app.backend.chords.addPart(group, part));
    }
    if (standing === "claimed") await this.#complete(group, toSignature(chord, app), { token, claimS }, execution);
  }

  /**
   * Fails the rest of a chain (celery.backends.base._fail_chain): who waits for the last task must hear of it, and so must
   * the chord that it is a part of.
   *
   * @param {unknown} chain signatures as they stand in the message
   * @param {Error} error
   * @param {Execution} execution
   */
  async failChain(chain, error, execution) {
    const { app, outcomes, store } = this.#parts;
    const pending = Array.isArray(chain) ? [...chain] : [];
    for (let step = pending.shift(); step !== undefined; step = pending.shift()) {
      const { options, subtaskType, kwargs } = toSignature(step, app);
      const { taskId: id, chord, groupId: group = null, groupIndex = null } = options;
      const isReported = id && chord ? await this.#hasFailed(id) : false;
      if (id) await store(id, outcomes.unrunnable(id, null, error));
      if (id && chord && !isReported) await this.ended({ id, group, groupIndex, chord }, FAILURE, error, execution);
      // A chord is over when its body is: that is what the steps after it wait for.
      if (subtaskType === "chord" && kwargs.body) pending.push(kwargs.body);
    }
  }

  /** @param {string} id */
  async #hasFailed(id) {
    const { app, persist } = this.#parts;
    const meta = await persist(() => app.backend.get(id));
    return meta !== null && PROPAGATE_STATES.has(meta.status);
  }

  /** @param {string} group @param {Signature} body @param {{ token: string, claimS: number }} claim @param {Execution} execution */
  async #complete(group, body, { token, claimS }, execution) {
    const { app, persist, callbacks, log } = this.#parts;
    const { chords } = app.backend;
    /** @type {unknown[]} */
    let results;
    try {
      results = await this.#results(group);
    } catch (thrown) {
      const error = toError(thrown);
      log.error({ taskId: body.id, err: error }, `Chord '${group}' raised: ${exceptionRepr(error)}`);
      await this.failBody(body, error instanceof ChordError ? error : joinError("Join", error), execution);
      await persist(() => chords.dropSize(group));
      return;
    }
    const sendS = Math.max(claimS, Math.ceil(app.settings.taskPublishTimeout * 2) + 1);
    if (!(await persist(() => chords.prolongClaim(group, token, sendS)))) {
      log.warn({ taskId: body.id }, `The body of chord ${group} is not sent: somebody else has its claim by now`);
      return;
    }
    try {
      await runInExecution(callbacks.after(execution), () => body.delay(results));
    } catch (thrown) {
      const error = toError(thrown);
      if (error.name === "AbortError") throw error;
      log.error({ taskId: body.id, err: error }, `Chord callback for '${group}' raised: ${exceptionRepr(error)}`);
      await this.failBody(body, joinError("Callback", error), execution);
    }
    await persist(() => chords.close(group, token, Math.max(claimS * 2, MIN_DONE_S)));
  }

  /** @param {string} group @returns {Promise<unknown[]>} @throws {ChordError} naming the part that failed */
  async #results(group) {
    const { app, persist } = this.#parts;
    // Only a header with groups in it was saved: its results are to be nested as the tasks were.
    const saved = await persist(() => app.restoreGroup(group));
    if (saved !== null) {
      const timeout = app.settings.resultChordJoinTimeout || undefined;
      return /** @type {Promise<unknown[]>} */ (
        saved.get({ timeout, disableSyncSubtasks: false, followParents: false })
      );
    }
    const texts = await persist(() => app.backend.chords.results(group));
    return texts.map(resultOf);
  }

  /**
   * Fails a body that will not run (celery.backends.base.chord_error_from_stack): its errbacks are called, whoever waits for
   * it or for what comes after it is told.
   *
   * @param {Signature} body
   * @param {Error} error
   * @param {Execution} execution
   */
  async failBody(body, error, execution) {
    const { taskId: id = randomUUID(), chord, groupId: group = null, groupIndex = null, linkError } = body.options;
    if (body.subtaskType === "group") {
      await this.#failGroup(body, error, execution);
    } else {
      await this.#failTask({ taskId: id, task: body.task }, listed(linkError), error, execution);
      // A chord in the header of another one reports with its body. Celery leaves the outer one waiting.
      await this.ended({ id, group, groupIndex, chord }, FAILURE, error, execution);
    }
    await this.failChain(body.options.chain, error, execution);
  }

  /** Each of its tasks fails with what made the part fail. @param {Signature} body @param {Error} error @param {Execution} execution */
  async #failGroup(body, error, execution) {
    const cause = error.cause instanceof Error ? error.cause : error;
    const frozen = body.freeze();
    for (const task of /** @type {Signature[]} */ (body.kwargs.tasks)) {
      const errbacks = [...errbacksOf(task), ...listed(body.options.linkError)];
      const single = errbacks.filter(
        (errback, i) => errbacks.findIndex((other) => dumps(other) === dumps(errback)) === i,
      );
      const target = resultTask(task);
      await this.#failTask({ ...target.options, task: target.task }, single, cause, execution);
    }
    await this.#failTask({ taskId: frozen.id, task: body.task }, [], cause, execution);
  }

  /** @param {{ taskId?: string, task: string }} target @param {unknown[]} errbacks @param {Error} error @param {Execution} execution */
  async #failTask({ taskId = randomUUID(), task }, errbacks, error, execution) {
    const { callbacks, outcomes, store } = this.#parts;
    const failed = { id: taskId, task, errbacks, deliveryInfo: {}, rootId: null };
    await callbacks.failed(failed, error, execution);
    await store(taskId, outcomes.unrunnable(taskId, null, error));
  }
}

/** @param {unknown} value */
const listed = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);

/** @param {string} what @param {Error} error */
const joinError = (what, error) => new ChordError(`${what} error: ${exceptionRepr(error)}`, { cause: error });

/** The task whose result is a signature's: of a chord, its body's. @param {Signature} signature @returns {Signature} */
function resultTask(signature) {
  const { body } = /** @type {{ body?: unknown }} */ (signature.kwargs);
  return signature.subtaskType === "chord" && body ? resultTask(toSignature(body, null)) : signature;
}

/** `celery.backends.base._result_errbacks`. @param {Signature} signature @returns {unknown[]} */
function errbacksOf({ subtaskType, kwargs, options }) {
  const own = listed(options.linkError);
  const { body, tasks } = /** @type {{ body?: unknown, tasks?: unknown[] }} */ (kwargs);
  if (subtaskType === "chord" && body) return [...own, ...errbacksOf(toSignature(body, null))];
  if (subtaskType === "group") return [...own, ...(tasks ?? []).flatMap((task) => errbacksOf(toSignature(task, null)))];
  return own;
}

/** @param {string} text of a part @returns {unknown} what it returned @throws {ChordError} when it failed */
function resultOf(text) {
  const [, id, state, value] = /** @type {[number, string, string, unknown]} */ (loads(text));
  const result = EXCEPTION_STATES.has(state) ? decodeException(value) : value;
  if (!PROPAGATE_STATES.has(state)) return result;
  const cause = /** @type {Error} */ (result);
  throw new ChordError(`Dependency ${id} raised ${exceptionRepr(cause)}`, { cause });
}
