/** How a line of the log looks on a terminal: time, level, sentence; what else it carries stays in the JSON form. */
import { PinoPretty } from "pino-pretty";

/** @param {NodeJS.WriteStream} stream */
export function pinoPretty(stream) {
  const colorize = !process.env.NO_COLOR && (stream.isTTY || Boolean(process.env.FORCE_COLOR));
  return PinoPretty({
    destination: stream,
    sync: true,
    colorize,
    translateTime: "SYS:yyyy-mm-dd HH:MM:ss,l",
    ignore: "pid,hostname,taskId,taskName,runtimeS",
    singleLine: true,
  });
}
