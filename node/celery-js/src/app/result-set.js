/** Several results together (`celery.result.ResultSet`). */
import { CeleryError } from "../errors.js";
import { refuseInsideTask } from "../tasks/current.js";
import { checkArgument, checkNothing } from "../validation/kinds.js";
import { controlOptions, getOptions, iterateOptions, stoppable } from "./result-options.js";

/**
 * @typedef {import("./result.js").AnyResult} AnyResult
 * @typedef {import("./result.js").GetOptions} GetOptions
 */

/** @type {import("../validation/kinds.js").Kind} */
const RESULTS = [
  "a list of results",
  (value) => Array.isArray(value) && value.every((result) => typeof result?.get === "function"),
];

/** @template [R=unknown] what each of the tasks returns */
export class ResultSet {
  #control;

  /**
   * @param {(import("./result.js").AsyncResult<R> | import("./group-result.js").GroupResult)[]} results
   * @param {object} [options]
   * @param {import("./result.js").Revoking | null} [options.control]
   * @param {string} [options.label] what errors name
   */
  constructor(results, { control = null, label = "ResultSet()" } = {}) {
    checkArgument(results, RESULTS, `${label}: the results`);
    this.results = results;
    this.#control = control;
  }

  /** @param {import("./result.js").AsyncResult<R>} result added, unless it is in the set */
  add(result) {
    this.update([result]);
  }

  /** @param {Iterable<import("./result.js").AsyncResult<R>>} results those that are not in the set are added */
  update(results) {
    const added = [...results];
    checkArgument(added, RESULTS, "the results of a set");
    for (const result of added) if (!this.#has(result.id)) this.results.push(result);
  }

  /**
   * @param {AnyResult | string} result or its id
   * @throws {CeleryError} when it is not in the set
   */
  remove(result) {
    const id = typeof result === "string" ? result : result.id;
    if (!this.#has(id)) throw new CeleryError(`remove(): the set has no result ${id}`);
    this.discard(id);
  }

  /** @param {AnyResult | string} result or its id: removed, if it is in the set */
  discard(result) {
    const id = typeof result === "string" ? result : result.id;
    const index = this.results.findIndex((other) => other.id === id);
    if (index >= 0) this.results.splice(index, 1);
  }

  /** Removes all results from the set. */
  clear() {
    this.results.length = 0;
  }

  /** @param {string} id */
  #has(id) {
    return this.results.some((other) => other.id === id);
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
   * @returns {Promise<R[]>} empty with `callback`, which is called in the order in which the results come
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
    const { callback, onInterval, ...each } = options;
    const { signal, stop } = stoppable(options.signal, onInterval);
    const take = async (/** @type {AnyResult} */ result) => {
      const value = await result.get({ ...each, signal });
      await callback?.(result.id, value);
      return value;
    };
    try {
      const values = await Promise.all(this.results.map(take));
      return callback ? [] : /** @type {R[]} */ (values);
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
   * @param {Omit<GetOptions, "callback">} [given]
   * @returns {AsyncGenerator<[result: AnyResult, value: unknown], void>}
   */
  async *iterate(given = {}) {
    const { onInterval, ...options } = iterateOptions(given);
    const { signal, stop } = stoppable(options.signal, onInterval);
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

  /** Throws the error of a task that has failed already. @returns {Promise<void>} */
  async maybeThrow() {
    const outcomes = await Promise.allSettled(this.results.map((result) => result.maybeThrow()));
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }

  /**
   * Makes all workers discard the tasks when they get them (`celery.result.ResultSet.revoke`).
   *
   * @param {import("./result.js").RevokeOptions} [options]
   * @returns {Promise<void>} once the broadcast is sent, or answered
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async revoke(options = {}) {
    const given = controlOptions(options);
    if (this.#control === null)
      throw new CeleryError("these results cannot be revoked here: use app.control.revoke(ids)");
    const ids = this.results.map(({ id }) => id);
    if (ids.length > 0) await this.#control.revoke(ids, given);
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
}
