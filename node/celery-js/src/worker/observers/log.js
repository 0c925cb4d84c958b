/** The worker's log: pino, with Celery's level names and Celery's sentences (celery.app.trace). */
import pino from "pino";
import { PinoPretty } from "pino-pretty";
import { ImproperlyConfigured } from "../../errors.js";
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

/**
 * @typedef {import("pino").Logger} Logger
 * @typedef {NodeJS.WritableStream & { isTTY?: boolean }} LogStream
 */

/**
 * @param {object} options
 * @param {string} options.level debug, info, warning, error or critical
 * @param {string} options.format pretty, json, or auto: pretty on a terminal
 * @param {LogStream} [options.stream] default stdout
 * @returns {Logger}
 * @throws {ImproperlyConfigured} for a level or format that does not exist
 */
export function createLogger({ level, format, stream = process.stdout }) {
  if (!Object.hasOwn(LEVELS, level)) {
    throw new ImproperlyConfigured(`workerLogLevel='${level}': expected one of ${Object.keys(LEVELS).join(", ")}`);
  }
  if (!["auto", "pretty", "json"].includes(format)) {
    throw new ImproperlyConfigured(`workerLogFormat='${format}': expected auto, pretty or json`);
  }
  const options = {
    level: LEVELS[/** @type {keyof typeof LEVELS} */ (level)],
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
    formatters: { level: (/** @type {string} */ label) => ({ level: label }) },
  };
  if (!stream.listeners("error").includes(ignoreLostReader)) stream.on("error", ignoreLostReader);
  const isPretty = format === "pretty" || (format === "auto" && isForPeople(stream));
  return isPretty ? pino(options, pretty(stream)) : pino(options, stream);
}

/**
 * Ignores that the log has lost its reader (`worker | head`, a closed terminal); the tasks go on.
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

/** The terminal format: time, level, sentence. Other fields only appear in the JSON format. @param {LogStream} stream */
function pretty(stream) {
  const colorize = !process.env.NO_COLOR && isForPeople(stream);
  return PinoPretty({
    destination: stream,
    sync: true,
    colorize,
    translateTime: "SYS:yyyy-mm-dd HH:MM:ss,l",
    ignore: "pid,hostname,taskId,taskName,runtimeS",
    singleLine: true,
  });
}
