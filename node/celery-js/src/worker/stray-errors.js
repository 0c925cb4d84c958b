/**
 * Errors that no promise of a task carries: a rejection nobody handles, an exception in a timer. The task whose code it
 * was is found by its asynchronous context and fails; the others know nothing of it.
 */
import { currentExecution } from "../tasks/current.js";

/**
 * Listens until the returned function is called.
 *
 * @param {object} options
 * @param {import("./log.js").Logger} options.log
 * @param {() => void} options.onUncaught called after an uncaught exception: the state of the process is in doubt
 * @returns {() => void} stops listening
 */
export function catchStrayErrors({ log, onUncaught }) {
  const onRejection = (/** @type {unknown} */ error) => blame(error, log, "unhandled rejection");
  const onException = (/** @type {Error} */ error) => {
    blame(error, log, "uncaught exception");
    onUncaught();
  };
  process.on("unhandledRejection", onRejection);
  process.on("uncaughtException", onException);
  return () => {
    process.off("unhandledRejection", onRejection);
    process.off("uncaughtException", onException);
  };
}

/** @param {unknown} error @param {import("./log.js").Logger} log @param {string} kind */
function blame(error, log, kind) {
  const execution = /** @type {import("./execution.js").Execution | null} */ (currentExecution());
  const taskId = execution?.request.id;
  if (execution?.reject && !execution.ended) {
    // The failure is logged with the error and its stack: here as well, it would stand there twice.
    execution.strayKind = kind;
    execution.reject(error);
  } else if (execution) {
    log.error(
      { taskId, err: error },
      `An ${kind} of task ${execution.request.task}[${taskId}], which has ended already`,
    );
  } else {
    log.fatal({ err: error }, `An ${kind} that belongs to no task`);
  }
}
