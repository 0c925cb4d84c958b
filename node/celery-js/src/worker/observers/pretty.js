/** How a line of the log looks on a terminal: time, level, sentence; what else it carries stays in the JSON form. */
import { PinoPretty } from "pino-pretty";

/** @typedef {NodeJS.WritableStream & { isTTY?: boolean }} LogStream */

/** @param {LogStream} stream @returns {boolean} whether it is a terminal, or is to look like one */
export const isForPeople = (stream) => Boolean(stream.isTTY || (stream === process.stdout && process.env.FORCE_COLOR));

/** @param {LogStream} stream */
export function pinoPretty(stream) {
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
