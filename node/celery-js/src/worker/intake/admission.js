/**
 * Admits messages that were just taken (celery.worker.strategy, and the handlers of celery.worker.consumer for messages that
 * are not tasks). Each is reserved, held until its eta, parked if the eta is far, discarded if revoked or expired, or buried if
 * it is unreadable, unknown or was lost too often.
 */
import { NotRegistered, WorkerLostError } from "../../errors.js";
import { poolOfMessage, Request } from "../../execution/request.js";
import { toError } from "../../protocol/exceptions.js";
import { decodeEnvelope, decodeTask } from "../../protocol/message.js";

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
  #pool;
  #parts;

  /**
   * @param {object} options
   * @param {import("../model/types.js").WorkerApp} options.app
   * @param {number} options.leaseMs a message whose eta is more than two leases away is parked until then, if the broker can
   *   do that
   * @param {import("../pools/slots.js").PoolName} options.pool for tasks that name none
   * @param {object} options.parts
   * @param {import("../../transport/transport.js").Consumer} options.parts.taskConsumer
   * @param {import("./long-tasks.js").LongTasks} options.parts.longTasks
   * @param {import("./reservation.js").Reservation} options.parts.reservation
   * @param {import("../completion/completer.js").Completer} options.parts.completer
   * @param {import("../model/revocations.js").Revocations} options.parts.revocations
   * @param {import("../observers/task-observers.js").TaskObservers} options.parts.observers
   */
  constructor({ app, leaseMs, pool, parts }) {
    this.#app = app;
    this.#leaseMs = leaseMs;
    this.#pool = pool;
    this.#parts = parts;
  }

  /** @param {readonly Delivery[]} deliveries just taken */
  admit(deliveries) {
    const decisions = deliveries.map((delivery) => this.#decide(delivery));
    // Before anything else, because a task that starts in this tick may block the event loop.
    this.#parts.taskConsumer.hold(deliveries, decisions.map(hardLimitMs));
    for (const [i, decision] of decisions.entries()) {
      try {
        this.#obey(deliveries[i], decision);
      } catch (thrown) {
        // A failing message must not affect those taken with it.
        this.#parts.completer.buryUnrunnable(deliveries[i], broken(decision, toError(thrown)));
      }
    }
  }

  /**
   * @param {Delivery} delivery
   * @param {Decision} decision
   */
  #obey(delivery, decision) {
    const { completer, longTasks, observers, reservation } = this.#parts;
    if (decision.kind === "bury") return completer.buryUnrunnable(delivery, decision);
    const { kind, request } = decision;
    if ((request.timeLimits[0] ?? 0) > longTasks.limitS) longTasks.warnOf(request);
    if (kind === "park") return completer.park(request, decision.dueMs); // it is received again
    if (observers.isOn) observers.notify("received", request, kind !== "revoked");
    if (kind === "run") reservation.reserve(request);
    else if (kind === "wait") reservation.holdUntil(request, decision.etaMs);
    else completer.revoke(request, decision.reason);
  }

  /**
   * Classifies one message. An error ends this message only, not those that were taken with it.
   *
   * @param {Delivery} delivery
   * @returns {Decision}
   */
  #decide(delivery) {
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
    const { revocations, taskConsumer } = this.#parts;
    if (!tasks.has(message.name)) return bury("NotRegistered", new NotRegistered(message.name), message);
    const task = tasks.get(message.name);
    const { workersLost } = delivery;
    const maxDeliveries = task.options.maxDeliveries ?? settings.maxDeliveries;
    if (maxDeliveries > 0 && workersLost >= maxDeliveries) {
      const name = `${message.shadow ?? message.name}[${message.id}]`;
      const error = new WorkerLostError(`Task ${name}: ${workersLost} workers were lost while they held it`);
      return bury("WorkerLostError", error, message);
    }
    const request = new Request(delivery, message, task, poolOfMessage(task, message, tasks, this.#pool));
    if (request.expiresMs !== null && request.expiresMs < Date.now()) {
      return { kind: "revoked", request, reason: "expired" };
    }
    if (!revocations.isEmpty && revocations.has(message)) {
      return { kind: "revoked", request, reason: "revoked" };
    }
    const { etaMs } = request;
    const waitMs = etaMs === null ? 0 : etaMs - taskConsumer.nowMs();
    if (etaMs === null || waitMs <= 0) return { kind: "run", request };
    if (!taskConsumer.capabilities.canPark || waitMs <= 2 * this.#leaseMs) return { kind: "wait", request, etaMs };
    // It comes back one lease before its eta and is then held, so that it starts on time.
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

/**
 * @param {Decision} decision
 * @param {Error} error thrown while the decision was carried out
 * @returns {Extract<Decision, { kind: "bury" }>}
 */
function broken(decision, error) {
  const message = decision.kind === "bury" ? decision.message : decision.request.message;
  const taskId = decision.kind === "bury" ? decision.taskId : decision.request.message.id;
  return { kind: "bury", reason: error.name, error, taskId, message };
}

/**
 * @param {Decision} decision
 * @returns {number} 0 for none
 */
const hardLimitMs = (decision) => ("request" in decision ? (decision.request.timeLimits[0] ?? 0) * 1000 : 0);
