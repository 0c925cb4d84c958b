export type TaskFunction = import("./define.js").TaskFunction;
export type ErrorClass = abstract new (...args: never[]) => Error;
export type Handler = (this: any, ...args: any[]) => unknown;
export type TaskOptions = {
    /**
     * instead of the name made of path and export
     */
    name?: string;
    /**
     * true passes the running task as first argument (`self`)
     */
    bind?: boolean;
    /**
     * the parameters, where the source does not show them; see `declaredParameters`
     */
    params?: string[];
    /**
     * false skips the sender's check of the arguments
     */
    typing?: boolean;
    /**
     * how often it is retried, default 3; null: for ever
     */
    maxRetries?: number | null;
    /**
     * seconds, default 180
     */
    defaultRetryDelay?: number | null;
    /**
     * errors that make the task retry, as classes or names
     */
    autoretryFor?: (ErrorClass | string)[] | null;
    /**
     * errors that do not, though `autoretryFor` names them
     */
    dontAutoretryFor?: (ErrorClass | string)[] | null;
    /**
     * options of `self.retry()` for automatic retries
     */
    retryKwargs?: import("./retry-options.js").RetryOptions | null;
    /**
     * exponential delays; a number is the first one, in seconds
     */
    retryBackoff?: boolean | number | null;
    /**
     * seconds
     */
    retryBackoffMax?: number | null;
    /**
     * true draws each delay between 0 and the computed one
     */
    retryJitter?: boolean | null;
    /**
     * errors that are logged without a traceback, being expected
     */
    throws?: (ErrorClass | string)[] | null;
    /**
     * false acknowledges before the start, and never runs it again; default `taskAcksLate`
     */
    acksLate?: boolean | null;
    /**
     * what the next two are where they say nothing; default `taskAcksOnFailureOrTimeout`
     */
    acksOnFailureOrTimeout?: boolean | null;
    /**
     * false puts the message of a failed task among the dead letters
     */
    acksOnFailure?: boolean | null;
    /**
     * false puts the message of a task over its hard limit back into its queue
     */
    acksOnTimeout?: boolean | null;
    /**
     * true runs it again when its thread is lost; default `taskRejectOnWorkerLost`
     */
    rejectOnWorkerLost?: boolean | null;
    /**
     * true stores no result; default `taskIgnoreResult`
     */
    ignoreResult?: boolean | null;
    /**
     * true stores errors all the same; default `taskStoreErrorsEvenIfIgnored`
     */
    storeErrorsEvenIfIgnored?: boolean | null;
    /**
     * true stores STARTED when it starts; default `taskTrackStarted`
     */
    trackStarted?: boolean | null;
    /**
     * seconds
     */
    timeLimit?: number | null;
    /**
     * seconds
     */
    softTimeLimit?: number | null;
    /**
     * what runs it: the event loop, or a thread of its own; default: the worker's
     */
    pool?: "async" | "threads" | null;
    /**
     * tasks a second, or "10/s", "10/m", "10/h"
     */
    rateLimit?: number | string | null;
    /**
     * seconds after sending, or the moment
     */
    expires?: number | Date | null;
    /**
     * 0 to 9; on Redis, 0 is the highest
     */
    priority?: number | null;
    /**
     * where it is sent to, if neither the call nor a route says so
     */
    queue?: string | null;
    /**
     * with `routingKey`, instead of a queue
     */
    exchange?: string | null;
    /**
     * see `exchange`
     */
    routingKey?: string | null;
    /**
     * of its messages
     */
    serializer?: "json" | null;
    /**
     * of its messages: "gzip", "zlib" or "brotli"
     */
    compression?: string | null;
    /**
     * false keeps it out of events; default true
     */
    sendEvents?: boolean | null;
    /**
     * lost workers before it is given up; 0 = no limit; default `maxDeliveries`
     */
    maxDeliveries?: number | null;
    /**
     * true keeps the message of a final failure among the dead letters
     */
    deadLetterOnFailure?: boolean | null;
    /**
     * `(taskId, args, kwargs)`: what it throws is what the task threw
     */
    beforeStart?: Handler | null;
    /**
     * `(retval, taskId, args, kwargs)`
     */
    onSuccess?: Handler | null;
    /**
     * `(exc, taskId, args, kwargs, einfo)`
     */
    onFailure?: Handler | null;
    /**
     * `(exc, taskId, args, kwargs, einfo)`
     */
    onRetry?: Handler | null;
    /**
     * `(status, retval, taskId, args, kwargs, einfo)`, after SUCCESS and FAILURE
     */
    afterReturn?: Handler | null;
    /**
     * `(signature)`, before the signature is sent in the task's place
     */
    onReplace?: Handler | null;
};
/** @typedef {import("./define.js").TaskFunction} TaskFunction */
/** @typedef {abstract new (...args: never[]) => Error} ErrorClass */
/**
 * A handler of a task's course, as Celery's methods of these names; `this` is the task as it runs (`self`), unless the
 * handler is an arrow function. A promise that it returns is waited for.
 *
 * @typedef {(this: any, ...args: any[]) => unknown} Handler
 */
/**
 * What a task may say of itself. An option that is absent is left to the app's settings or to `TASK_DEFAULTS`. `null`
 * means absent, as `None` does in Celery, but for `maxRetries`, where it means "for ever".
 *
 * @typedef {object} TaskOptions
 * @property {string} [name] instead of the name made of path and export
 * @property {boolean} [bind] true passes the running task as first argument (`self`)
 * @property {string[]} [params] the parameters, where the source does not show them; see `declaredParameters`
 * @property {boolean} [typing] false skips the sender's check of the arguments
 * @property {number | null} [maxRetries] how often it is retried, default 3; null: for ever
 * @property {number | null} [defaultRetryDelay] seconds, default 180
 * @property {(ErrorClass | string)[] | null} [autoretryFor] errors that make the task retry, as classes or names
 * @property {(ErrorClass | string)[] | null} [dontAutoretryFor] errors that do not, though `autoretryFor` names them
 * @property {import("./retry-options.js").RetryOptions | null} [retryKwargs] options of `self.retry()` for automatic retries
 * @property {boolean | number | null} [retryBackoff] exponential delays; a number is the first one, in seconds
 * @property {number | null} [retryBackoffMax] seconds
 * @property {boolean | null} [retryJitter] true draws each delay between 0 and the computed one
 * @property {(ErrorClass | string)[] | null} [throws] errors that are logged without a traceback, being expected
 * @property {boolean | null} [acksLate] false acknowledges before the start, and never runs it again; default `taskAcksLate`
 * @property {boolean | null} [acksOnFailureOrTimeout] what the next two are where they say nothing; default `taskAcksOnFailureOrTimeout`
 * @property {boolean | null} [acksOnFailure] false puts the message of a failed task among the dead letters
 * @property {boolean | null} [acksOnTimeout] false puts the message of a task over its hard limit back into its queue
 * @property {boolean | null} [rejectOnWorkerLost] true runs it again when its thread is lost; default `taskRejectOnWorkerLost`
 * @property {boolean | null} [ignoreResult] true stores no result; default `taskIgnoreResult`
 * @property {boolean | null} [storeErrorsEvenIfIgnored] true stores errors all the same; default `taskStoreErrorsEvenIfIgnored`
 * @property {boolean | null} [trackStarted] true stores STARTED when it starts; default `taskTrackStarted`
 * @property {number | null} [timeLimit] seconds
 * @property {number | null} [softTimeLimit] seconds
 * @property {"async" | "threads" | null} [pool] what runs it: the event loop, or a thread of its own; default: the worker's
 * @property {number | string | null} [rateLimit] tasks a second, or "10/s", "10/m", "10/h"
 * @property {number | Date | null} [expires] seconds after sending, or the moment
 * @property {number | null} [priority] 0 to 9; on Redis, 0 is the highest
 * @property {string | null} [queue] where it is sent to, if neither the call nor a route says so
 * @property {string | null} [exchange] with `routingKey`, instead of a queue
 * @property {string | null} [routingKey] see `exchange`
 * @property {"json" | null} [serializer] of its messages
 * @property {string | null} [compression] of its messages: "gzip", "zlib" or "brotli"
 * @property {boolean | null} [sendEvents] false keeps it out of events; default true
 * @property {number | null} [maxDeliveries] lost workers before it is given up; 0 = no limit; default `maxDeliveries`
 * @property {boolean | null} [deadLetterOnFailure] true keeps the message of a final failure among the dead letters
 * @property {Handler | null} [beforeStart] `(taskId, args, kwargs)`: what it throws is what the task threw
 * @property {Handler | null} [onSuccess] `(retval, taskId, args, kwargs)`
 * @property {Handler | null} [onFailure] `(exc, taskId, args, kwargs, einfo)`
 * @property {Handler | null} [onRetry] `(exc, taskId, args, kwargs, einfo)`
 * @property {Handler | null} [afterReturn] `(status, retval, taskId, args, kwargs, einfo)`, after SUCCESS and FAILURE
 * @property {Handler | null} [onReplace] `(signature)`, before the signature is sent in the task's place
 */
/** What holds for a task that says nothing else and that no setting speaks for: Celery's own defaults. */
export declare const TASK_DEFAULTS: Readonly<{
    bind: false;
    typing: true;
    maxRetries: 3;
    defaultRetryDelay: 180;
    autoretryFor: readonly never[];
    dontAutoretryFor: readonly never[];
    retryKwargs: Readonly<{}>;
    retryBackoff: false;
    retryBackoffMax: 600;
    retryJitter: true;
    throws: readonly never[];
    sendEvents: true;
}>;
/**
 * Checks the options of a task.
 *
 * @param {Readonly<Record<string, unknown>>} options
 * @param {string} label how messages name the task
 * @returns {Readonly<TaskOptions>} the options that were given
 * @throws {ImproperlyConfigured} for an unknown option (naming the nearest known one), a value of the wrong kind, and a
 *   soft time limit above the hard one
 */
export declare function checkTaskOptions(options: Readonly<Record<string, unknown>>, label: string): Readonly<TaskOptions>;
