/**
 * Errors outside a task's promise: an unhandled rejection, an exception in a timer. The responsible task is found by its
 * asynchronous context and fails; other tasks are not affected.
 */
import { currentTask } from "../../tasks/current.js";

const LINES_A_MINUTE = 20;
const MINUTE_MS = 60_000;

/**
 * Listens until the returned function is called.
 *
 * @param {object} options
 * @param {import("../observers/log.js").Logger} options.log
 * @param {() => void} options.onUncaught called after an uncaught exception: the state of the process is in doubt
 * @returns {() => void} stops listening
 */
export function catchStrayErrors({ log, onUncaught }) {
  const flood = new Flood(log);
  const onRejection = (/** @type {unknown} */ error) => blame(error, flood, "unhandled rejection");
  const onException = (/** @type {Error} */ error) => {
    blame(error, flood, "uncaught exception");
    onUncaught();
  };
  process.on("unhandledRejection", onRejection);
  process.on("uncaughtException", onException);
  return () => {
    process.off("unhandledRejection", onRejection);
    process.off("uncaughtException", onException);
  };
}

/** Of thousands of such errors, logs the first of each minute in full, and the number of the others. */
class Flood {
  #log;
  #logged = 0;
  #suppressed = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #minute;

  /** @param {import("../observers/log.js").Logger} log */
  constructor(log) {
    this.#log = log;
  }

  /**
   * @param {"error" | "fatal"} level
   * @param {object} fields
   * @param {string} line
   */
  log(level, fields, line) {
    this.#minute ??= setTimeout(() => this.#endMinute(), MINUTE_MS).unref();
    this.#logged += 1;
    if (this.#logged <= LINES_A_MINUTE) this.#log[level](fields, line);
    else if (this.#suppressed++ === 0)
      this.#log.error(`More than ${LINES_A_MINUTE} stray errors in a minute: the others are only counted`);
  }

  #endMinute() {
    if (this.#suppressed > 0) this.#log.error(`${this.#suppressed} more stray errors in the last minute`);
    [this.#logged, this.#suppressed, this.#minute] = [0, 0, undefined];
  }
}

/**
 * @param {unknown} error
 * @param {Flood} flood
 * @param {string} kind
 */
function blame(error, flood, kind) {
  const execution = /** @type {import("../../execution/execution.js").Execution | null} */ (currentTask());
  const taskId = execution?.request.message.id;
  if (execution?.reject && !execution.ended) {
    // The failure's log line has the error and its stack; logging it here too would repeat it.
    execution.failedIn = `an ${kind}`;
    execution.reject(error);
  } else if (execution) {
    flood.log(
      "error",
      { taskId, err: error },
      `An ${kind} of task ${execution.request.message.name}[${taskId}], which has ended already`,
    );
  } else {
    flood.log("fatal", { err: error }, `An ${kind} that belongs to no task`);
  }
}
