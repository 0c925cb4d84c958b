/** Assembles the path of messages out of a worker: a task's follow-ups, its result, its acknowledgement. */
import { Callbacks } from "../../execution/follow-ups/callbacks.js";
import { Chords } from "../../execution/follow-ups/chords.js";
import { FollowUps } from "../../execution/follow-ups/follow-ups.js";
import { ResultEncoder } from "../../protocol/result-encoder.js";
import { Completer } from "./completer.js";
import { SettleBatcher } from "./settle-batcher.js";
export type Completion = {
    completer: Completer;
    settleBatcher: SettleBatcher;
    resultEncoder: ResultEncoder;
    callbacks: Callbacks;
    followUps: FollowUps;
    downstream: Chords["downstream"];
    /**
     * see `SettleBatcher.store`
     */
    store: (taskId: string, result: string) => Promise<boolean>;
};
/**
 * @typedef {object} Completion
 * @property {Completer} completer
 * @property {SettleBatcher} settleBatcher
 * @property {ResultEncoder} resultEncoder
 * @property {Callbacks} callbacks
 * @property {FollowUps} followUps
 * @property {Chords["downstream"]} downstream
 * @property {(taskId: string, result: string) => Promise<boolean>} store see `SettleBatcher.store`
 *
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {object} parts
 * @param {import("../../transport/transport.js").Consumer} parts.taskConsumer
 * @param {import("../observers/task-observers.js").TaskObservers} parts.observers
 * @returns {Completion}
 */
export declare function createCompletion({ app, hostname, log, reporter, closed }: import("../lifecycle/assembly.js").Plan, { taskConsumer, observers }: {
    taskConsumer: import("../../transport/transport.js").Consumer;
    observers: import("../observers/task-observers.js").TaskObservers;
}): Completion;
