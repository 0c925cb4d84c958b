/** Assembles the path of messages into a worker: taken, admitted, held until they may start, started. */
import { Revocations, revocationLimits } from "../model/revocations.js";
import { Admission } from "./admission.js";
import { Consumer } from "./consumer.js";
import { Dispatcher } from "./dispatcher.js";
import { LongTasks } from "./long-tasks.js";
import { RateLimits } from "./rate-limits.js";
import { Reservation } from "./reservation.js";

/**
 * @typedef {object} Intake
 * @property {Dispatcher} dispatcher
 * @property {Consumer} consumer
 * @property {LongTasks} longTasks
 * @property {RateLimits} rateLimits
 * @property {Revocations} revocations
 *
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {object} parts
 * @param {import("../../transport/transport.js").Consumer} parts.taskConsumer
 * @param {import("../completion/completer.js").Completer} parts.completer
 * @param {import("../completion/settle-batcher.js").SettleBatcher} parts.settleBatcher
 * @param {import("../../execution/executor.js").Executor} parts.executor
 * @param {import("../pools/slots.js").Slots} parts.slots
 * @param {import("../observers/task-observers.js").TaskObservers} parts.observers
 * @returns {Intake}
 */
export function createIntake({ app, log, options, reporter }, parts) {
  const { taskConsumer, slots, completer, settleBatcher, executor, observers } = parts;
  const { settings } = app;
  const leaseMs = settings.leaseS * 1000;
  const nowMs = () => taskConsumer.nowMs();
  const revocations = new Revocations({ limits: revocationLimits() });
  const rateLimits = new RateLimits({
    defaultRate: settings.taskDefaultRateLimit,
    isDisabled: settings.workerDisableRateLimits,
    nowMs,
  });
  const reservation = new Reservation({
    slots,
    leaseMs,
    nowMs,
    canPark: taskConsumer.capabilities.canPark,
    limits: rateLimits,
    onSurplus: (request, dueMs) => completer.park(request, dueMs),
  });
  const common = { taskConsumer, completer, revocations };
  const longTasks = new LongTasks(taskConsumer.capabilities.holdLimit, log);
  const ofAdmission = { ...common, longTasks, reservation, observers };
  const admission = new Admission({ app, leaseMs, pool: options.pool, parts: ofAdmission });
  const dispatcher = new Dispatcher({
    slots,
    reservation,
    parts: { ...common, settleBatcher, executor, rateLimits, log },
  });
  const consumer = new Consumer({ taskConsumer, admission, dispatcher, reporter, observers, log });
  return { dispatcher, consumer, longTasks, rateLimits, revocations };
}
