/** The root of all errors that this package raises. Never raised itself. */
export declare class CeleryError extends Error {
    /** @type {unknown[]} Python's `exc.args`. */
    args: unknown[];
    static module: string;
    /**
     * @param {string} [message]
     * @param {{ cause?: unknown, args?: unknown[] }} [options] `args` defaults to `[message]`
     */
    constructor(message?: string, { cause, args }?: {
        cause?: unknown;
        args?: unknown[];
    });
}
/** Raised at start when a setting, an environment variable or a task definition cannot be used as it is. */
export declare class ImproperlyConfigured extends CeleryError {
}
/** Raised at start when the process in a worker's pid file is alive. */
export declare class PidfileLocked extends ImproperlyConfigured {
    static module: string;
}
/** Raised when a task module cannot be imported; names the file and, where it is known, the line. */
export declare class TaskImportError extends ImproperlyConfigured {
}
/** Raised at start when two exports claim one task name. */
export declare class DuplicateTaskError extends ImproperlyConfigured {
}
/** Raised when the broker or the result backend cannot be reached within the time that the settings allow. */
export declare class OperationalError extends CeleryError {
    static module: string;
    /** Whether a later attempt may succeed: the server is away, or has no room. */
    isTemporary: boolean;
}
/** Raised by `AsyncResult.get({ timeout })` when the result is not there in time, by an event receiver when no event comes. */
export declare class TimeoutError extends CeleryError {
}
/** Raised by `AsyncResult.collect()` when it comes to a task that has not ended yet. */
export declare class IncompleteStream extends CeleryError {
}
/** Raised when a value cannot be written as JSON; the message has the path within the value. */
export declare class EncodeError extends CeleryError {
    static module: string;
}
/** Raised when a message, a body or a stored result cannot be read. */
export declare class DecodeError extends CeleryError {
    static module: string;
}
/** Raised when a message's content type is one that this worker does not accept (anything but JSON). */
export declare class ContentDisallowed extends DecodeError {
}
/** Raised when a message is readable but not a task: no name, no id, arguments of the wrong shape. */
export declare class InvalidTaskError extends CeleryError {
}
/** Raised when a task name is not registered here: by `app.tasks`, and stored for a message that names no known task. */
export declare class NotRegistered extends CeleryError {
}
/** Raised by sending to a queue that `taskQueues` does not list, if `taskCreateMissingQueues` is false. */
export declare class QueueNotFound extends CeleryError {
}
/** Stored for a task that was revoked or that expired before it started. */
export declare class TaskRevokedError extends CeleryError {
}
/** Raised by `self.retry()` once a task has used up its `maxRetries` and gave no exception. */
export declare class MaxRetriesExceededError extends CeleryError {
}
/** Raised when a task's soft time limit passes: the reason of `self.signal`. */
export declare class SoftTimeLimitExceeded extends CeleryError {
    static module: string;
}
/** Stored for a task whose hard time limit passed. */
export declare class TimeLimitExceeded extends CeleryError {
    static module: string;
    /** @param {number} timeLimitS seconds */
    constructor(timeLimitS: number);
}
/** Stored for a task whose worker died while running it, too many times. */
export declare class WorkerLostError extends CeleryError {
    static module: string;
}
/** Stored for a task that was ended by `revoke(terminate=True)`. */
export declare class Terminated extends CeleryError {
    static module: string;
}
/** Stored for the body of a chord when one of its parts failed; names the part. */
export declare class ChordError extends CeleryError {
}
/** Parent of what a task throws to signal its worker something other than failure (Celery's `TaskPredicate`). */
export declare class TaskPredicate extends CeleryError {
}
/** Thrown to end a task without storing a state. The message is acknowledged. */
export declare class Ignore extends TaskPredicate {
}
/** Thrown to reject the message: it goes back to its queue (`requeue`) or counts as a failure. */
export declare class Reject extends TaskPredicate {
    reason: unknown;
    requeue: boolean;
    /**
     * @param {unknown} [reason] why, for the log and the stored result
     * @param {{ requeue?: boolean }} [options] true puts the message back in its queue
     */
    constructor(reason?: unknown, { requeue }?: {
        requeue?: boolean;
    });
}
/** Thrown by `self.retry()`: the task has been sent again. A task must not catch it. */
export declare class Retry extends TaskPredicate {
    exc: Error | null;
    when: number | Date | null;
    /**
     * @param {object} [options]
     * @param {Error | null} [options.exc] what made the task retry
     * @param {number | Date | null} [options.when] seconds from now, or the moment
     * @param {string | null} [options.message]
     */
    constructor({ exc, when, message }?: {
        exc?: Error | null;
        when?: number | Date | null;
        message?: string | null;
    });
}
