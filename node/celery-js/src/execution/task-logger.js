/** Loggers of task modules (`celery.utils.log.get_task_logger`), and the names of loggers in log lines. */
import pino from "pino";
import { CeleryError } from "../errors.js";
import { currentTask } from "../tasks/current.js";
import { checkArgument, TEXT } from "../validation/kinds.js";

/**
 * @typedef {import("pino").Logger} Logger
 * @typedef {Pick<Logger, "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "isLevelEnabled">} TaskLogger
 */

/** The property in which a logger keeps its own name. */
const LOGGER = Symbol("name of the logger");
const WORKER_LOGGER = "celery.worker";
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

/**
 * @param {Logger} log
 * @param {Record<string, unknown>} fields of each line
 * @param {string} name
 * @returns {Logger} a child that takes an error as `err` too, which is pino's name for it
 */
export function named(log, fields, name) {
  const child = log.child(fields, { formatters: { log: renameError } });
  return Object.assign(child, { [LOGGER]: name });
}

/**
 * Adds the logger's name to a line that has none (pino's option `mixin`).
 *
 * @param {object} _fields
 * @param {number} _level
 * @param {object} logger
 */
export const withLoggerName = (_fields, _level, logger) => ({
  logger: /** @type {{ [LOGGER]?: string }} */ (logger)[LOGGER] ?? WORKER_LOGGER,
});

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

/**
 * @param {object} fields
 * @returns {object}
 */
function renameError(fields) {
  if (!("err" in fields)) return fields;
  const { err, ...others } = fields;
  return { ...others, error: err };
}
