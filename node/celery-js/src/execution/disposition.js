/**
 * What a failure means to the message of its task (celery.worker.request: on_failure, on_timeout): mostly it is acknowledged,
 * as the failure is the result. Options of the task, or settings, say otherwise.
 */
import { TimeLimitExceeded, WorkerLostError } from "../errors.js";
import { className } from "../validation/class-name.js";

/**
 * @typedef {import("../settings.js").Settings} Settings
 * @typedef {import("../worker/model/types.js").TaskOptions} TaskOptions
 *
 * @typedef {object} Disposition what is to be done with the message
 * @property {"settle" | "requeue" | "bury" | "leave"} kind "leave": to its lease, as if this worker had been lost
 * @property {string} result meta to store, "" for none
 * @property {string} [reason] of a burial
 * @property {(() => void) | null} [notify] is called once that is done, and says so to those who wait for it
 */

/**
 * @param {import("./request.js").Request} request of a task that has failed
 * @param {Error} error
 * @param {string} result "" for none
 * @param {Settings} settings
 * @returns {Disposition} after a time limit that is not acknowledged the message goes back, after another failure to the dead letters
 */
export function dispositionOfFailure({ task: { options }, acksLate }, error, result, settings) {
  const reason = className(error);
  const isTimeout = error instanceof TimeLimitExceeded;
  if (acksLate && isTimeout && !acksOnTimeout(options, settings)) return { kind: "requeue", result };
  const isKept = options.deadLetterOnFailure || (acksLate && !isTimeout && !acksOnFailure(options, settings));
  return isKept ? { kind: "bury", reason, result } : { kind: "settle", result };
}

/**
 * @param {import("./request.js").Request} request
 * @param {Error} error
 * @param {Settings} settings
 * @returns {boolean} whether it is left to its lease, having lost what ran it (`rejectOnWorkerLost`): so its loss is counted
 */
export function comesBackWhenLost({ task: { options }, acksLate }, error, settings) {
  if (!acksLate || !(error instanceof WorkerLostError)) return false;
  return options.rejectOnWorkerLost ?? settings.taskRejectOnWorkerLost;
}

/** Celery's precedence (celery.app.task.Task.bind): the newer option, or its setting, before the older of both kinds. @param {TaskOptions} options @param {Settings} settings */
const acksOnFailure = (options, settings) =>
  options.acksOnFailure ?? settings.taskAcksOnFailure ?? acksOnEither(options, settings);

/** @param {TaskOptions} options @param {Settings} settings */
const acksOnTimeout = (options, settings) =>
  options.acksOnTimeout ?? settings.taskAcksOnTimeout ?? acksOnEither(options, settings);

/** @param {TaskOptions} options @param {Settings} settings */
const acksOnEither = (options, settings) => options.acksOnFailureOrTimeout ?? settings.taskAcksOnFailureOrTimeout;
