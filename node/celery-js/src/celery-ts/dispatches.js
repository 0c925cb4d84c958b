/**
 * Brings together the two halves of one `applyAsync` of celery-ts: it first asks the backend for the result, then gives the
 * message to the broker, and passes neither the other.
 */

/** @typedef {import("./late-result.js").LateResult} LateResult */

export class Dispatches {
  /** By task id. @type {Map<string, LateResult>} */
  #asked = new Map();

  /**
   * Remembers a result until its message is published, which happens in the same turn of the event loop, or never: results of
   * tasks that were sent elsewhere can be asked for too.
   *
   * @param {string} taskId
   * @param {LateResult} result
   */
  expect(taskId, result) {
    this.#asked.set(taskId, result);
    queueMicrotask(() => this.#asked.delete(taskId));
  }

  /**
   * @param {string} taskId
   * @returns {LateResult | null} null when the client does not want the result
   */
  take(taskId) {
    const result = this.#asked.get(taskId) ?? null;
    this.#asked.delete(taskId);
    return result;
  }
}
