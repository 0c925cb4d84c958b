/** Loggers of task modules and their helpers (`celery.utils.log.get_task_logger`). */
import pino from "pino";
import { CeleryError } from "../errors.js";
import { currentTask } from "../tasks/current.js";
import { checkArgument, TEXT } from "../validation/kinds.js";
import { named, withLoggerName } from "./execution.js";

/**
 * @typedef {import("pino").Logger} Logger
 * @typedef {Pick<Logger, "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "isLevelEnabled">} TaskLogger
 */

/** Celery's own. */
const RESERVED = ["celery", "celery.task"];

/** The log of the worker, or of a thread of its pool. @type {Logger | null} */
let processLog = null;

/** @param {Logger} log that lines outside of tasks go to */
export function setProcessLog(log) {
  processLog = log;
}

/**
 * A logger for a task module and its helpers. In a task it adds the task's name and id to each line, as `self.log` does, also after
 * an `await`. Outside of tasks its lines go to the worker's log. Without a worker, warnings and errors go to stderr, as in Python.
 *
 * @param {string} name such as the module's
 * @returns {TaskLogger} with pino's methods
 * @throws {CeleryError} for Celery's own names
 */
export function getTaskLogger(name) {
  checkArgument(name, TEXT, "getTaskLogger(): the name");
  if (RESERVED.includes(name)) throw new CeleryError(`Logger name '${name}' is reserved!`);
  /** @type {WeakMap<object, Logger>} */
  const known = new WeakMap();
  const logger = () => {
    const execution = /** @type {Partial<import("./execution.js").Execution> | null} */ (currentTask());
    const owner = execution?.logNamed ? execution : (processLog ?? withoutWorker());
    let log = known.get(owner);
    if (log === undefined) {
      log = execution?.logNamed ? execution.logNamed(name) : named(/** @type {Logger} */ (owner), {}, name);
      known.set(owner, log);
    }
    return log;
  };
  const method = (/** @type {"trace" | "debug" | "info" | "warn" | "error" | "fatal"} */ level) =>
    /** @type {import("pino").LogFn} */ (
      (/** @type {unknown[]} */ ...line) => logger()[level](.../** @type {[any, ...any[]]} */ (line))
    );
  return {
    trace: method("trace"),
    debug: method("debug"),
    info: method("info"),
    warn: method("warn"),
    error: method("error"),
    fatal: method("fatal"),
    isLevelEnabled: (level) => logger().isLevelEnabled(level),
  };
}

/** @type {Logger | null} */
let fallback = null;

/** What Python's logging does before it is configured. */
function withoutWorker() {
  fallback ??= pino(
    {
      level: "warn",
      base: null,
      messageKey: "message",
      errorKey: "error",
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: withLoggerName,
      formatters: { level: (level) => ({ level }) },
    },
    pino.destination({ dest: 2, sync: true }),
  );
  return fallback;
}
