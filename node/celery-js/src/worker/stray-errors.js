/**
 * Errors that no promise of a task carries: a rejection nobody handles, an exception in a timer. The task whose code it
 * was is found by its asynchronous context and fails; the others know nothing of it.
 */
import { currentExecution } from "../tasks/current.js";

/** While more of them come, one line a minute says how many. */
const SUMMARY_MS = 60_000;

/**
 * Listens until the returned function is called.
 *
 * @param {object} options
 * @param {import("./log.js").Logger} options.log
 * @param {() => void} options.onUncaught called after an uncaught exception: the state of the process is in doubt
 * @returns {() => void} stops listening
 */
export function catchStrayErrors({ log, onUncaught }) {
  const report = new StrayReport(log);
  const onRejection = (/** @type {unknown} */ error) => blame(error, report, "unhandled rejection");
  const onException = (/** @type {Error} */ error) => {
    blame(error, report, "uncaught exception");
    onUncaught();
  };
  process.on("unhandledRejection", onRejection);
  process.on("uncaughtException", onException);
  return () => {
    process.off("unhandledRejection", onRejection);
    process.off("uncaughtException", onException);
    report.close();
  };
}

/** @param {unknown} error @param {StrayReport} report @param {string} kind */
function blame(error, report, kind) {
  const execution = /** @type {import("./execution.js").Execution | null} */ (currentExecution());
  if (execution?.reject && !execution.ended) {
    // The failure is logged with the error and its stack: here as well, it would stand there twice.
    execution.strayKind = kind;
    execution.reject(error);
  } else if (execution) {
    const { id, task } = execution.request;
    report.add(error, `An ${kind} of task ${task}[${id}], which has ended already`, id);
  } else {
    report.add(error, `An ${kind} that belongs to no task`);
  }
}

/** A loop that goes wrong must not fill the disk: the first one is logged whole, then one line a minute counts the rest. */
class StrayReport {
  #log;
  #suppressed = 0;
  #last = "";
  #timer = /** @type {NodeJS.Timeout | undefined} */ (undefined);

  /** @param {import("./log.js").Logger} log */
  constructor(log) {
    this.#log = log;
  }

  /** @param {unknown} error @param {string} sentence @param {string} [taskId] */
  add(error, sentence, taskId) {
    if (this.#timer !== undefined) {
      this.#suppressed += 1;
      this.#last = `${sentence}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
      return;
    }
    this.#log.error({ taskId, err: error }, sentence);
    this.#timer = setInterval(() => this.#summarize(), SUMMARY_MS).unref();
  }

  /** Says what was not, for the last time. */
  close() {
    if (this.#suppressed > 0) this.#summarize();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #summarize() {
    if (this.#suppressed === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.#log.error(`${this.#suppressed} more stray errors within a minute; the last: ${this.#last}`);
    this.#suppressed = 0;
  }
}
