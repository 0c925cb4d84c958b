/**
 * The one error tree. Every class documents when it is raised, and carries what Celery needs to store it: `module`, the Python
 * module under which a Python client finds the class of the same name, and `args`, the arguments that rebuild it there.
 */
import { className } from "./validation/class-name.js";

/** The root of all errors that this package raises. Never raised itself. */
export class CeleryError extends Error {
  static module = "celery.exceptions";

  /**
   * @param {string} [message]
   * @param {{ cause?: unknown, args?: unknown[] }} [options] `args` defaults to `[message]`
   */
  constructor(message = "", { cause, args } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    /** @type {unknown[]} Python's `exc.args`. */
    this.args = args ?? (message === "" ? [] : [message]);
  }
}

/** Raised at start when a setting, an environment variable or a task definition cannot be used as it is. */
export class ImproperlyConfigured extends CeleryError {}

/** Raised at start when the process in a worker's pid file is alive. */
export class PidfileLocked extends ImproperlyConfigured {
  static module = "celery.platforms";
}

/** Raised when a task module cannot be imported; names the file and, where it is known, the line. */
export class TaskImportError extends ImproperlyConfigured {}

/** Raised at start when two exports claim one task name. */
export class DuplicateTaskError extends ImproperlyConfigured {}

/** Raised when the broker or the result backend cannot be reached within the time that the settings allow. */
export class OperationalError extends CeleryError {
  static module = "kombu.exceptions";

  /** Whether a later attempt may succeed: the server is away, or has no room. */
  isTemporary = false;
}

/** Raised by `AsyncResult.get({ timeout })` when the result is not there in time, by an event receiver when no event comes. */
export class TimeoutError extends CeleryError {}

/** Raised by `AsyncResult.collect()` when it comes to a task that has not ended yet. */
export class IncompleteStream extends CeleryError {}

/** Raised when a value cannot be written as JSON; the message has the path within the value. */
export class EncodeError extends CeleryError {
  static module = "kombu.exceptions";
}

/** Raised when a message, a body or a stored result cannot be read. */
export class DecodeError extends CeleryError {
  static module = "kombu.exceptions";
}

/** Raised when a message's content type is one that this worker does not accept (anything but JSON). */
export class ContentDisallowed extends DecodeError {}

/** Raised when a message is readable but not a task: no name, no id, arguments of the wrong shape. */
export class InvalidTaskError extends CeleryError {}

/** Raised when a task name is not registered here: by `app.tasks`, and stored for a message that names no known task. */
export class NotRegistered extends CeleryError {}

/** Raised by sending to a queue that `taskQueues` does not list, if `taskCreateMissingQueues` is false. */
export class QueueNotFound extends CeleryError {}

/** Stored for a task that was revoked or that expired before it started. */
export class TaskRevokedError extends CeleryError {}

/** Raised by `self.retry()` once a task has used up its `maxRetries` and gave no exception. */
export class MaxRetriesExceededError extends CeleryError {}

/** Raised when a task's soft time limit passes: the reason of `self.signal`. */
export class SoftTimeLimitExceeded extends CeleryError {
  static module = "billiard.exceptions";
}

/** Stored for a task whose hard time limit passed. */
export class TimeLimitExceeded extends CeleryError {
  static module = "billiard.exceptions";

  /** @param {number} timeLimitS seconds */
  constructor(timeLimitS) {
    super(`the task ran longer than its hard time limit of ${timeLimitS} s`, { args: [timeLimitS] });
  }
}

/** Stored for a task whose worker died while running it, too many times. */
export class WorkerLostError extends CeleryError {
  static module = "billiard.exceptions";
}

/** Stored for a task that was ended by `revoke(terminate=True)`. */
export class Terminated extends CeleryError {
  static module = "billiard.exceptions";
}

/** Stored for the body of a chord when one of its parts failed; names the part. */
export class ChordError extends CeleryError {}

/** Parent of what a task throws to signal its worker something other than failure (Celery's `TaskPredicate`). */
export class TaskPredicate extends CeleryError {}

/** Thrown to end a task without storing a state. The message is acknowledged. */
export class Ignore extends TaskPredicate {}

/** Thrown to reject the message: it goes back to its queue (`requeue`) or counts as a failure. */
export class Reject extends TaskPredicate {
  /**
   * @param {unknown} [reason] why, for the log and the stored result
   * @param {{ requeue?: boolean }} [options] true puts the message back in its queue
   */
  constructor(reason = null, { requeue = false } = {}) {
    super(`reject requeue=${requeue}: ${reason}`, { args: [reason, requeue] });
    this.reason = reason;
    this.requeue = requeue;
  }
}

/** Thrown by `self.retry()`: the task has been sent again. A task must not catch it. */
export class Retry extends TaskPredicate {
  /**
   * @param {object} [options]
   * @param {Error | null} [options.exc] what made the task retry
   * @param {number | Date | null} [options.when] seconds from now, or the moment
   * @param {string | null} [options.message]
   */
  constructor({ exc = null, when = null, message = null } = {}) {
    const at = when instanceof Date ? `at ${when.toISOString()}` : when === null ? "at None" : `in ${when}s`;
    super(message ?? (exc === null ? `Retry ${at}` : `Retry ${at}: ${className(exc)}(${JSON.stringify(exc.message)})`));
    this.exc = exc;
    this.when = when;
  }
}
