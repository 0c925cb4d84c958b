/** The task states and their sets, as in `celery.states`. */
/** Nothing is stored for the task: it is waiting or was never sent. */
export declare const PENDING = "PENDING";
/** A worker has the message. Used in events only. */
export declare const RECEIVED = "RECEIVED";
/** A worker runs the task. Stored only with `trackStarted`. */
export declare const STARTED = "STARTED";
/** The task returned. */
export declare const SUCCESS = "SUCCESS";
/** The task threw. */
export declare const FAILURE = "FAILURE";
/** The task was revoked, or expired, before it ran. */
export declare const REVOKED = "REVOKED";
/** A worker rejected the message. Used in events only. */
export declare const REJECTED = "REJECTED";
/** The task has been sent again. */
export declare const RETRY = "RETRY";
/** The task ended without a state (`Ignore`). */
export declare const IGNORED = "IGNORED";
/** The result is there and will not change. @type {ReadonlySet<string>} */
export declare const READY_STATES: ReadonlySet<string>;
/** The stored result is an exception. @type {ReadonlySet<string>} */
export declare const EXCEPTION_STATES: ReadonlySet<string>;
/** `AsyncResult.get()` throws the stored exception. @type {ReadonlySet<string>} */
export declare const PROPAGATE_STATES: ReadonlySet<string>;
