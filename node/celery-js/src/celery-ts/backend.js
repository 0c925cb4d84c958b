/** The result backend of a celery-ts client: results are the app's, as `AsyncResult` gives them. */
import { encodeMeta } from "../protocol/result-encoder.js";
import { SUCCESS } from "../protocol/states.js";
import { hidePassword } from "../transport/transport.js";
import { LateResult } from "./late-result.js";

/**
 * @typedef {import("../app/celery.js").Celery} Celery
 * @typedef {import("./dispatches.js").Dispatches} Dispatches
 * @typedef {import("celery-ts").ResultBackend} CeleryTsResultBackend
 * @typedef {import("celery-ts").Status} Status
 */
/**
 * @template T
 * @typedef {import("celery-ts").ResultMessage<T>} ResultMessage
 */

/** @implements {CeleryTsResultBackend} */
export class CeleryTsBackend {
  #app;
  #dispatches;
  #timeoutS;

  /**
   * @param {Celery} app
   * @param {Dispatches} dispatches
   * @param {number | null} timeoutS
   */
  constructor(app, dispatches, timeoutS) {
    this.#app = app;
    this.#dispatches = dispatches;
    this.#timeoutS = timeoutS;
  }

  /**
   * celery-ts calls this without a timeout for every task that it sends. The message then comes at once, and its `result` is for
   * `Result.get()`, which waits and rejects as `AsyncResult.get` does. With a timeout, this method waits.
   *
   * @template T
   * @param {{ taskId: string, timeout?: number }} options `timeout` in milliseconds
   * @returns {Promise<ResultMessage<T>>}
   * @throws {Error} with a timeout: the task's own error, or `TaskRevokedError`; `TimeoutError` when there is no result in
   *   time; `OperationalError` when the result backend cannot be reached
   */
  async get({ taskId, timeout }) {
    const result = this.#app.AsyncResult(taskId);
    if (timeout !== undefined) return messageOf(taskId, SUCCESS, await result.get({ timeout: timeout / 1000 }));
    const late = new LateResult(Promise.resolve(result), { timeout: this.#timeoutS ?? undefined });
    this.#dispatches.expect(taskId, late);
    return messageOf(taskId, "PENDING", late);
  }

  /**
   * Stores a result, in Celery's format, and publishes it.
   *
   * @template T
   * @param {ResultMessage<T>} message
   * @returns {Promise<string>} the task's id
   * @throws {EncodeError} when JSON cannot hold the result
   * @throws {OperationalError} when the result backend cannot be reached
   */
  async put({ task_id: taskId, status, result, traceback, children }) {
    await this.#app.backend.storeText(taskId, encodeMeta({ taskId, status, result, traceback, children }));
    return taskId;
  }

  /**
   * @param {string} taskId
   * @returns {Promise<string>} the task's id, once nothing is stored any more
   * @throws {OperationalError} when the result backend cannot be reached
   */
  async delete(taskId) {
    await this.#app.AsyncResult(taskId).forget();
    return taskId;
  }

  /** Closes the app: pending waits for results reject with an `OperationalError`. @returns {Promise<void>} */
  async end() {
    await this.#app.close();
  }

  /** The same as `end`. @returns {Promise<void>} */
  async disconnect() {
    await this.end();
  }

  /** @returns {string} without the password; `disabled://` for an app without result backend, as Celery has it */
  uri() {
    const { resultBackend } = this.#app.settings;
    return resultBackend === null ? "disabled://" : hidePassword(resultBackend);
  }
}

/**
 * @template T
 * @param {string} taskId
 * @param {string} status
 * @param {unknown} result
 * @returns {ResultMessage<T>}
 */
function messageOf(taskId, status, result) {
  const fields = { task_id: taskId, status: /** @type {Status} */ (status), traceback: null, children: [] };
  return { ...fields, result: /** @type {T} */ (result) };
}
