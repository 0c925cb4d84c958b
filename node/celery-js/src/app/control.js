/**
 * Speaks to workers (`celery.app.control.Control`), by broadcasts in the format of kombu's pidbox: a command that no worker hears
 * is lost, as in Celery. With `reply: true` each method resolves to the answers, `[{ "celery@host": answer }]`, else to null.
 */
import { TEXT } from "../kinds.js";
import { broadcast } from "./broadcast.js";
import { Inspect } from "./inspect.js";

/**
 * @typedef {import("./broadcast.js").BroadcastOptions} BroadcastOptions
 * @typedef {import("./broadcast.js").Reply} Reply
 *
 * @typedef {object} RevokeRequest
 * @property {boolean} [terminate] true also stops the task if it runs
 * @property {string | null} [signal] what to stop its process with, in Python workers with processes; default "SIGTERM"
 *
 * @typedef {BroadcastOptions & RevokeRequest} RevokeOptions
 *
 * @typedef {object} Binding
 * @property {string} [exchange] default: the queue's name
 * @property {string} [exchangeType] default "direct"
 * @property {string} [routingKey] default: the queue's name
 */

export class Control {
  #app;

  /** @param {import("./broadcast.js").BroadcastApp} app */
  constructor(app) {
    this.#app = app;
  }

  /**
   * Asks workers what they do.
   *
   * @param {import("./inspect.js").InspectOptions} [options] which workers, and how long to wait for each answer, in seconds
   * @returns {Inspect}
   */
  inspect(options = {}) {
    return new Inspect(this.#app, options);
  }

  /**
   * @param {BroadcastOptions} [options]
   * @returns {Promise<Reply[]>} `[{ "celery@host": { ok: "pong" } }]` of the workers that live
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async ping(options = {}) {
    return (await this.broadcast("ping", {}, { ...options, reply: true })) ?? [];
  }

  /**
   * Tells workers to discard a task when it comes: those that have it reserved do, and those that get it within the next hours.
   *
   * @param {string | readonly string[]} taskId one, or several
   * @param {RevokeOptions} [options]
   * @returns {Promise<Reply[] | null>} once the broadcast is sent, or answered
   * @throws {TypeError} for an id or an option that cannot be used
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async revoke(taskId, { terminate = false, signal = "SIGTERM", ...options } = {}) {
    const ids = Array.isArray(taskId) ? taskId : [taskId];
    if (!ids.every((id) => TEXT[1](id))) throw new TypeError("revoke() takes a task id or a list of them");
    return this.broadcast("revoke", { task_id: taskId, ...checkedRevocation("revoke", terminate, signal) }, options);
  }

  /**
   * Revokes a task, and stops it if it runs.
   *
   * @param {string | readonly string[]} taskId
   * @param {RevokeOptions} [options]
   * @returns {Promise<Reply[] | null>}
   * @throws as `revoke`
   */
  terminate(taskId, options = {}) {
    return this.revoke(taskId, { ...options, terminate: true });
  }

  /**
   * Revokes the tasks whose stamps match.
   *
   * @param {Record<string, string | readonly string[]>} headers stamp -> value, or the values that match
   * @param {RevokeOptions} [options]
   * @returns {Promise<Reply[] | null>}
   * @throws as `revoke`
   */
  async revokeByStampedHeaders(headers, { terminate = false, signal = "SIGTERM", ...options } = {}) {
    const revocation = checkedRevocation("revokeByStampedHeaders", terminate, signal);
    return this.broadcast("revoke_by_stamped_headers", { headers, ...revocation }, options);
  }

  /**
   * @param {string} taskName
   * @param {number | string | null} rate tasks a second, or "10/s", "10/m", "10/h"; null, 0: no limit
   * @param {BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  rateLimit(taskName, rate, options = {}) {
    return this.broadcast("rate_limit", { task_name: taskName, rate_limit: rate }, options);
  }

  /**
   * @param {string} taskName
   * @param {{ soft?: number | null, hard?: number | null }} limits in seconds; null: none
   * @param {BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  timeLimit(taskName, { soft = null, hard = null }, options = {}) {
    return this.broadcast("time_limit", { task_name: taskName, hard, soft }, options);
  }

  /** Tells workers to take from one more queue. @param {string} queue @param {Binding & BroadcastOptions} [options] @returns {Promise<Reply[] | null>} */
  addConsumer(queue, { exchange, exchangeType = "direct", routingKey, ...options } = {}) {
    const binding = { exchange: exchange ?? null, exchange_type: exchangeType, routing_key: routingKey ?? null };
    return this.broadcast("add_consumer", { queue, ...binding }, options);
  }

  /** Tells workers to take from a queue no more. @param {string} queue @param {BroadcastOptions} [options] @returns {Promise<Reply[] | null>} */
  cancelConsumer(queue, options = {}) {
    return this.broadcast("cancel_consumer", { queue }, options);
  }

  /** Has workers send the events of their tasks. @param {BroadcastOptions} [options] @returns {Promise<Reply[] | null>} */
  enableEvents(options = {}) {
    return this.broadcast("enable_events", {}, options);
  }

  /** Has workers send no more events of their tasks. @param {BroadcastOptions} [options] @returns {Promise<Reply[] | null>} */
  disableEvents(options = {}) {
    return this.broadcast("disable_events", {}, options);
  }

  /** Has workers send a heartbeat now. @param {BroadcastOptions} [options] @returns {Promise<Reply[] | null>} */
  heartbeat(options = {}) {
    return this.broadcast("heartbeat", {}, options);
  }

  /** @param {number} [n] how many more tasks at a time @param {BroadcastOptions} [options] @returns {Promise<Reply[] | null>} */
  poolGrow(n = 1, options = {}) {
    return this.broadcast("pool_grow", { n }, options);
  }

  /** @param {number} [n] how many fewer tasks at a time @param {BroadcastOptions} [options] @returns {Promise<Reply[] | null>} */
  poolShrink(n = 1, options = {}) {
    return this.broadcast("pool_shrink", { n }, options);
  }

  /**
   * Replaces the processes or threads of workers with the setting `workerPoolRestarts`; threads of Node workers import their
   * task modules anew. Python workers may be told which modules to import, or to load anew.
   *
   * @param {{ modules?: readonly string[] | null, reload?: boolean } & BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  poolRestart({ modules = null, reload = false, ...options } = {}) {
    return this.broadcast("pool_restart", { modules, reload, reloader: null }, options);
  }

  /** @param {number} max @param {number} min of an autoscaled pool @param {BroadcastOptions} [options] @returns {Promise<Reply[] | null>} */
  autoscale(max, min, options = {}) {
    return this.broadcast("autoscale", { max, min }, options);
  }

  /** Stops workers warm. @param {BroadcastOptions} [options] `destination`, or all of them stop @returns {Promise<Reply[] | null>} */
  shutdown(options = {}) {
    return this.broadcast("shutdown", {}, options);
  }

  /**
   * Sends a command of Celery's remote control.
   *
   * @param {string} command by Celery's name, such as "revoke" or "rate_limit"
   * @param {Record<string, unknown>} [commandArguments] by Celery's names
   * @param {BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>} the answers, with `reply: true`; else null, once it is sent
   * @throws {TypeError} for an option that cannot be used
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  broadcast(command, commandArguments = {}, options = {}) {
    return broadcast(this.#app, command, commandArguments, options);
  }
}

/** @param {string} method @param {unknown} terminate @param {unknown} signal */
function checkedRevocation(method, terminate, signal) {
  if (typeof terminate !== "boolean") throw new TypeError(`${method}(): terminate is true or false, not ${terminate}`);
  if (signal !== null && !TEXT[1](signal)) throw new TypeError(`${method}(): signal is a signal's name, not ${signal}`);
  return { terminate, signal };
}
