/** The broker of a celery-ts client: its messages are sent by the app, as the app's own are. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { decodeTask } from "../protocol/message.js";

/**
 * @typedef {import("../app/celery.js").Celery} Celery
 * @typedef {import("../app/result.js").AsyncResult} AsyncResult
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("./dispatches.js").Dispatches} Dispatches
 * @typedef {import("celery-ts").MessageBroker} MessageBroker
 * @typedef {import("celery-ts").TaskMessage} CeleryTsMessage
 */

/** The queue that celery-ts names when its user has named none. */
const UNNAMED_QUEUE = "celery";

/** @implements {MessageBroker} */
export class CeleryTsBroker {
  #app;
  #dispatches;

  /**
   * @param {Celery} app
   * @param {Dispatches} dispatches
   */
  constructor(app, dispatches) {
    this.#app = app;
    this.#dispatches = dispatches;
  }

  /**
   * Sends a task. celery-ts drops the promise of this method, so a rejection would end the process and no caller could prevent
   * it. When a task could not be sent, `get()` of its result rejects with the reason; if `get()` was not called by then, the
   * reason is a process warning.
   *
   * @param {CeleryTsMessage} message
   * @returns {Promise<string>} the task's id, once the broker has the message
   * @throws {ContentDisallowed} when there is no result to carry the error, and the message is not JSON
   * @throws {TypeError | EncodeError | OperationalError} when there is no result to carry the error, as `Celery.sendTask`
   */
  async publish(message) {
    const { id, task } = message.headers;
    const result = this.#dispatches.take(id);
    const sending = this.#send(message);
    result?.comesFrom(sending);
    try {
      await sending;
    } catch (error) {
      if (result === null) throw error;
      // Waits a turn: the caller's next statement may be `get()`, which then throws the error.
      await nextTurn();
      if (!result.isWanted) warn(`task ${task}[${id}] could not be sent`, error);
    }
    return id;
  }

  /** Closes the app. @returns {Promise<void>} once what is being sent has arrived */
  async end() {
    await this.#app.close();
  }

  /** The same as `end`: cutting the connection at once would lose what is being sent. @returns {Promise<void>} */
  async disconnect() {
    await this.end();
  }

  /**
   * @param {CeleryTsMessage} message
   * @returns {Promise<AsyncResult>}
   */
  async #send({ body, "content-type": contentType, "content-encoding": contentEncoding, headers, properties }) {
    const envelope = { body, contentType, contentEncoding, headers: { ...headers }, properties: { ...properties } };
    const { id, name, args, kwargs, eta, expires, replyTo } = decodeTask(envelope);
    // celery-ts writes them the wrong way round: the soft limit stands where Celery's hard limit belongs.
    const [softTimeLimit, timeLimit] = headers.timelimit ?? [];
    const { queue, priority, delivery_mode: deliveryMode } = properties;
    /** @type {SendOptions} */
    const options = { kwargs, taskId: id, eta, expires, replyTo, timeLimit, softTimeLimit, deliveryMode };
    // celery-ts's default queue is ignored: the app's routes and settings decide, as for any other client.
    if (queue !== UNNAMED_QUEUE) options.queue = queue;
    if (priority !== 0) options.priority = priority;
    return this.#app.sendTask(name, args, options);
  }
}

/**
 * @param {string} what
 * @param {unknown} error
 */
function warn(what, error) {
  process.emitWarning(`${what}: ${error instanceof Error ? error.message : error}`, { type: "CeleryWarning" });
}
