/** A task's result, present or to come (`celery.result.AsyncResult`). */
import { CeleryError } from "../errors.js";
import { FAILURE, PENDING, PROPAGATE_STATES, READY_STATES, SUCCESS } from "../protocol/states.js";
import { isoToEpochMs } from "../protocol/time.js";
import { currentExecution } from "../tasks/current.js";

/**
 * @typedef {import("../protocol/result-meta.js").ResultMeta} ResultMeta
 * @typedef {import("../backend/backend.js").ResultBackend} ResultBackend
 * @typedef {Pick<ResultMeta, "status" | "result" | "traceback" | "dateDone">} Outcome
 * @typedef {[[id: string, parent: ResultTuple | null], children: null]} ResultTuple
 */
/**
 * @typedef {object} GetOptions
 * @property {number} [timeout] seconds; default: as long as it takes
 * @property {boolean} [propagate] false returns a failed task's error instead of throwing it
 * @property {boolean} [disableSyncSubtasks] false allows waiting inside a task
 * @property {AbortSignal} [signal] ends the waiting with its reason
 */

export class AsyncResult {
  /** @type {Outcome | null} */
  #final;
  #backend;

  /**
   * @param {string} id
   * @param {object} options
   * @param {ResultBackend} options.backend
   * @param {AsyncResult | null} [options.parent] the result of the task before, in a chain
   * @param {boolean} [options.ignored] true when no result will be stored
   * @param {Outcome | null} [options.final] what is known already and will not change
   */
  constructor(id, { backend, parent = null, ignored = false, final = null }) {
    if (typeof id !== "string" || id === "") throw new TypeError(`AsyncResult takes a task id, not ${String(id)}`);
    this.id = id;
    /** @type {AsyncResult | null} */
    this.parent = parent;
    this.ignored = ignored;
    this.#backend = backend;
    this.#final = final;
  }

  /**
   * Waits for the task and gives what it returned.
   *
   * @param {GetOptions} [options]
   * @returns {Promise<unknown>} null for a task whose result is ignored
   * @throws {Error} the task's own error, with Python's type, message and traceback; `TaskRevokedError` when it was revoked
   * @throws {TimeoutError} when the result is not there in time
   * @throws {OperationalError} when the result backend cannot be reached
   */
  async get({ timeout, propagate = true, disableSyncSubtasks = true, signal } = {}) {
    if (this.ignored) return null;
    if (disableSyncSubtasks) refuseInsideTask();
    const timeoutMs = timeout === undefined || timeout === null ? null : milliseconds(timeout);
    const meta = this.#final ?? this.#keep(await this.#backend.wait(this.id, { timeoutMs, signal }));
    if (propagate && PROPAGATE_STATES.has(meta.status)) throw meta.result;
    return meta.result;
  }

  /** @returns {Promise<string>} `PENDING` also when nothing is known of the task */
  get state() {
    return this.#meta().then((meta) => meta?.status ?? PENDING);
  }

  /** @returns {Promise<string>} the same as `state` */
  get status() {
    return this.state;
  }

  /** @returns {Promise<unknown>} what the task returned, its error, or what it stored with `self.updateState` */
  get info() {
    return this.#meta().then((meta) => meta?.result ?? null);
  }

  /** @returns {Promise<unknown>} the same as `info` */
  get result() {
    return this.info;
  }

  /** @returns {Promise<string | null>} of a failed task */
  get traceback() {
    return this.#meta().then((meta) => meta?.traceback ?? null);
  }

  /** @returns {Promise<Date | null>} when the task ended */
  get dateDone() {
    return this.#meta().then((meta) => (meta?.dateDone ? new Date(isoToEpochMs(meta.dateDone)) : null));
  }

  /** @returns {Promise<boolean>} whether the task has ended */
  async ready() {
    return READY_STATES.has(await this.state);
  }

  /** @returns {Promise<boolean>} */
  async successful() {
    return (await this.state) === SUCCESS;
  }

  /** @returns {Promise<boolean>} whether the task threw */
  async failed() {
    return (await this.state) === FAILURE;
  }

  /** Removes the stored result, and those of the parents. @returns {Promise<void>} */
  async forget() {
    this.#final = null;
    await this.parent?.forget();
    await this.#backend.forget(this.id);
  }

  /** @returns {ResultTuple} what Celery rebuilds the result from (`celery.result.result_from_tuple`) */
  asTuple() {
    return [[this.id, this.parent?.asTuple() ?? null], null];
  }

  /** @returns {string} the id */
  toString() {
    return this.id;
  }

  /** @returns {Promise<Outcome | null>} */
  async #meta() {
    if (this.#final !== null) return this.#final;
    const meta = await this.#backend.get(this.id);
    return meta === null ? null : this.#keep(meta);
  }

  /** @param {Outcome} meta */
  #keep(meta) {
    if (READY_STATES.has(meta.status)) this.#final = meta;
    return meta;
  }
}

/** Celery's rule (`celery.result.assert_will_not_block`): workers that wait for tasks that wait for workers never end. */
export function refuseInsideTask() {
  if (currentExecution() === null) return;
  throw new CeleryError(
    "Never call result.get() within a task! See " +
      "https://docs.celeryq.dev/en/latest/userguide/tasks.html#avoid-launching-synchronous-subtasks",
  );
}

/** @param {number} timeoutS */
function milliseconds(timeoutS) {
  if (typeof timeoutS !== "number" || !(timeoutS >= 0)) {
    throw new TypeError(`get(): timeout takes a number of seconds, 0 or more, not ${JSON.stringify(timeoutS)}`);
  }
  return timeoutS * 1000;
}
