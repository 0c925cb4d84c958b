/** Assembles the path of messages into a worker: taken, admitted, held until they may start, started. */
import { Revocations } from "../model/revocations.js";
import { Consumer } from "./consumer.js";
import { Dispatcher } from "./dispatcher.js";
import { RateLimits } from "./rate-limits.js";
export type Intake = {
    dispatcher: Dispatcher;
    consumer: Consumer;
    rateLimits: RateLimits;
    revocations: Revocations;
};
/**
 * @typedef {object} Intake
 * @property {Dispatcher} dispatcher
 * @property {Consumer} consumer
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
export declare function createIntake({ app, log, options, reporter }: import("../lifecycle/assembly.js").Plan, parts: {
    taskConsumer: import("../../transport/transport.js").Consumer;
    completer: import("../completion/completer.js").Completer;
    settleBatcher: import("../completion/settle-batcher.js").SettleBatcher;
    executor: import("../../execution/executor.js").Executor;
    slots: import("../pools/slots.js").Slots;
    observers: import("../observers/task-observers.js").TaskObservers;
}): Intake;
