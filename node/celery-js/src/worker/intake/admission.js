/**
 * Decides what happens to a message that was taken (celery.worker.strategy, and the handlers of celery.worker.consumer
 * for messages that are not tasks): it is unreadable, unknown, lost too often, expired, early, or ready to run.
 */
import { NotRegistered, WorkerLostError } from "../../errors.js";
import { label, Request } from "../../execution/request.js";
import { toError } from "../../protocol/exceptions.js";
import { decodeEnvelope, decodeTask } from "../../protocol/message.js";
import { poolOfMessage } from "../pools/slots.js";

/**
 * @typedef {import("../../transport/transport.js").Delivery} Delivery
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
  #leaseMs;
  #canPark;
  #pool;
  #revocations;

  /**
   * @param {object} options
   * @param {import("../model/types.js").WorkerApp} options.app
   * @param {number} options.leaseMs a message whose eta is more than two leases away is parked until then
   * @param {boolean} options.canPark false: the broker cannot keep it until then, and it is held here
   * @param {import("../pools/slots.js").PoolName} options.pool for tasks that name none
   * @param {import("../model/revocations.js").Revocations} options.revocations
   */
  constructor({ app, leaseMs, canPark, pool, revocations }) {
    this.#app = app;
    this.#leaseMs = leaseMs;
    this.#canPark = canPark;
    this.#pool = pool;
    this.#revocations = revocations;
  }

  /**
   * Judges one message. An error ends this message only, not those that were taken with it.
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
      return { kind: "bury", reason: error.name, error, taskId, message };
    }
  }

  /**
   * @param {Delivery} delivery
   * @param {import("../../protocol/message.js").TaskMessage} message
   * @returns {Decision}
   */
  #decideTask(delivery, message) {
    const { tasks, settings } = this.#app;
    if (!tasks.has(message.name)) return bury("NotRegistered", new NotRegistered(message.name), message);
    const task = tasks.get(message.name);
    const { workersLost } = delivery;
    const maxDeliveries = task.options.maxDeliveries ?? settings.maxDeliveries;
    if (maxDeliveries > 0 && workersLost >= maxDeliveries) {
      const name = label(message.shadow ?? message.name, message.id);
      const error = new WorkerLostError(`Task ${name}: ${workersLost} workers were lost while they held it`);
      return bury("WorkerLostError", error, message);
    }
    const request = new Request(delivery, message, task, poolOfMessage(task, message, tasks, this.#pool));
    if (request.expiresMs !== null && request.expiresMs < Date.now()) {
      return { kind: "revoked", request, reason: "expired" };
    }
    if (!this.#revocations.isEmpty && this.#revocations.has(message)) {
      return { kind: "revoked", request, reason: "revoked" };
    }
    const { etaMs } = request;
    if (etaMs === null || etaMs <= Date.now()) return { kind: "run", request };
    if (!this.#canPark || etaMs - Date.now() <= 2 * this.#leaseMs) return { kind: "wait", request, etaMs };
    // It comes back one lease before its time, and is then held, so that it starts on time.
    return { kind: "park", request, dueMs: etaMs - this.#leaseMs };
  }
}

/**
 * @param {string} reason
 * @param {Error} error
 * @param {import("../../protocol/message.js").TaskMessage} message
 * @returns {Decision}
 */
const bury = (reason, error, message) => ({ kind: "bury", reason, error, taskId: message.id, message });
