export type RegisteredTask = import("../worker/model/types.js").RegisteredTask;
/** @interface */
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type Outcome = import("./eager-execution.js").Outcome;
/**
 * @typedef {import("../worker/model/types.js").RegisteredTask} RegisteredTask
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("./eager-execution.js").Outcome} Outcome
 */
/**
 * @param {RegisteredTask} task
 * @param {readonly unknown[]} args
 * @param {SendOptions} options
 * @param {boolean} propagate whether the caller gets an error; then no errback or failure handler is called
 * @returns {Promise<Outcome & { id: string }>} of the last retry
 * @throws `EncodeError` when an argument cannot be written as JSON
 */
export declare function runEagerly(task: RegisteredTask, args: readonly unknown[], options: SendOptions, propagate: boolean): Promise<Outcome & {
    id: string;
}>;
