/**
 * Speaks to workers (`celery.app.control.Control`), by broadcasts in the format of kombu's pidbox. Nothing here waits for an
 * answer: a broadcast that no worker hears is lost, as in Celery.
 */
import { BOOLEAN, checkOptions, DURATION, TEXT } from "../kinds.js";
import { encodeEnvelope } from "../protocol/message.js";

/** The exchange of Celery's control commands. */
const EXCHANGE = "celery.pidbox";
/** A worker that has not looked by then does not obey any more. */
const DEFAULT_TIMEOUT_S = 1;

/**
 * @typedef {object} BroadcastOptions
 * @property {readonly string[] | null} [destination] node names such as "celery@host"; default: all workers
 * @property {number | null} [timeout] seconds until the command is void, 1 by default; null: never
 */
/**
 * @typedef {object} RevokeRequest
 * @property {boolean} [terminate] true also stops the task if it runs
 * @property {string | null} [signal] what to stop its process with, in Python workers with processes; default "SIGTERM"
 *
 * @typedef {BroadcastOptions & RevokeRequest} RevokeOptions
 */

/** @type {Readonly<Record<keyof RevokeOptions, import("../kinds.js").Kind>>} */
const KINDS = Object.freeze({
  destination: [
    "a list of node names such as 'celery@host'",
    (value) => Array.isArray(value) && value.every((name) => TEXT[1](name)),
  ],
  timeout: DURATION,
  terminate: BOOLEAN,
  signal: TEXT,
});

export class Control {
  #publisher;
  #clock;

  /** @param {{ publisher: import("../transport/transport.js").Publisher, clock: import("../clock.js").LamportClock }} app */
  constructor({ publisher, clock }) {
    this.#publisher = publisher;
    this.#clock = clock;
  }

  /**
   * Tells workers to discard a task when it comes: those that have it reserved do, and those that get it within the next hours.
   *
   * @param {string | readonly string[]} taskId one, or several
   * @param {RevokeOptions} [options]
   * @returns {Promise<void>} once the broadcast is sent
   * @throws {TypeError} for an id or an option that cannot be used
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async revoke(taskId, options = {}) {
    const ids = Array.isArray(taskId) ? taskId : [taskId];
    if (!ids.every((id) => TEXT[1](id))) throw new TypeError("revoke() takes a task id or a list of them");
    const { terminate = false, signal = "SIGTERM", ...rest } = checked("revoke()", options);
    await this.broadcast("revoke", { task_id: taskId, terminate, signal }, rest);
  }

  /**
   * Revokes a task, and stops it if it runs.
   *
   * @param {string | readonly string[]} taskId
   * @param {RevokeOptions} [options]
   * @returns {Promise<void>}
   * @throws as `revoke`
   */
  async terminate(taskId, options = {}) {
    await this.revoke(taskId, { ...options, terminate: true });
  }

  /**
   * Revokes the tasks whose stamps match.
   *
   * @param {Record<string, string | readonly string[]>} headers stamp -> value, or the values that match
   * @param {RevokeOptions} [options]
   * @returns {Promise<void>}
   * @throws as `revoke`
   */
  async revokeByStampedHeaders(headers, options = {}) {
    const { terminate = false, signal = "SIGTERM", ...rest } = checked("revokeByStampedHeaders()", options);
    await this.broadcast("revoke_by_stamped_headers", { headers, terminate, signal }, rest);
  }

  /**
   * Sends a command of Celery's remote control.
   *
   * @param {string} command by Celery's name, such as "revoke" or "rate_limit"
   * @param {Record<string, unknown>} [commandArguments] by Celery's names
   * @param {BroadcastOptions} [options]
   * @returns {Promise<void>} once it is sent
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async broadcast(command, commandArguments = {}, options = {}) {
    const { destination = null, timeout = DEFAULT_TIMEOUT_S } = checked(`broadcast('${command}')`, options);
    const expires = timeout ? Date.now() / 1000 + timeout : 0;
    const address = { exchange: EXCHANGE, routingKey: "" };
    const text = encodeEnvelope(
      {
        headers: { clock: this.#clock.forward(), expires },
        properties: {},
        body: { method: command, arguments: commandArguments, destination, pattern: null, matcher: null },
      },
      address,
    );
    await this.#publisher.publish({ ...address, exchangeType: "fanout", text });
  }
}

/** @param {string} label @param {Readonly<RevokeOptions>} options @returns {RevokeOptions} those that were given */
function checked(label, options) {
  return checkOptions({ ...options }, KINDS, (problem) => new TypeError(`${label}: ${problem}`));
}
