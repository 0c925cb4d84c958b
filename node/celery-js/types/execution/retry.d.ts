import { Retry } from "../errors.js";
export type TaskMessage = import("../protocol/message.js").TaskMessage;
export type RegisteredTask = import("../worker/model/types.js").RegisteredTask;
export type RetryOptions = import("../tasks/retry-options.js").RetryOptions;
export type PlannedSending = {
    published: import("../publishing/publish-signals.js").Published;
    publication: import("../transport/transport.js").Publication;
};
export type PlannedRetry = {
    retry: Retry;
} & PlannedSending;
/**
 * Turns an error into a `Retry` if `autoretryFor` covers it.
 *
 * @param {import("./execution.js").Execution} execution
 * @param {unknown} thrown
 * @returns {unknown}
 */
export declare function applyAutoretry(execution: import("./execution.js").Execution, thrown: unknown): unknown;
/**
 * Turns the loss of the task's thread into a `Retry` if `retryOnWorkerLost` is set and retries are left (Celery's
 * `Request._retry_worker_lost`).
 *
 * @param {import("./execution.js").Execution} execution
 * @param {unknown} thrown
 * @returns {unknown}
 */
export declare function retryLost(execution: import("./execution.js").Execution, thrown: unknown): unknown;
/**
 * @param {Pick<import("./request.js").Request, "task" | "message">} request
 * @returns {boolean}
 */
export declare const hasNoRetriesLeft: ({ task: { maxRetries }, message }: Pick<import("./request.js").Request, "task" | "message">) => boolean;
/**
 * Sends a retry, as a worker does.
 *
 * @param {import("../publishing/sent-events.js").SendingApp} app
 * @param {PlannedSending} planned
 * @returns {Promise<unknown>}
 */
export declare function sendRetry(app: import("../publishing/sent-events.js").SendingApp, { publication, published }: PlannedSending): Promise<unknown>;
/**
 * Plans a retry: what to publish, and the `Retry` to throw. It goes to the queue that the message was taken from,
 * wherever the task is routed to.
 *
 * @param {import("./request.js").Request} request
 * @param {RetryOptions} options
 * @returns {PlannedRetry}
 * @throws {TypeError} when an option is unknown (naming the nearest known one) or of the wrong kind
 * @throws {MaxRetriesExceededError} or `options.exc`, when there are no retries left
 */
export declare function planRetry({ task, message, delivery }: import("./request.js").Request, options: RetryOptions): PlannedRetry;
/**
 * @param {RegisteredTask} task
 * @param {unknown} error what the task threw
 * @param {number} retries how often it has been retried
 * @returns {RetryOptions | null} how to retry, or null when `autoretryFor` does not cover the error
 */
export declare function automaticRetry(task: RegisteredTask, error: unknown, retries: number): RetryOptions | null;
/**
 * @param {unknown} error
 * @param {readonly (string | Function)[] | null | undefined} kinds classes, or names of classes
 * @returns {boolean}
 */
export declare function matches(error: unknown, kinds: readonly (string | Function)[] | null | undefined): boolean;
/**
 * @param {Error} error
 * @param {Array<string | Function>} kinds that it matched where it was thrown
 */
export declare function noteMatches(error: Error, kinds: Array<string | Function>): void;
