/**
 * Fails the tasks that can no longer run because another task failed: the rest of its chain, the body of its chord
 * (`celery.backends.base`: `_fail_chain`, `chord_error_from_stack`). Clients, chords and errbacks are notified.
 *
 * Guarantee: a failure is stored before its errbacks are called.
 */
import { randomUUID } from "node:crypto";
import { listOf } from "../../canvas/options.js";
import { prepareSteps } from "../../canvas/prepare-steps.js";
import { toSignature } from "../../canvas/signature.js";
import { dumps } from "../../protocol/json.js";
import { PROPAGATE_STATES } from "../../protocol/states.js";

/**
 * @typedef {import("../../tasks/current.js").CurrentTask} CurrentTask
 * @typedef {import("../../canvas/types.js").AnySignature} Signature
 *
 * @typedef {object} Failure of one task, on its way through a workflow
 * @property {Error} error
 * @property {CurrentTask} execution that is over
 * @property {string | null} [traceback] stored for the rest of a chain
 * @property {readonly string[]} [called] errbacks that it has called, as JSON: no enclosing chord calls them again
 * @property {string} [stored] id whose failure is stored already
 */

export class Downstream {
  #parts;

  /**
   * @param {object} parts
   * @param {import("../../worker/model/types.js").WorkerApp} parts.app
   * @param {import("./follow-ups.js").Persist} parts.persist
   * @param {import("./callbacks.js").Callbacks} parts.callbacks
   * @param {import("../../protocol/result-encoder.js").ResultEncoder} parts.resultEncoder
   * @param {(taskId: string, result: string) => Promise<boolean>} parts.store stores a result, for as long as it takes
   * @param {Pick<import("./chords.js").Chords, "failPart">} parts.chords those that the failed tasks are parts of
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * Fails the rest of a chain.
   *
   * @param {unknown} chain signatures as they stand in the message
   * @param {Failure} failure
   */
  async failChain(chain, failure) {
    const { app, resultEncoder, store, chords } = this.#parts;
    const { error, traceback = null, stored } = failure;
    const pending = Array.isArray(chain) ? [...chain] : [];
    // It grows; `shift` would take time in proportion to what is left.
    for (const step of pending) {
      const signature = toSignature(step, app);
      const { taskId: id, chord, groupId: group = null, groupIndex = null } = signature.options;
      const members = membersOf(signature);
      const isPart = id && chord && members.length === 0;
      const isReported = isPart && id !== stored ? await this.#hasFailed(id) : false;
      if (id && id !== stored) await store(id, resultEncoder.neverRun(signature, error, traceback));
      if (isPart && !isReported) await chords.failPart({ id, group, groupIndex, chord }, failure);
      for (const member of members) pending.push(member);
    }
  }

  /**
   * Fails the body of a chord. A body of several tasks fails as if it had been sent and its first task had failed. Celery
   * only calls the errbacks of the whole body.
   *
   * @param {Signature} body
   * @param {Failure} failure
   * @returns {Promise<readonly string[]>} the errbacks that were called now or before
   */
  async failBody(body, failure) {
    if (body.subtaskType === "group") return this.#failGroup(body, failure);
    if (body.subtaskType === "chain") return this.#failChainBody(body, failure);
    if (body.subtaskType === "chord" && body.kwargs.body) return this.#failChord(body, failure);
    const { taskId: id = randomUUID(), chord, groupId: group = null, groupIndex = null, linkError } = body.options;
    const called = await this.#failTask({ id, task: body.task }, listOf(linkError), failure);
    await this.#parts.chords.failPart({ id, group, groupIndex, chord }, { ...failure, called });
    await this.failChain(body.options.chain, { ...failure, called });
    return called;
  }

  /**
   * @param {Signature} chain
   * @param {Failure} failure
   */
  async #failChainBody(chain, failure) {
    const { taskId: id = randomUUID(), linkError } = chain.options;
    const called = await this.#failTask({ id, task: chain.task }, listOf(linkError), failure);
    return this.failBody(firstStep(chain, this.#parts.app), { ...failure, called, stored: id });
  }

  /**
   * Fails a chord: its result is that of its body, and the tasks of its header fail too.
   *
   * @param {Signature} chord
   * @param {Failure} failure
   */
  async #failChord(chord, failure) {
    const { app, resultEncoder, store } = this.#parts;
    const body = toSignature(chord.kwargs.body, app).clone();
    const { chord: outer, groupId, groupIndex, linkError } = chord.options;
    // A chord that replaced a task passes on to its body the chord that the task was part of.
    if (outer) body.set({ chord: outer, groupId, groupIndex });
    for (const errback of listOf(linkError)) body.linkError(toSignature(errback, app));
    if (chord.id !== null) await store(chord.id, resultEncoder.bodyFailure(chord.id, failure.error, []));
    await this.#failHeader(chord, body, failure);
    const called = await this.failBody(body, failure);
    await this.failChain(chord.options.chain, { ...failure, called });
    return called;
  }

  /**
   * Fails the tasks of a header that was not sent, like those of a group. An errback that several of them share, also
   * with the body, is called for one of them.
   *
   * @param {Signature} chord
   * @param {Signature} body
   * @param {Failure} failure
   */
  async #failHeader(chord, body, failure) {
    const { app } = this.#parts;
    const header = /** @type {import("../../canvas/chord.js").Header} */ (chord.kwargs.header);
    const error = causeOf(failure.error);
    let called = [...(failure.called ?? []), ...errbacksWithin(body, app)];
    for (const each of Array.isArray(header) ? header : header.tasks) {
      const task = withoutChord(toSignature(each, app).clone());
      if (task.id !== null) called = [...(await this.failBody(task, { ...failure, error, called }))];
    }
  }

  /**
   * Fails each task of a group with the error that made the part fail.
   *
   * @param {Signature} body
   * @param {Failure} failure
   */
  async #failGroup(body, failure) {
    const { app, resultEncoder, store } = this.#parts;
    const { execution } = failure;
    const error = causeOf(failure.error);
    const frozen = body.freeze();
    const called = new Set(failure.called);
    for (const member of /** @type {Signature[]} */ (body.kwargs.tasks)) {
      const task = member.clone();
      for (const errback of listOf(body.options.linkError)) task.linkError(toSignature(errback, app));
      for (const errback of await this.failBody(task, { ...failure, error })) called.add(errback);
    }
    await store(frozen.id, resultEncoder.bodyFailure(frozen.id, error, childrenOf(execution)));
    await this.failChain(body.options.chain, { ...failure, called: [...called] });
    return [...called];
  }

  /**
   * @param {{ id: string, task: string }} target
   * @param {unknown[]} errbacks
   * @param {Failure} failure
   * @returns {Promise<readonly string[]>} the errbacks that were called
   */
  async #failTask({ id, task }, errbacks, { error, execution, called = [], stored }) {
    const { app, callbacks, resultEncoder, store } = this.#parts;
    const before = new Set(called);
    const keys = errbacks.map((errback) => errbackKey(errback, app));
    const due = errbacks.filter((_, i) => !before.has(keys[i]));
    const failed = { id, task, errbacks: due, deliveryInfo: {}, rootId: null };
    await callbacks.callErrbacks(failed, error, execution, async () => {
      if (id !== stored) await store(id, resultEncoder.bodyFailure(id, error, childrenOf(execution)));
    });
    return [...called, ...keys.filter((key) => !before.has(key))];
  }

  /** @param {string} id */
  async #hasFailed(id) {
    const { app, persist } = this.#parts;
    const meta = await persist(() => app.backend.get(id));
    return meta !== null && PROPAGATE_STATES.has(meta.status);
  }
}

/**
 * @param {Signature} signature of a body
 * @param {readonly string[]} called
 * @param {import("../../worker/model/types.js").WorkerApp} app
 * @returns {boolean} whether one of them would be called again if the body failed
 */
export function hasErrbackOf(signature, called, app) {
  if (listOf(signature.options.linkError).some((errback) => called.includes(errbackKey(errback, app)))) return true;
  return membersOf(signature).some((member) => hasErrbackOf(toSignature(member, app), called, app));
}

/**
 * Returns the errbacks of a body: those of a group are linked to its members, those of a chord to its body.
 *
 * @param {Signature} body
 * @param {import("../../worker/model/types.js").WorkerApp} app
 * @returns {string[]} as JSON
 */
function errbacksWithin(body, app) {
  const own = listOf(body.options.linkError).map((errback) => errbackKey(errback, app));
  const members = body.subtaskType === "chain" ? [] : membersOf(body);
  return [...own, ...members.flatMap((member) => errbacksWithin(toSignature(member, app), app))];
}

/**
 * As in Celery, a body's failure has the children of the task that failed it: null if that never ran.
 *
 * @param {CurrentTask} execution
 */
const childrenOf = ({ children, neverRan }) => (neverRan ? null : children);

/**
 * @param {unknown} errback
 * @param {import("../../worker/model/types.js").WorkerApp} app
 * @returns {string} equal for all copies of an errback
 */
const errbackKey = (errback, app) => dumps(toSignature(errback, app));

/**
 * Returns the tasks that fail with a signature of several tasks.
 *
 * @param {Signature} signature
 * @returns {Signature[]}
 */
function membersOf({ subtaskType, kwargs }) {
  const { body, tasks } = /** @type {{ body?: Signature, tasks?: Signature[] }} */ (kwargs);
  // A chord ends with its body, which is what the next steps wait for.
  if (subtaskType === "chord") return body ? [body] : [];
  return subtaskType === "group" || subtaskType === "chain" ? (tasks ?? []) : [];
}

/**
 * Returns the error that made the part of a chord fail.
 *
 * @param {Error} error of the chord
 * @returns {Error}
 */
const causeOf = (error) => (error.cause instanceof Error ? error.cause : error);

/**
 * Removes the chord: the parts of a header that was not sent are not counted.
 *
 * @param {Signature} signature
 * @returns {Signature} the same
 */
function withoutChord(signature) {
  delete signature.options.chord;
  for (const member of membersOf(signature)) withoutChord(member);
  return signature;
}

/**
 * @param {Signature} chain that was frozen
 * @param {import("../../worker/model/types.js").WorkerApp} app
 * @returns {Signature} its first step, which carries the rest as in a message
 */
function firstStep(chain, app) {
  const { taskId: id, groupId, groupIndex, chord, rootId, chain: after = [] } = chain.options;
  const place = { id, groupId, groupIndex, rootId, chord: /** @type {Signature | undefined} */ (chord) };
  const given = { args: [], kwargs: {}, clone: true, place };
  const { tasks } = prepareSteps(app, /** @type {Signature[]} */ (chain.kwargs.tasks), given);
  const first = /** @type {Signature} */ (tasks.pop());
  first.options.chain = [.../** @type {unknown[]} */ (after), ...tasks];
  return first;
}
