import { EagerResult } from "./eager-result.js";
export type Task = import("./task.js").Task;
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type TaskMessage = import("../protocol/message.js").TaskMessage;
export type Execution = import("../tasks/current.js").Execution;
export type RetryOptions = import("../tasks/retry-options.js").RetryOptions;
export type Outcome = {
    state: string;
    value: unknown;
    thrown?: unknown;
    next?: TaskMessage;
};
/**
 * @param {Task} task
 * @param {readonly unknown[]} args
 * @param {SendOptions} given
 * @param {boolean} propagate throws the task's error instead of returning it in the result
 * @returns {Promise<EagerResult>} of the last retry
 * @throws {EncodeError} when an argument cannot be written as JSON
 */
export declare function runEagerly(task: Task, args: readonly unknown[], given: SendOptions, propagate: boolean): Promise<EagerResult>;
