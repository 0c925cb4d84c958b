/**
 * Errors outside a task's promise: an unhandled rejection, an exception in a timer. The responsible task is found by its
 * asynchronous context and fails; other tasks are not affected.
 */
import { currentTask } from "../../tasks/current.js";
import { LineLimit, STRAY_LINES_A_MINUTE } from "../observers/line-limit.js";

/**
 * Listens until the returned function is called.
 *
 * @param {object} options
 * @param {import("../observers/log.js").Logger} options.log
 * @param {() => void} options.onUncaught called after an uncaught exception: the state of the process is in doubt
 * @returns {() => void} stops listening
 */
export function catchStrayErrors({ log, onUncaught }) {
  const limit = new LineLimit(log, { lines: STRAY_LINES_A_MINUTE });
  const onRejection = (/** @type {unknown} */ error) => blame(error, limit, "unhandled rejection");
  const onException = (/** @type {Error} */ error) => {
    blame(error, limit, "uncaught exception");
    onUncaught();
  };
  process.on("unhandledRejection", onRejection);
  process.on("uncaughtException", onException);
  return () => {
    process.off("unhandledRejection", onRejection);
    process.off("uncaughtException", onException);
  };
}

/**
 * @param {unknown} error
 * @param {LineLimit} limit
 * @param {string} kind
 */
function blame(error, limit, kind) {
  const execution = /** @type {import("../../execution/execution.js").Execution | null} */ (currentTask());
  const taskId = execution?.request.message.id;
  if (execution?.reject && !execution.ended) {
    // The failure's log line has the error and its stack; logging it here too would repeat it.
    execution.failedIn = `an ${kind}`;
    execution.reject(error);
  } else if (execution) {
    limit.log(
      "error",
      "stray errors",
      { taskId, error },
      `An ${kind} of task ${execution.request.message.name}[${taskId}], which has already ended`,
    );
  } else {
    limit.log("fatal", "stray errors", { error }, `An ${kind} that belongs to no task`);
  }
}
