/** The results of a group together (`celery.result.GroupResult`). */
import { CeleryError } from "../errors.js";
import { refuseInsideTask } from "../tasks/current.js";
import { checkArgument, checkNothing, TEXT } from "../validation/kinds.js";
import { getOptions, revokeOptions } from "./result-options.js";

/**
 * @typedef {import("./result.js").AsyncResult} AsyncResult
 * @typedef {import("./result.js").AnyResult} AnyResult
 * @typedef {import("./result.js").GetOptions} GetOptions
 * @typedef {import("./result.js").ResultTuple} ResultTuple
 */

/** @type {import("../validation/kinds.js").Kind} */
const RESULTS = [
  "a list of results",
  (value) => Array.isArray(value) && value.every((result) => typeof result?.get === "function"),
];

/** @template [R=unknown] what each of the tasks returns */
export class GroupResult {
  #backend;
  #control;

  /**
   * @param {string} id
   * @param {(import("./result.js").AsyncResult<R> | GroupResult)[]} results in the order of the tasks
   * @param {object} options
   * @param {import("../backend/backend.js").ResultBackend} options.backend
   * @param {Pick<import("./control.js").Control, "revoke"> | null} [options.control]
   * @param {AnyResult | null} [options.parent] the result of the task before, in a chain
   */
  constructor(id, results, { backend, control = null, parent = null }) {
    checkArgument(id, TEXT, "GroupResult(): the group's id");
    checkArgument(results, RESULTS, "GroupResult(): the results");
    this.id = id;
    this.results = results;
    /** @type {AnyResult | null} */
    this.parent = parent;
    this.#backend = backend;
    this.#control = control;
  }

  /** @returns {number} */
  get length() {
    return this.results.length;
  }

  [Symbol.iterator]() {
    return this.results[Symbol.iterator]();
  }

  /**
   * Waits for all tasks and returns their results in order.
   *
   * @param {GetOptions} [given] as for a single result; `timeout` is for all of them together
   * @returns {Promise<R[]>}
   * @throws {Error} the error of the first task that failed, without waiting for the others
   * @throws {TimeoutError} when some results are not there in time
   */
  async join(given = {}) {
    return this.#join(getOptions(given, "join()"));
  }

  /**
   * @param {GetOptions} options
   * @returns {Promise<R[]>}
   */
  async #join(options) {
    if (options.disableSyncSubtasks ?? true) refuseInsideTask();
    const { signal, stop } = stoppable(options.signal);
    try {
      const values = await Promise.all(this.results.map((result) => result.get({ ...options, signal })));
      return /** @type {R[]} */ (values);
    } finally {
      stop();
    }
  }

  /**
   * The same as `join`.
   *
   * @param {GetOptions} [options]
   * @returns {Promise<R[]>}
   */
  async get(options = {}) {
    return this.#join(getOptions(options, "get()"));
  }

  /**
   * Yields each result as soon as it has arrived (`ResultSet.iter_native`).
   *
   * @param {GetOptions} [given]
   * @returns {AsyncGenerator<[result: AnyResult, value: unknown], void>}
   */
  async *iterate(given = {}) {
    const options = getOptions(given, "iterate()");
    const { signal, stop } = stoppable(options.signal);
    const waiting = new Map(
      this.results.map((result) => {
        const taken = result.get({ ...options, signal }).then((value) => ({ result, value }));
        taken.catch(() => {}); // the loop gets the error when its turn comes
        return [result, taken];
      }),
    );
    try {
      while (waiting.size > 0) {
        const { result, value } = await Promise.race(waiting.values());
        waiting.delete(result);
        yield [result, value];
      }
    } finally {
      stop();
    }
  }

  /** @returns {Promise<boolean>} whether all of the tasks have ended */
  async ready() {
    return (await Promise.all(this.results.map((result) => result.ready()))).every(Boolean);
  }

  /** @returns {Promise<boolean>} whether all of them succeeded */
  async successful() {
    return (await Promise.all(this.results.map((result) => result.successful()))).every(Boolean);
  }

  /** @returns {Promise<boolean>} whether any of them failed */
  async failed() {
    return (await Promise.all(this.results.map((result) => result.failed()))).some(Boolean);
  }

  /** @returns {Promise<boolean>} whether any of them has not ended yet */
  async waiting() {
    return !(await this.ready());
  }

  /** @returns {Promise<number>} how many of them succeeded, those of inner groups counted as one */
  async completedCount() {
    return (await Promise.all(this.results.map((result) => result.successful()))).filter(Boolean).length;
  }

  /** @returns {Promise<AnyResult[]>} the results */
  get children() {
    return Promise.resolve(this.results);
  }

  /** Throws the error of a task that has failed already. @returns {Promise<void>} */
  async maybeThrow() {
    const outcomes = await Promise.allSettled(this.results.map((result) => result.maybeThrow()));
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }

  /**
   * Makes all workers discard the tasks when they get them (`celery.result.ResultSet.revoke`).
   *
   * @param {import("./result.js").RevokeOptions} [options]
   * @returns {Promise<void>} once the broadcast is sent
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async revoke(options = {}) {
    const { terminate = false, signal = null, timeout = null } = revokeOptions(options);
    if (this.#control === null)
      throw new CeleryError(`group ${this.id} cannot be revoked here: use app.control.revoke(ids)`);
    const ids = this.results.map(({ id }) => id);
    if (ids.length > 0) await this.#control.revoke(ids, { terminate, signal, timeout });
  }

  /**
   * Removes the stored results.
   *
   * @param {...never} nothing
   * @returns {Promise<void>}
   */
  async forget(...nothing) {
    checkNothing(nothing, "forget()");
    await Promise.all(this.results.map((result) => result.forget()));
  }

  /** Stores which results belong to the group: `app.restoreGroup(id)` finds them, in either language. @returns {Promise<void>} */
  async save() {
    await this.#backend.saveGroup(this.id, this.asTuple());
  }

  /** Removes what `save` stored. @returns {Promise<void>} */
  async delete() {
    await this.#backend.deleteGroup(this.id);
  }

  /** @returns {ResultTuple} what Celery rebuilds the result from (`celery.result.result_from_tuple`) */
  asTuple() {
    return [[this.id, this.parent?.asTuple() ?? null], this.results.map((result) => result.asTuple())];
  }

  /** @returns {string[]} the ids of this result and of those before it */
  asList() {
    return [this.id, ...(this.parent?.asList() ?? [])];
  }

  /** @returns {string} the id */
  toString() {
    return this.id;
  }
}

/**
 * A caller that stops waiting for a group stops waiting for each task. Otherwise its script would run until they have ended.
 *
 * @param {AbortSignal} [outer]
 */
function stoppable(outer) {
  const controller = new AbortController();
  const signal = outer ? AbortSignal.any([outer, controller.signal]) : controller.signal;
  return { signal, stop: () => controller.abort() };
}
