export type TaskFunction = import("./define.js").TaskFunction;
export type ErrorClass = abstract new (...args: never[]) => Error;
export type Handler = (this: any, ...args: any[]) => unknown;
/** Celery's defaults, for options that neither the task nor a setting gives. */
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
    trail: true;
    resultreprMaxsize: 1024;
    deadLetterOnFailure: false;
}>;
export type Kind<T> = import("../validation/kinds.js").Kind<T>;
declare const KINDS: Readonly<{
    /** Replaces the name made of path and export. */
    name: import("../validation/kinds.js").Kind<string>;
    /** true passes the running task as first argument (`self`). */
    bind: import("../validation/kinds.js").Kind<boolean>;
    /** The parameters, where the source does not show them; see `declaredParameters`. */
    params: Kind<string[]>;
    /** Schemas of parameters, which are checked before it runs, and of result and progress. */
    schema: Kind<import("./schema.js").TaskSchema>;
    /** false skips the sender's check of the arguments. */
    typing: import("../validation/kinds.js").Kind<boolean>;
    /** How often it is retried, default 3; null: forever. */
    maxRetries: Kind<number>;
    /** Seconds, default 180. */
    defaultRetryDelay: import("../validation/kinds.js").Kind<number>;
    /** Errors that make the task retry, as classes or names. */
    autoretryFor: Kind<(string | ErrorClass)[]>;
    /** Errors that do not, though `autoretryFor` names them. */
    dontAutoretryFor: Kind<(string | ErrorClass)[]>;
    /** Options of `self.retry()` for automatic retries. */
    retryKwargs: Kind<import("./retry-options.js").RetryOptions>;
    /** Exponential delays; a number is the first one, in seconds. */
    retryBackoff: Kind<number | boolean>;
    /** Seconds. */
    retryBackoffMax: import("../validation/kinds.js").Kind<number>;
    /** true draws each delay between 0 and the computed one. */
    retryJitter: import("../validation/kinds.js").Kind<boolean>;
    /** Expected errors, which are logged without a traceback. */
    throws: Kind<(string | ErrorClass)[]>;
    /** false acknowledges before the start, and never runs it again; default `taskAcksLate`. */
    acksLate: import("../validation/kinds.js").Kind<boolean>;
    /** Default of the next two options; its own default is `taskAcksOnFailureOrTimeout`. */
    acksOnFailureOrTimeout: import("../validation/kinds.js").Kind<boolean>;
    /** false puts the message of a failed task among the dead letters. */
    acksOnFailure: import("../validation/kinds.js").Kind<boolean>;
    /** false puts the message of a task over its hard limit back into its queue. */
    acksOnTimeout: import("../validation/kinds.js").Kind<boolean>;
    /** true runs it again when its thread is lost; default `taskRejectOnWorkerLost`. */
    rejectOnWorkerLost: import("../validation/kinds.js").Kind<boolean>;
    /** true retries it when its thread is lost, before `rejectOnWorkerLost` applies; default `taskRetryOnWorkerLost`. */
    retryOnWorkerLost: import("../validation/kinds.js").Kind<boolean>;
    /** true stores no result; default `taskIgnoreResult`. */
    ignoreResult: import("../validation/kinds.js").Kind<boolean>;
    /** true stores errors even then; default `taskStoreErrorsEvenIfIgnored`. */
    storeErrorsEvenIfIgnored: import("../validation/kinds.js").Kind<boolean>;
    /** true stores STARTED when it starts; default `taskTrackStarted`. */
    trackStarted: import("../validation/kinds.js").Kind<boolean>;
    /** Seconds. */
    timeLimit: import("../validation/kinds.js").Kind<number>;
    /** Seconds. */
    softTimeLimit: import("../validation/kinds.js").Kind<number>;
    /** Where it runs: on the event loop, or in a thread; null: in the worker's pool. */
    pool: import("../validation/kinds.js").Kind<"async" | "threads">;
    /** Tasks a second, or "10/s", "10/m", "10/h". */
    rateLimit: import("../validation/kinds.js").Kind<string | number>;
    /** Seconds after sending, or the moment. */
    expires: Kind<number | Date>;
    /** 0 to 9; on Redis, 0 is the highest. */
    priority: import("../validation/kinds.js").Kind<number>;
    /** Where it is sent to, if neither the call nor a route names a queue. */
    queue: import("../validation/kinds.js").Kind<string>;
    /** With `routingKey`, instead of a queue. */
    exchange: import("../validation/kinds.js").Kind<string>;
    /** See `exchange`. */
    routingKey: import("../validation/kinds.js").Kind<string>;
    /** On RabbitMQ: 1 keeps its messages in memory, 2 on disk. */
    deliveryMode: import("./send-options.js").Kind<1 | 2>;
    /** The serializer of its messages. */
    serializer: import("../validation/kinds.js").Kind<"json">;
    /** The compression of its messages: "gzip", "zlib" or "brotli". */
    compression: import("../validation/kinds.js").Kind<string>;
    /** false keeps it out of events; default true. */
    sendEvents: import("../validation/kinds.js").Kind<boolean>;
    /** false keeps the tasks that it sends out of its children; default true. */
    trail: import("../validation/kinds.js").Kind<boolean>;
    /** How many characters of its result logs and events show, default 1024. */
    resultreprMaxsize: import("../validation/kinds.js").Kind<number>;
    /** How many lost workers until the task fails; 0 = no limit; default `maxDeliveries`. */
    maxDeliveries: Kind<number>;
    /** true keeps the message of a final failure among the dead letters. */
    deadLetterOnFailure: import("../validation/kinds.js").Kind<boolean>;
    /** `(taskId, args, kwargs)`: an error in it counts as the task's own. */
    beforeStart: Kind<Handler>;
    /** `(retval, taskId, args, kwargs)`. */
    onSuccess: Kind<Handler>;
    /** `(exc, taskId, args, kwargs, einfo)`. */
    onFailure: Kind<Handler>;
    /** `(exc, taskId, args, kwargs, einfo)`. */
    onRetry: Kind<Handler>;
    /** `(status, retval, taskId, args, kwargs, einfo)`, after SUCCESS and FAILURE. */
    afterReturn: Kind<Handler>;
    /** `(signature)`, before the signature is sent in the task's place. */
    onReplace: Kind<Handler>;
    /** `(args, kwargs, options)`: returns the name that logs and monitors show for a call. */
    shadowName: Kind<Handler>;
}>;
/** The names of all options. */
export declare const TASK_OPTIONS: readonly string[];
export type TaskOptions = import("../validation/kinds.js").OptionsOf<typeof KINDS, "name" | "bind" | "params" | "typing">;
/**
 * Checks the options of a task.
 *
 * @param {Readonly<Record<string, unknown>>} options
 * @param {string} label how messages name the task
 * @returns {Readonly<TaskOptions>} the options that were given
 * @throws {ImproperlyConfigured} for an unknown option (naming the nearest known one), an option of Python alone, a value of
 *   the wrong kind, and a soft time limit above the hard one
 */
export declare function checkTaskOptions(options: Readonly<Record<string, unknown>>, label: string): Readonly<TaskOptions>;
export {};
