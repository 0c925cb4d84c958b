/**
 * A worker's side of chords (celery.backends.redis.RedisBackend.on_chord_part_return). It keeps the result of each part;
 * the worker that ends the last part sends the body, or fails it. With a result backend that counts no parts, the task
 * `celery.chord_unlock` does that (app/chord-unlock.js).
 *
 * Guarantee: a part is counted before its message is acknowledged, and only once, however often it is delivered. The
 * worker with the chord's claim sends the body. If it is lost, the worker that gets its message takes over.
 */

import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { toSignature } from "../../canvas/signature.js";
import { ChordError } from "../../errors.js";
import { decodeException, encodeException, exceptionRepr, toError } from "../../protocol/exceptions.js";
import { dumps, loads } from "../../protocol/json.js";
import { EXCEPTION_STATES, FAILURE, PROPAGATE_STATES } from "../../protocol/states.js";
import { taskStorage } from "../../tasks/current.js";
import { Downstream, hasErrbackOf } from "./downstream.js";

/**
 * @typedef {import("../../tasks/current.js").CurrentTask} CurrentTask
 * @typedef {import("../../canvas/types.js").AnySignature} Signature
 *
 * @typedef {object} Part
 * @property {string} id the task's id
 * @property {string | null} group
 * @property {number | null} groupIndex
 * @property {unknown} chord the body
 *
 * @typedef {{ token: string, claimS: number }} Claim to send a chord's body
 */

/** The minimum time that a chord is marked as sent, for parts that are delivered again. */
const MIN_DONE_S = 300;
const MIN_CLAIM_S = 5;
/** The pause before another worker's claim is checked again. */
const CLAIM_CHECK_MS = 500;
/** A claim lasts for 1 to 3 of its terms, and while the body is sent. One that is seen for longer has no end. */
const LONGEST_CLAIM = 6;

export class Chords {
  #parts;
  /** Fails the tasks that depend on a part. */
  downstream;

  /**
   * @param {object} parts
   * @param {import("../../worker/model/types.js").WorkerApp} parts.app
   * @param {import("../../worker/observers/log.js").Logger} parts.log
   * @param {import("./follow-ups.js").Persist} parts.persist
   * @param {import("./callbacks.js").Callbacks} parts.callbacks
   * @param {import("../../protocol/result-encoder.js").ResultEncoder} parts.resultEncoder
   * @param {(taskId: string, result: string) => Promise<boolean>} parts.store stores a result, for as long as it takes
   */
  constructor(parts) {
    this.#parts = parts;
    this.downstream = new Downstream({ ...parts, chords: this });
  }

  /**
   * @param {Part} part that has ended
   * @param {string} state
   * @param {unknown} value its result or its error
   * @param {CurrentTask} execution that is over
   */
  async reportPart(part, state, value, execution) {
    if (!part.group || !part.chord || !isCounted(this.#parts.app)) return;
    const claim = this.#newClaim();
    const standing = await this.#add(part, state, value, claim);
    if (standing !== "claimed") return;
    await this.#complete(part.group, toSignature(part.chord, this.#parts.app), claim, execution);
  }

  /**
   * Handles a part that will not run. If the part and the body share an errback, as in a chord within a header, Celery
   * calls it for the part and never fails the body. Here the body fails too, and at once, because a Python worker that
   * ends the last part would call the errback again. Only a chord whose client has not yet set its size is left to the
   * last part.
   *
   * @param {Part} part
   * @param {import("./downstream.js").Failure} failure
   */
  async failPart(part, failure) {
    const { app, persist } = this.#parts;
    const { id, group, chord } = part;
    const { error, execution, called = [] } = failure;
    if (!group || !chord || !isCounted(app)) return;
    const body = toSignature(chord, app);
    if (!hasErrbackOf(body, called, app)) {
      await this.reportPart(part, FAILURE, error, execution);
      return;
    }
    await persist(() => storeOf(app).noteErrbacks(group, called));
    const claim = this.#newClaim();
    const standing = await this.#add(part, FAILURE, error, claim);
    const mayTake = async () => persist(() => storeOf(app).prolongClaim(group, claim.token, claim.claimS));
    if (standing !== "claimed" && !(standing === "waiting" && (await mayTake()))) return;
    const cause = new ChordError(`Dependency ${id} raised ${exceptionRepr(error)}`, { cause: error });
    await this.#fail(group, body, cause, execution);
  }

  /** @returns {Claim} a new claim to try to take */
  #newClaim() {
    const { resultChordJoinTimeout } = this.#parts.app.settings;
    return { token: randomUUID(), claimS: Math.max(MIN_CLAIM_S, Math.trunc((resultChordJoinTimeout || 5) * 2)) };
  }

  /**
   * Counts a part.
   *
   * @param {Part} part
   * @param {string} state
   * @param {unknown} value
   * @param {Claim} claim
   */
  async #add({ id: taskId, group, groupIndex: index }, state, value, claim) {
    const { app, persist } = this.#parts;
    const result = value instanceof Error && EXCEPTION_STATES.has(state) ? encodeException(value) : value;
    const text = dumps([1, taskId, state, result ?? null], { root: "result" });
    const add = () => storeOf(app).addPart(/** @type {string} */ (group), { taskId, index, text, ...claim });
    let standing = await persist(add);
    // "taken": this is a copy of the part that completed the chord, and another worker has the claim. That worker may be lost,
    // so this redelivery may be the only one able to send the body. A claim without an end, which no worker makes, gets one.
    const longestMs = (LONGEST_CLAIM * claim.claimS + 2 * app.settings.taskPublishTimeout) * 1000;
    for (let since = performance.now(); standing === "taken"; standing = await persist(add)) {
      if (performance.now() - since > longestMs) {
        await persist(() => storeOf(app).endClaim(/** @type {string} */ (group), claim.claimS));
        since = performance.now();
      }
      await delay(CLAIM_CHECK_MS);
    }
    return standing;
  }

  /**
   * @param {string} group
   * @param {Signature} body
   * @param {Claim} claim
   * @param {CurrentTask} execution
   */
  async #complete(group, body, { token, claimS }, execution) {
    const { app, persist, callbacks, log } = this.#parts;
    const chords = storeOf(app);
    /** @type {unknown[]} */
    let results;
    try {
      results = await this.#results(group);
    } catch (thrown) {
      const error = toError(thrown);
      const chordError = error instanceof ChordError ? error : joinError("Join", error);
      await this.#fail(group, body, chordError, execution);
      return;
    }
    const sendS = Math.max(claimS, Math.ceil(app.settings.taskPublishTimeout * 2) + 1);
    if (!(await persist(() => chords.prolongClaim(group, token, sendS)))) {
      log.warn({ task_id: body.id }, `The body of chord ${group} is not sent: another worker now has its claim`);
      return;
    }
    try {
      await taskStorage.run(callbacks.copyForSending(execution), () => body.delay(results));
    } catch (thrown) {
      const error = toError(thrown);
      if (error.name === "AbortError") throw error;
      log.error({ task_id: body.id, error }, `Chord callback for '${group}' raised: ${exceptionRepr(error)}`);
      await this.downstream.failBody(body, { error: joinError("Callback", error), execution });
    }
    await persist(() => chords.close(group, token, Math.max(claimS * 2, MIN_DONE_S)));
  }

  /**
   * Fails the body. Errbacks that a failed part has called are not called again.
   *
   * @param {string} group
   * @param {Signature} body
   * @param {Error} error
   * @param {CurrentTask} execution
   */
  async #fail(group, body, error, execution) {
    const { app, persist, log } = this.#parts;
    const chords = storeOf(app);
    log.error({ task_id: body.id, error }, `Chord '${group}' raised: ${exceptionRepr(error)}`);
    const called = await persist(() => chords.calledErrbacks(group));
    await this.downstream.failBody(body, { error, execution, called });
    await persist(() => chords.dropSize(group));
  }

  /**
   * @param {string} group
   * @returns {Promise<unknown[]>}
   * @throws {ChordError} naming the part that failed
   */
  async #results(group) {
    const { app, persist } = this.#parts;
    // Only a header that contains groups was saved. Its results must be nested as its tasks were.
    const saved = await persist(() => app.restoreGroup(group));
    if (saved !== null) return inOrder(saved, app.settings.resultChordJoinTimeout || undefined);
    const texts = await persist(() => storeOf(app).results(group));
    return texts.map(resultOf);
  }
}

/**
 * @param {import("../../worker/model/types.js").WorkerApp} app
 * @returns {boolean} false: `celery.chord_unlock` looks for the parts' results
 */
const isCounted = (app) => app.backend.chords !== null;

/** @param {import("../../worker/model/types.js").WorkerApp} app */
const storeOf = (app) => /** @type {import("../../backend/backend.js").ChordStore} */ (app.backend.chords);

/**
 * @param {import("../../canvas/current-app.js").GroupResult} group whose tasks have ended
 * @param {number} [timeout] seconds
 * @returns {Promise<unknown[]>} their results
 * @throws {Error} the error of the first failed task in header order, whichever failed first
 */
async function inOrder(group, timeout) {
  const options = { timeout, disableSyncSubtasks: false, followParents: false };
  const outcomes = await Promise.allSettled(group.results.map((result) => result.get(options)));
  return outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}

/**
 * Without a cause, as in Celery: a group as body fails with this error itself.
 *
 * @param {string} what
 * @param {Error} error
 */
export const joinError = (what, error) => new ChordError(`${what} error: ${exceptionRepr(error)}`);

/**
 * @param {string} text of a part
 * @returns {unknown} what it returned
 * @throws {ChordError} when it failed
 */
function resultOf(text) {
  const [, id, state, value] = /** @type {[number, string, string, unknown]} */ (loads(text));
  const result = EXCEPTION_STATES.has(state) ? decodeException(value) : value;
  if (!PROPAGATE_STATES.has(state)) return result;
  const cause = /** @type {Error} */ (result);
  throw new ChordError(`Dependency ${id} raised ${exceptionRepr(cause)}`, { cause });
}
