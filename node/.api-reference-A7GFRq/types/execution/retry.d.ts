/**
 * `self.retry()` and automatic retries (celery.app.task.Task.retry, celery.app.autoretry). A retry is the same message once
 * more: everything in it that is not about the retry, known to us or not, stays as it was.
 */
import { Retry } from "../errors.js";
export type TaskMessage = import("../protocol/message.js").TaskMessage;
export type RegisteredTask = import("../worker/model/types.js").RegisteredTask;
export type RetryOptions = import("../tasks/retry-options.js").RetryOptions;
export type PlannedSending = {
    published: import("../publishing/publish-signals.js").Published;
    publication: import("../transport/redis/publisher.js").Publication;
};
/**
 * @typedef {import("../protocol/message.js").TaskMessage} TaskMessage
 * @typedef {import("../worker/model/types.js").RegisteredTask} RegisteredTask
 * @typedef {import("../tasks/retry-options.js").RetryOptions} RetryOptions
 *
 * @typedef {object} PlannedSending
 * @property {import("../publishing/publish-signals.js").Published} published
 * @property {import("../transport/redis/publisher.js").Publication} publication
 */
/**
 * Plans a retry: what to publish, and the `Retry` to throw.
 *
 * @param {RegisteredTask} task
 * @param {TaskMessage} message
 * @param {string} queue that the message was taken from: a retry goes there again, and nowhere else that it was routed to
 * @param {RetryOptions} options
 * @returns {{ retry: Retry } & PlannedSending}
 * @throws {TypeError} when an option is unknown (naming the nearest known one) or of the wrong kind
 * @throws {MaxRetriesExceededError} or `options.exc`, when there are no retries left
 */
export declare function planRetry(task: RegisteredTask, message: TaskMessage, queue: string, options: RetryOptions): {
    retry: Retry;
} & PlannedSending;
/**
 * @param {RegisteredTask} task
 * @param {unknown} error what the task threw
 * @param {number} retries how often it has been retried
 * @returns {RetryOptions | null} how to retry, or null when `autoretryFor` does not cover the error
 */
export declare function automaticRetry({ options }: RegisteredTask, error: unknown, retries: number): RetryOptions | null;
/**
 * @param {unknown} error
 * @param {readonly (string | Function)[] | null | undefined} kinds classes, or names of classes
 * @returns {boolean}
 */
export declare function matches(error: unknown, kinds: readonly (string | Function)[] | null | undefined): boolean;
/** @param {Error} error @param {Array<string | Function>} kinds that it matched where it was thrown */
export declare function noteMatches(error: Error, kinds: Array<string | Function>): void;
