/**
 * What happens to a message between being taken and being run (celery.worker.strategy, and the handlers of
 * celery.worker.consumer for what is no task): unreadable, unknown, too often lost, expired, early, or ready to run.
 */
import { NotRegistered, WorkerLostError } from "../../errors.js";
import { label, timeLimitsOf } from "../../execution/request.js";
import { toError } from "../../protocol/exceptions.js";
import { decodeEnvelope, decodeTask } from "../../protocol/message.js";
import { saferepr } from "../../protocol/repr.js";
import { isoToEpochMs } from "../../protocol/time.js";
import { didYouMean } from "../../validation/suggest.js";
import { poolOfMessage } from "../pools/choice.js";

/**
 * @typedef {import("../../transport/redis/consumer.js").Delivery} Delivery
 * @typedef {import("../../execution/request.js").Request} Request
 *
 * @typedef {{ kind: "run", request: Request }
 *   | { kind: "wait", request: Request, etaMs: number }
 *   | { kind: "park", request: Request, dueMs: number }
 *   | { kind: "revoked", request: Request, reason: string }
 *   | { kind: "bury", reason: string, error: Error, taskId: string | null, message: import("../../protocol/message.js").TaskMessage | null }
 * } Decision
 */

export class Admission {
  #app;
  #log;
  #leaseMs;
  #pool;
  #revocations;

  /**
   * @param {object} options
   * @param {import("../model/types.js").WorkerApp} options.app
   * @param {import("../observers/log.js").Logger} options.log
   * @param {number} options.leaseMs a message whose eta is over two of them away is let go of until then
   * @param {import("../pools/choice.js").PoolName} options.pool that runs the tasks which ask for none
   * @param {import("../model/revocations.js").Revocations} options.revocations
   */
  constructor({ app, log, leaseMs, pool, revocations }) {
    this.#app = app;
    this.#log = log;
    this.#leaseMs = leaseMs;
    this.#pool = pool;
    this.#revocations = revocations;
  }

  /**
   * Judges one message. Whatever goes wrong with it is its own end, and nothing to those that were taken with it.
   *
   * @param {Delivery} delivery
   * @returns {Decision}
   */
  decide(delivery) {
    /** @type {import("../../protocol/message.js").TaskMessage | null} */
    let message = null;
    try {
      message = decodeTask(decodeEnvelope(delivery.raw, this.#app.settings), this.#app.settings);
      return this.#decideTask(delivery, message);
    } catch (thrown) {
      const error = /** @type {Error & { taskId?: string | null }} */ (toError(thrown));
      const taskId = message?.id ?? error.taskId ?? null;
      const what = message === null ? "is no task that can be read" : `could not be received, task ${taskId}`;
      this.#log.fatal({ taskId, err: error }, `A message in ${delivery.queue} ${what}: ${error.message}`);
      return { kind: "bury", reason: error.name, error, taskId, message };
    }
  }

  /** @param {Delivery} delivery @param {import("../../protocol/message.js").TaskMessage} message @returns {Decision} */
  #decideTask(delivery, message) {
    const name = label(message.shadow ?? message.name, message.id);
    if (!this.#app.tasks.has(message.name)) {
      this.#log.error(
        { taskId: message.id },
        `Received unregistered task of type '${message.name}', which fails and is kept in ${delivery.queue}.dead: ` +
          `${name}${didYouMean(message.name, this.#app.tasks.names())}`,
      );
      return bury("NotRegistered", new NotRegistered(message.name), message);
    }
    const task = this.#app.tasks.get(message.name);
    const maxDeliveries = task.options.maxDeliveries ?? this.#app.settings.maxDeliveries;
    if (maxDeliveries > 0 && delivery.workersLost >= maxDeliveries) {
      const error = new WorkerLostError(`Task ${name}: ${delivery.workersLost} workers were lost while they held it`);
      this.#log.error({ taskId: message.id }, error.message);
      return bury("WorkerLostError", error, message);
    }
    const pool = poolOfMessage(task, message, this.#app.tasks, this.#pool);
    const request = makeRequest(delivery, message, task, pool, this.#app.settings);
    if (this.#log.isLevelEnabled("info")) this.#logReceived(name, message);
    if (request.expiresMs !== null && request.expiresMs < Date.now()) {
      return { kind: "revoked", request, reason: "expired" };
    }
    if (!this.#revocations.isEmpty && this.#revocations.has(message)) {
      return { kind: "revoked", request, reason: "revoked" };
    }
    const { etaMs } = request;
    if (etaMs === null || etaMs <= Date.now()) return { kind: "run", request };
    if (etaMs - Date.now() <= 2 * this.#leaseMs) return { kind: "wait", request, etaMs };
    // It comes back one lease before its time, and is then held, so that it starts on time.
    return { kind: "park", request, dueMs: etaMs - this.#leaseMs };
  }

  /** @param {string} name @param {import("../../protocol/message.js").TaskMessage} message */
  #logReceived(name, { id, eta, args, kwargs, argsrepr, kwargsrepr }) {
    this.#log.info({ taskId: id }, `Task ${name} received${eta === null ? "" : `, ETA:[${eta}]`}`);
    if (!this.#log.isLevelEnabled("debug")) return;
    this.#log.debug(
      { taskId: id, args: argsrepr ?? saferepr(args), kwargs: kwargsrepr ?? saferepr(kwargs) },
      `Task ${name} has arguments`,
    );
  }
}

/** @param {string} reason @param {Error} error @param {import("../../protocol/message.js").TaskMessage} message @returns {Decision} */
const bury = (reason, error, message) => ({ kind: "bury", reason, error, taskId: message.id, message });

/**
 * @param {Delivery} delivery
 * @param {import("../../protocol/message.js").TaskMessage} message
 * @param {import("../model/types.js").RegisteredTask} task
 * @param {import("../pools/choice.js").PoolName} pool
 * @param {import("../../settings.js").Settings} settings
 * @returns {Request}
 */
function makeRequest(delivery, message, task, pool, settings) {
  return {
    delivery,
    message,
    task,
    pool,
    execution: null,
    etaMs: message.eta === null ? null : isoToEpochMs(message.eta),
    expiresMs: message.expires === null ? null : isoToEpochMs(message.expires),
    timeLimits: timeLimitsOf(message, task.options, settings),
    acksLate: task.options.acksLate ?? settings.taskAcksLate,
    acknowledged: false,
  };
}
