/**
 * Decides what happens to the message of a failed task (celery.worker.request: on_failure, on_timeout). Usually it is
 * acknowledged, because the failure is the result. Task options or settings can change that.
 */
import { TimeLimitExceeded, WorkerLostError } from "../errors.js";
import { className } from "../validation/class-name.js";

/**
 * @typedef {import("../settings.js").Settings} Settings
 * @typedef {import("../worker/model/types.js").TaskOptions} TaskOptions
 *
 * @typedef {object} Disposition what to do with the message
 * @property {"settle" | "requeue" | "bury" | "leave"} kind "leave": the message stays until its lease ends, as if this worker
 *   were lost
 * @property {string} result meta to store, "" for none
 * @property {string} [reason] why the message is buried
 * @property {(() => void) | null} [notify] called once that is done, to notify waiting clients
 * @property {Carried | null} [carried] a message that goes along with the result
 *
 * @typedef {object} Carried
 * @property {import("../transport/transport.js").Publication} publication
 * @property {import("./follow-ups/carrier.js").Carrier} carrier learns what has become of it
 * @property {Promise<void>} delivered settles once it has arrived, or what waits for it has failed. When the worker stops first, it
 *   rejects, or never settles
 */

/**
 * @param {import("./request.js").Request} request of a task that has failed
 * @param {Error} error
 * @param {string} result "" for none
 * @param {Settings} settings
 * @returns {Disposition} without acknowledgement, the message goes back after a time limit, and to the dead letters after
 *   any other failure
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
 * @returns {boolean} whether the message is left to its lease because what ran it was lost (`rejectOnWorkerLost`), so
 *   that the loss is counted
 */
export function comesBackWhenLost({ task: { options }, acksLate }, error, settings) {
  if (!acksLate || !(error instanceof WorkerLostError)) return false;
  return options.rejectOnWorkerLost ?? settings.taskRejectOnWorkerLost;
}

/**
 * Celery's precedence (celery.app.task.Task.bind): the newer option or its setting wins over the older option and
 * setting.
 *
 * @param {TaskOptions} options
 * @param {Settings} settings
 */
const acksOnFailure = (options, settings) =>
  options.acksOnFailure ?? settings.taskAcksOnFailure ?? acksOnEither(options, settings);

/**
 * @param {TaskOptions} options
 * @param {Settings} settings
 */
const acksOnTimeout = (options, settings) =>
  options.acksOnTimeout ?? settings.taskAcksOnTimeout ?? acksOnEither(options, settings);

/**
 * @param {TaskOptions} options
 * @param {Settings} settings
 */
const acksOnEither = (options, settings) => options.acksOnFailureOrTimeout ?? settings.taskAcksOnFailureOrTimeout;
