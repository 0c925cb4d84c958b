/** A task's result, present or to come (`celery.result.AsyncResult`). */
import { CeleryError, IncompleteStream } from "../errors.js";
import { FAILURE, PENDING, PROPAGATE_STATES, READY_STATES, SUCCESS } from "../protocol/states.js";
import { isoToEpochMs } from "../protocol/time.js";
import { refuseInsideTask } from "../tasks/current.js";
import { checkArgument, checkNothing, TEXT } from "../validation/kinds.js";
import { collectOptions, controlOptions, getOptions, withIntervals } from "./result-options.js";
import { throwForParents, waitFor } from "./result-waiting.js";

/**
 * @typedef {import("../protocol/result-meta.js").ResultMeta} ResultMeta
 * @typedef {import("./group-result.js").GroupResult} GroupResult
 * @typedef {AsyncResult | GroupResult} AnyResult
 * @typedef {AsyncResult<any>} UntypedResult of a task that is known by its name alone
 * @typedef {Pick<ResultMeta, "status" | "result" | "traceback" | "dateDone"> & Partial<ResultMeta>} Outcome
 * @typedef {[[id: string, parent: ResultTuple | null], results: ResultTuple[] | null]} ResultTuple
 * @typedef {(tuple: unknown) => AnyResult} FromTuple
 *
 * @typedef {import("./result-options.js").GetOptions} GetOptions
 * @typedef {import("./result-options.js").RevokeOptions} RevokeOptions
 * @typedef {Pick<import("./control.js").Control, "revoke" | "revokeByStampedHeaders">} Revoking the part of `app.control` that results use
 */
/** @template [R=unknown] what the task returns */
export class AsyncResult {
  /** @type {Outcome | null} */
  #final;
  #backend;
  #control;
  #fromTuple;

  /**
   * @param {string} id
   * @param {object} options
   * @param {import("../backend/backend.js").ResultBackend} options.backend
   * @param {Revoking | null} [options.control]
   * @param {AnyResult | null} [options.parent] the result of the task before, in a chain
   * @param {FromTuple} [options.fromTuple] makes the children's results
   * @param {boolean} [options.ignored] true when no result will be stored
   * @param {Outcome | null} [options.final] the final outcome, if it is already known
   */
  constructor(id, { backend, control = null, parent = null, fromTuple, ignored = false, final = null }) {
    checkArgument(id, TEXT, "AsyncResult(): the task id");
    this.id = id;
    /** @type {string | null} what the task was sent as, where it was sent from here */
    this.taskName = null;
    /** @type {AnyResult | null} */
    this.parent = parent;
    this.ignored = ignored;
    this.#backend = backend;
    this.#control = control;
    this.#fromTuple = fromTuple;
    this.#final = final;
  }

  /**
   * Waits for the task and returns its error if it failed, else its result.
   *
   * @overload
   * @param {GetOptions & { propagate: false }} options
   * @returns {Promise<unknown>}
   */
  /**
   * Waits for the task and returns its result.
   *
   * @overload
   * @param {GetOptions} [options]
   * @returns {Promise<R>}
   */
  /**
   * Waits for the task and returns its result, as decoded from JSON.
   *
   * @param {GetOptions} [options]
   * @returns {Promise<unknown>} null for a task whose result is ignored
   * @throws {Error} the task's own error, with Python's type, message and traceback; `TaskRevokedError` when it was revoked
   * @throws {TypeError} for an unknown option, or one of the wrong kind
   * @throws {TimeoutError} when the result is not there in time: names the task, the time and the state that was seen last
   * @throws {OperationalError} when the result backend cannot be reached
   * @throws {unknown} what `callback` or `onInterval` throws
   */
  async get(options = {}) {
    const { timeout, signal, onMessage, onInterval, interval, callback, ...how } = getOptions(options, "get()");
    const { propagate = true, disableSyncSubtasks = true, followParents = true } = how;
    if (this.ignored) return null;
    if (disableSyncSubtasks) refuseInsideTask();
    if (followParents && propagate && this.parent !== null) await throwForParents(this.parent);
    const timeoutMs = timeout === undefined ? null : timeout * 1000;
    const intervalMs = interval === undefined ? undefined : interval * 1000;
    const wait = (/** @type {AbortSignal | undefined} */ stop) =>
      waitFor(this, this.#backend, { timeoutMs, signal: stop, onMessage, intervalMs });
    const meta = this.#final ?? this.#keep(await withIntervals(onInterval, signal, wait));
    if (propagate && PROPAGATE_STATES.has(meta.status)) throw meta.result;
    if (callback) await callback(this.id, meta.result);
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

  /** @returns {Promise<string | null>} the traceback of a failed task */
  get traceback() {
    return this.#meta().then((meta) => meta?.traceback ?? null);
  }

  /** @returns {Promise<Date | null>} when the task ended */
  get dateDone() {
    return this.#meta().then((meta) => (meta?.dateDone ? new Date(isoToEpochMs(meta.dateDone)) : null));
  }

  /** @returns {Promise<AnyResult[] | null>} the results of what the task sent, once it has ended; null when nothing is known */
  get children() {
    return this.#meta().then((meta) => meta?.children?.map((child) => this.#rebuilt(child)) ?? null);
  }

  /** @returns {Promise<string | null>} the task's name; like those below, to `queue`, stored only with `resultExtended` */
  get name() {
    return this.#meta().then((meta) => meta?.name ?? null);
  }

  /** @returns {Promise<unknown>} */
  get args() {
    return this.#meta().then((meta) => meta?.args ?? null);
  }

  /** @returns {Promise<unknown>} */
  get kwargs() {
    return this.#meta().then((meta) => meta?.kwargs ?? null);
  }

  /** @returns {Promise<string | null>} the node name of the worker */
  get worker() {
    return this.#meta().then((meta) => meta?.worker ?? null);
  }

  /** @returns {Promise<number | null>} how often the task was retried */
  get retries() {
    return this.#meta().then((meta) => meta?.retries ?? null);
  }

  /** @returns {Promise<string | null>} the queue that the task was taken from */
  get queue() {
    return this.#meta().then((meta) => meta?.queue ?? null);
  }

  /** @returns {Promise<boolean>} whether anything is stored for the task: an unknown id is `PENDING` as well */
  async exists() {
    return this.#final !== null || (await this.#backend.get(this.id)) !== null;
  }

  /**
   * Yields this result and those of all tasks that descend from it, each with its value
   * (`celery.result.AsyncResult.collect`).
   *
   * @param {GetOptions & { intermediate?: boolean }} [given] `intermediate`: leaves out the children of tasks that have not
   *   ended, instead of refusing
   * @returns {AsyncGenerator<[result: AnyResult, value: unknown], void>}
   * @throws {IncompleteStream} when a task has not ended yet
   */
  async *collect(given = {}) {
    const { intermediate = false, ...options } = collectOptions(given);
    /** @type {AnyResult[]} */
    const pending = [this];
    // It grows; `shift` would take time in proportion to what is left.
    for (const node of pending) {
      const value = await node.get(options);
      yield [node, value];
      if (await node.ready()) for (const child of (await node.children) ?? []) pending.push(child);
      else if (!intermediate) throw new IncompleteStream(`the result of ${node.id} is not available yet`);
    }
  }

  /** Throws the task's error if it has failed already. @returns {Promise<void>} */
  async maybeThrow() {
    const meta = await this.#meta();
    if (meta !== null && PROPAGATE_STATES.has(meta.status)) throw meta.result;
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

  /**
   * Makes all workers discard the task when they get it (`celery.result.AsyncResult.revoke`).
   *
   * @param {RevokeOptions} [options]
   * @returns {Promise<void>} once the broadcast is sent, or answered; whether a worker obeyed shows in the result
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async revoke(options = {}) {
    const given = controlOptions(options);
    await this.#controlFor("revoke(id)").revoke(this.id, given);
  }

  /**
   * Makes all workers discard the tasks with these stamps (`celery.result.AsyncResult.revoke_by_stamped_headers`).
   *
   * @param {Record<string, string | readonly string[]>} headers stamp -> value, or the values that match
   * @param {RevokeOptions} [options]
   * @returns {Promise<void>} as `revoke`
   * @throws {OperationalError} as `revoke`
   */
  async revokeByStampedHeaders(headers, options = {}) {
    const given = controlOptions(options, "revokeByStampedHeaders()");
    await this.#controlFor("revokeByStampedHeaders(headers)").revokeByStampedHeaders(headers, given);
  }

  /**
   * Removes the stored result, and those of the parents.
   *
   * @param {...never} nothing
   * @returns {Promise<void>}
   */
  async forget(...nothing) {
    checkNothing(nothing, "forget()");
    this.#final = null;
    await this.parent?.forget();
    await this.#backend.forget(this.id);
  }

  /** @returns {ResultTuple} what Celery rebuilds the result from (`celery.result.result_from_tuple`) */
  asTuple() {
    return [[this.id, this.parent?.asTuple() ?? null], null];
  }

  /** @returns {string[]} the ids of this result and of those before it */
  asList() {
    return [this.id, ...(this.parent?.asList() ?? [])];
  }

  /** @returns {string} the id */
  toString() {
    return this.id;
  }

  /**
   * @protected
   * @param {Outcome} outcome that will not change
   */
  settleAs(outcome) {
    this.#final = outcome;
  }

  /** @returns {Promise<Outcome | null>} */
  async #meta() {
    if (this.#final !== null) return this.#final;
    const meta = await this.#backend.get(this.id);
    return meta === null ? null : this.#keep(meta);
  }

  /** @param {string} call */
  #controlFor(call) {
    if (this.#control !== null) return this.#control;
    throw new CeleryError(`${this.id} cannot be revoked here: use app.control.${call}`);
  }

  /**
   * @param {unknown} tuple
   * @returns {AnyResult}
   */
  #rebuilt(tuple) {
    if (this.#fromTuple) return this.#fromTuple(tuple);
    throw new CeleryError(`the children of ${this.id} cannot be read here: use app.AsyncResult(id)`);
  }

  /** @param {Outcome} meta */
  #keep(meta) {
    if (READY_STATES.has(meta.status)) this.#final = meta;
    return meta;
  }
}
