/** The worker's log: pino, with Celery's level names and Celery's sentences (celery.app.trace). */
import pino from "pino";
import { PinoPretty } from "pino-pretty";
import { withLoggerName } from "../../execution/execution.js";
import { formatTraceback } from "../../protocol/exceptions.js";
import { className } from "../../validation/class-name.js";

/** Celery's level names, to pino's. */
const LEVELS = /** @type {const} */ ({
  debug: "debug",
  info: "info",
  warning: "warn",
  error: "error",
  critical: "fatal",
});
/** @type {Record<string, string>} */
const CELERY_LEVELS = Object.fromEntries(Object.entries(LEVELS).map(([celery, ours]) => [ours, celery]));

/**
 * @typedef {import("pino").Logger} Logger
 * @typedef {NodeJS.WritableStream & { isTTY?: boolean }} LogStream
 */

/**
 * Makes a logger whose JSON lines have the same fields as those of a Python worker (celery_reliable/logs.py): `time`, `level`,
 * `logger`, `message`, `worker`; about a task also `task`, `task_id`, `root_id`, `parent_id`, `trace_id`, `queue`,
 * `runtime_s`; of an error `error.type`, `error.message`, `error.stack`.
 *
 * @param {object} options
 * @param {string} options.level debug, info, warning, error or critical
 * @param {string} options.format pretty, json, or auto: pretty on a terminal
 * @param {string} options.worker the worker's name
 * @param {LogStream} [options.stream] default stdout
 * @returns {Logger}
 */
export function createLogger({ level, format, worker, stream = process.stdout }) {
  const options = {
    level: LEVELS[/** @type {keyof typeof LEVELS} */ (level)],
    base: { worker },
    messageKey: "message",
    errorKey: "error",
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: withLoggerName,
    serializers: { error: describeIfError },
    formatters: {
      level: (/** @type {string} */ label) => ({ level: CELERY_LEVELS[label] ?? label }),
    },
  };
  if (!stream.listeners("error").includes(ignoreLostReader)) stream.on("error", ignoreLostReader);
  return isPretty(format, stream) ? pino(options, pretty(stream)) : pino(options, stream);
}

/**
 * @param {string} format pretty, json, or auto: pretty on a terminal
 * @param {LogStream} [stream] default stdout
 * @returns {boolean}
 */
export function isPretty(format, stream = process.stdout) {
  return format === "pretty" || (format === "auto" && isForPeople(stream));
}

/** @param {unknown} error already an object if it comes from a thread of the pool */
const describeIfError = (error) => (error instanceof Error ? describeError(error) : error);

/**
 * Ignores a log without a reader (`worker | head`, a closed terminal), so that tasks go on.
 *
 * @param {NodeJS.ErrnoException} error
 */
function ignoreLostReader(error) {
  if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
}

/** @param {Error} error */
export const describeError = (error) => ({
  type: className(error),
  message: error.message,
  stack: formatTraceback(error).trimEnd(),
});

/**
 * @param {LogStream} stream
 * @returns {boolean} whether it is a terminal, or must look like one
 */
const isForPeople = (stream) => Boolean(stream.isTTY || (stream === process.stdout && process.env.FORCE_COLOR));

/**
 * The terminal format, as in a Python worker: time, level, sentence; in a task's own lines also its name and id.
 *
 * @param {LogStream} stream
 */
function pretty(stream) {
  const colorize = !process.env.NO_COLOR && isForPeople(stream);
  return PinoPretty({
    destination: stream,
    sync: true,
    colorize,
    translateTime: "SYS:yyyy-mm-dd HH:MM:ss,l",
    ignore: "pid,hostname,worker,logger,task,task_id,root_id,parent_id,trace_id,queue,runtime_s",
    singleLine: true,
    messageKey: "message",
    customPrettifiers: { level: prettyLevel },
    messageFormat: prettyMessage,
  });
}

/** The colours of levels. @type {Record<string, "blue" | "green" | "yellow" | "red" | "bgRed">} */
const COLOURS = { debug: "blue", info: "green", warning: "yellow", error: "red", critical: "bgRed" };

/** Shows Celery's names of levels, which the formatter does not know. @type {import("pino-pretty").Prettifier} */
const prettyLevel = (level, _key, _line, { colors }) => {
  const name = String(level);
  return colors[COLOURS[name] ?? "white"](name.toUpperCase());
};

/**
 * @param {Record<string, unknown>} line
 * @param {string} messageKey
 * @returns {string}
 */
function prettyMessage(line, messageKey) {
  const { logger, task, task_id: taskId, [messageKey]: message = "" } = line;
  const isOfTask = task !== undefined && typeof logger === "string" && !logger.startsWith("celery.");
  return isOfTask ? `${task}[${taskId}]: ${message}` : String(message);
}
