/** Assembles the path of messages into a worker: taken, admitted, held until they may start, started. */
import { Revocations } from "../model/revocations.js";
import { Admission } from "./admission.js";
import { Consumer } from "./consumer.js";
import { Dispatcher } from "./dispatcher.js";
import { RateLimits } from "./rate-limits.js";

/**
 * @typedef {object} Intake
 * @property {Dispatcher} dispatcher
 * @property {Consumer} consumer
 * @property {RateLimits} rateLimits
 * @property {Revocations} revocations
 *
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {object} parts
 * @param {import("../../transport/transport.js").Consumer} parts.transport
 * @param {import("../completion/completer.js").Completer} parts.completer
 * @param {import("../../execution/executor.js").Executor} parts.executor
 * @param {import("../pools/slots.js").Slots} parts.slots
 * @param {import("../observers/task-observers.js").TaskObservers} parts.observers
 * @returns {Intake}
 */
export function createIntake({ app, log, options, reporter }, { transport, slots, ...parts }) {
  const { settings } = app;
  const leaseMs = settings.leaseS * 1000;
  const { canPark } = transport.capabilities;
  const revocations = new Revocations();
  const admission = new Admission({ app, leaseMs, canPark, pool: options.pool, revocations });
  const rateLimits = new RateLimits({
    defaultRate: settings.taskDefaultRateLimit,
    isDisabled: settings.workerDisableRateLimits,
  });
  const dispatcher = new Dispatcher({
    slots,
    leaseMs,
    parts: { ...parts, transport, admission, rateLimits, revocations, log },
  });
  const consumer = new Consumer({ transport, dispatcher, reporter, log });
  return { dispatcher, consumer, rateLimits, revocations };
}
