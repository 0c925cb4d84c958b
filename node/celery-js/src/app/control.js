/**
 * Sends commands to workers (`celery.app.control.Control`), as broadcasts in the format of kombu's pidbox. A command that no
 * worker receives is lost, as in Celery. With `reply: true` each method resolves to the answers, `[{ "celery@host": answer }]`, else to null.
 */
import { purgeQueues } from "../transport/transport.js";
import {
  BOOLEAN,
  COUNT,
  checkArgument,
  checkNothing,
  DURATION,
  LIST,
  methodOptions,
  OBJECT,
  RATE,
  SIGNAL_NAME,
  TEXT,
} from "../validation/kinds.js";
import { queueNames } from "../validation/task-queues.js";
import { BROADCAST_KINDS, broadcast } from "./broadcast.js";
import { Inspect } from "./inspect.js";

/**
 * @typedef {import("./broadcast.js").BroadcastOptions} BroadcastOptions
 * @typedef {import("./broadcast.js").Reply} Reply
 *
 * @typedef {object} RevokeRequest
 * @property {boolean | null} [terminate] true also stops the task if it runs
 * @property {string | null} [signal] the signal that stops its process, in Python workers with processes; default "SIGTERM"
 *
 * @typedef {BroadcastOptions & RevokeRequest} RevokeOptions
 *
 * @typedef {object} Binding
 * @property {string} [exchange] default: the queue's name
 * @property {string} [exchangeType] default "direct"
 * @property {string} [routingKey] default: the queue's name
 */

/** The methods' own options, in addition to those of every broadcast. */
const REVOKE_KINDS = { terminate: BOOLEAN, signal: SIGNAL_NAME };
const TERMINATE_KINDS = { signal: SIGNAL_NAME };
const BINDING_KINDS = { exchange: TEXT, exchangeType: TEXT, routingKey: TEXT };
const RESTART_KINDS = { modules: LIST, reload: BOOLEAN };
const LIMIT_KINDS = { soft: DURATION, hard: DURATION };
/** @type {import("../validation/kinds.js").Kind} */
const IDS = ["a string or a list of strings", (value) => (Array.isArray(value) ? value : [value]).every(TEXT[1])];

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
   * @returns {Promise<Reply[]>} `[{ "celery@host": { ok: "pong" } }]` from every live worker
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async ping(options = {}) {
    const given = checked(options, {}, "ping");
    return (await this.broadcast("ping", {}, { ...given, reply: true })) ?? [];
  }

  /**
   * Deletes the messages that wait in the app's queues: those of `taskQueues`, else `taskDefaultQueue`.
   *
   * @param {never[]} nothing
   * @returns {Promise<number>} how many there were
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async purge(...nothing) {
    checkNothing(nothing, "purge()");
    return purgeQueues(this.#app.settings, queueNames(this.#app.settings));
  }

  /** Celery's other name of `purge`. @type {Control["purge"]} */
  discardAll = this.purge;

  /**
   * Makes workers discard a task: those that have it reserved, and those that get it within the next hours.
   *
   * @param {string | readonly string[]} taskId one, or several
   * @param {RevokeOptions} [options]
   * @returns {Promise<Reply[] | null>} once the broadcast is sent, or answered
   * @throws {TypeError} for an id or an option that cannot be used
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async revoke(taskId, options = {}) {
    checkArgument(taskId, IDS, "revoke(): the task id");
    const { terminate, signal = "SIGTERM", ...rest } = checked(options, REVOKE_KINDS, "revoke");
    return this.broadcast("revoke", { task_id: taskId, terminate: terminate ?? false, signal }, rest);
  }

  /**
   * Revokes a task, and stops it if it runs.
   *
   * @param {string | readonly string[]} taskId
   * @param {RevokeOptions} [options]
   * @returns {Promise<Reply[] | null>}
   * @throws as `revoke`
   */
  async terminate(taskId, options = {}) {
    return this.revoke(taskId, { ...checked(options, TERMINATE_KINDS, "terminate"), terminate: true });
  }

  /**
   * Revokes the tasks whose stamps match.
   *
   * @param {Record<string, string | readonly string[]>} headers stamp -> value, or the values that match
   * @param {RevokeOptions} [options]
   * @returns {Promise<Reply[] | null>}
   * @throws as `revoke`
   */
  async revokeByStampedHeaders(headers, options = {}) {
    checkArgument(headers, OBJECT, "revokeByStampedHeaders(): the headers");
    const { terminate, signal = "SIGTERM", ...rest } = checked(options, REVOKE_KINDS, "revokeByStampedHeaders");
    return this.broadcast("revoke_by_stamped_headers", { headers, terminate: terminate ?? false, signal }, rest);
  }

  /**
   * @param {string} taskName
   * @param {number | string | null} rate tasks a second, or "10/s", "10/m", "10/h"; null, 0: no limit
   * @param {BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  async rateLimit(taskName, rate, options = {}) {
    checkArgument(taskName, TEXT, "rateLimit(): the task's name");
    if (rate !== null) checkArgument(rate, RATE, "rateLimit(): the rate");
    checked(options, {}, "rateLimit");
    return this.broadcast("rate_limit", { task_name: taskName, rate_limit: rate }, options);
  }

  /**
   * @param {string} taskName
   * @param {{ soft?: number | null, hard?: number | null }} limits in seconds; null: none
   * @param {BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  async timeLimit(taskName, limits, options = {}) {
    checkArgument(taskName, TEXT, "timeLimit(): the task's name");
    const { soft = null, hard = null } = methodOptions(limits, LIMIT_KINDS, "timeLimit(): the limits");
    checked(options, {}, "timeLimit");
    return this.broadcast("time_limit", { task_name: taskName, hard, soft }, options);
  }

  /**
   * Makes workers consume from one more queue.
   *
   * @param {string} queue
   * @param {Binding & BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  async addConsumer(queue, options = {}) {
    checkArgument(queue, TEXT, "addConsumer(): the queue");
    const given = checked(options, BINDING_KINDS, "addConsumer");
    const { exchange = null, exchangeType, routingKey = null, ...rest } = given;
    const binding = { exchange, exchange_type: exchangeType ?? "direct", routing_key: routingKey };
    return this.broadcast("add_consumer", { queue, ...binding }, rest);
  }

  /**
   * Makes workers stop consuming from a queue.
   *
   * @param {string} queue
   * @param {BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  async cancelConsumer(queue, options = {}) {
    checkArgument(queue, TEXT, "cancelConsumer(): the queue");
    checked(options, {}, "cancelConsumer");
    return this.broadcast("cancel_consumer", { queue }, options);
  }

  /**
   * Makes workers send the events of their tasks.
   *
   * @param {BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  async enableEvents(options = {}) {
    checked(options, {}, "enableEvents");
    return this.broadcast("enable_events", {}, options);
  }

  /**
   * Makes workers stop sending the events of their tasks.
   *
   * @param {BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  async disableEvents(options = {}) {
    checked(options, {}, "disableEvents");
    return this.broadcast("disable_events", {}, options);
  }

  /**
   * Makes workers send a heartbeat now.
   *
   * @param {BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  async heartbeat(options = {}) {
    checked(options, {}, "heartbeat");
    return this.broadcast("heartbeat", {}, options);
  }

  /**
   * @param {number} [n] how many more tasks at a time
   * @param {BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  async poolGrow(n = 1, options = {}) {
    checkArgument(n, COUNT, "poolGrow(): the number");
    checked(options, {}, "poolGrow");
    return this.broadcast("pool_grow", { n }, options);
  }

  /**
   * @param {number} [n] how many fewer tasks at a time
   * @param {BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  async poolShrink(n = 1, options = {}) {
    checkArgument(n, COUNT, "poolShrink(): the number");
    checked(options, {}, "poolShrink");
    return this.broadcast("pool_shrink", { n }, options);
  }

  /**
   * Replaces the processes or threads of workers with the setting `workerPoolRestarts`; threads of Node workers import their
   * task modules again. `modules` and `reload` are for Python workers: what to import, or to load again.
   *
   * @param {{ modules?: readonly string[] | null, reload?: boolean | null } & BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  async poolRestart(options = {}) {
    const { modules = null, reload, ...rest } = checked(options, RESTART_KINDS, "poolRestart");
    return this.broadcast("pool_restart", { modules, reload: reload ?? false, reloader: null }, rest);
  }

  /**
   * @param {number} max
   * @param {number} min the smallest size of an autoscaled pool
   * @param {BroadcastOptions} [options]
   * @returns {Promise<Reply[] | null>}
   */
  async autoscale(max, min, options = {}) {
    checkArgument(max, COUNT, "autoscale(): the maximum");
    checkArgument(min, COUNT, "autoscale(): the minimum");
    checked(options, {}, "autoscale");
    return this.broadcast("autoscale", { max, min }, options);
  }

  /**
   * Stops workers after their running tasks (Celery's warm shutdown).
   *
   * @param {BroadcastOptions} [options] `destination`, or all of them stop
   * @returns {Promise<Reply[] | null>}
   */
  async shutdown(options = {}) {
    checked(options, {}, "shutdown");
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
  async broadcast(command, commandArguments = {}, options = {}) {
    return broadcast(this.#app, command, commandArguments, options);
  }
}

/**
 * @param {unknown} options
 * @template {Readonly<Record<string, import("../validation/kinds.js").Kind>>} K
 * @param {K} kinds the method's own options, which errors list first
 * @param {string} method
 * @returns {import("../validation/kinds.js").OptionsOf<K & typeof BROADCAST_KINDS>}
 * @throws {TypeError} as `methodOptions`
 */
const checked = (options, kinds, method) => methodOptions(options, { ...kinds, ...BROADCAST_KINDS }, `${method}()`);
