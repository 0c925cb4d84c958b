/**
 * Decides what happens to the message of a failed task (celery.worker.request: on_failure, on_timeout). Usually it is
 * acknowledged, because the failure is the result. Task options or settings can change that.
 */
import { TimeLimitExceeded, WorkerLostError } from "../errors.js";
import { className } from "../validation/class-name.js";
import { hasNoRetriesLeft } from "./retry.js";

/**
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
 * @returns {Disposition} without acknowledgement, the message goes back after a time limit, and to the dead letters after
 *   any other failure
 */
export function dispositionOfFailure({ task, acksLate }, error, result) {
  const reason = className(error);
  const isTimeout = error instanceof TimeLimitExceeded;
  if (acksLate && isTimeout && !task.acksOnTimeout) return { kind: "requeue", result };
  const isKept = task.deadLetterOnFailure || (acksLate && !isTimeout && !task.acksOnFailure);
  return isKept ? { kind: "bury", reason, result } : { kind: "settle", result };
}

/**
 * @param {import("./request.js").Request} request
 * @param {Error} error
 * @returns {boolean} whether the message is left to its lease because what ran it was lost (`rejectOnWorkerLost`), so
 *   that the loss is counted. A task that has used up its retries of `retryOnWorkerLost` fails instead
 */
export function comesBackWhenLost(request, error) {
  const { task, acksLate } = request;
  if (!acksLate || !(error instanceof WorkerLostError)) return false;
  return task.rejectOnWorkerLost && !(task.retryOnWorkerLost && hasNoRetriesLeft(request));
}
