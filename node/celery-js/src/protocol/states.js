/** The task states and their sets, as in `celery.states`. */

/** Nothing is stored for the task: it is waiting or was never sent. */
export const PENDING = "PENDING";
/** A worker has the message. Used in events only. */
export const RECEIVED = "RECEIVED";
/** A worker runs the task. Stored only with `trackStarted`. */
export const STARTED = "STARTED";
/** The task returned. */
export const SUCCESS = "SUCCESS";
/** The task threw. */
export const FAILURE = "FAILURE";
/** The task was revoked, or expired, before it ran. */
export const REVOKED = "REVOKED";
/** A worker rejected the message. Used in events only. */
export const REJECTED = "REJECTED";
/** The task has been sent again. */
export const RETRY = "RETRY";
/** The task ended without a state (`Ignore`). */
export const IGNORED = "IGNORED";

/** The result is there and will not change. @type {ReadonlySet<string>} */
export const READY_STATES = new Set([SUCCESS, FAILURE, REVOKED]);
/** The stored result is an exception. @type {ReadonlySet<string>} */
export const EXCEPTION_STATES = new Set([RETRY, FAILURE, REVOKED]);
/** `AsyncResult.get()` throws the stored exception. @type {ReadonlySet<string>} */
export const PROPAGATE_STATES = new Set([FAILURE, REVOKED]);
