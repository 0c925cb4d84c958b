/** Asks workers for `inspect`, `control` and `status`, and prints their answers (celery.bin.control). */
import { constants } from "node:os";
import { interruptQuestions } from "../../app/broadcast.js";
import { dumps } from "../../protocol/json.js";
import { CommandError, UsageError } from "../command.js";
import { compileArguments, findCommand } from "./arguments.js";
import { catalogue } from "./catalogue.js";
import { UnavailableError, withCluster } from "./cluster.js";
import { listText, replyText } from "./text.js";

/**
 * @typedef {import("../../app/broadcast.js").Reply} Reply
 * @typedef {import("../command.js").Values} Values
 */

/** @satisfies {Record<string, import("../command.js").Option>} */
export const REMOTE_OPTIONS = /** @type {const} */ ({
  timeout: { type: "string", short: "t", metavar: "SECONDS", help: "Timeout in seconds waiting for reply." },
  destination: {
    type: "string",
    short: "d",
    metavar: "NODES",
    help: "Comma separated list of destination node names.",
  },
  json: { type: "boolean", short: "j", help: "Use json as output format." },
});

/**
 * @param {"control" | "inspect"} type
 * @param {import("../command.js").Call} call
 * @param {(replies: Reply[]) => string} report what is printed once all have answered; empty: nothing
 * @returns {Promise<number>} the exit code
 */
export function askByName(type, { values, args: [name, ...words], terminal }, report) {
  const options = remoteOptions(values);
  return withCluster(values, async (cluster) => {
    const all = catalogue(cluster.controlCommands);
    if (values.list) {
      const heading = type === "inspect" ? "Inspect Commands" : "Control Commands";
      return terminal.print(
        listText(
          heading,
          [...all].filter(([, command]) => command.type === type),
        ),
      );
    }
    const command = findCommand(type, name, all);
    const ask = { command: name, args: compileArguments(name, command, words), ...options };
    const replies = await asked(cluster, ask, (reply) => {
      if (!values.json) terminal.print(replyText(reply, terminal, { isQuiet: Boolean(values.quiet) }));
    });
    const text = report(replies);
    return text === "" ? 0 : terminal.print(text);
  });
}

/**
 * @param {Pick<import("./cluster.js").Cluster, "control">} cluster
 * @param {{ command: string, args?: Record<string, unknown>, timeout?: number, destination?: string[] }} ask
 * @param {(reply: Reply) => void} callback
 * @returns {Promise<Reply[]>}
 * @throws {UnavailableError} when no worker answers in time
 * @throws {InterruptedError} after SIGINT or SIGTERM, once the queue of the answers is deleted
 */
export async function asked(cluster, { command, args = {}, ...options }, callback) {
  const ask = () => cluster.control.broadcast(command, args, { ...options, callback, reply: true });
  const replies = await interruptible(ask, (reason) => interruptQuestions(cluster, reason));
  if (!replies?.length) throw new UnavailableError("No nodes replied within time constraint");
  return replies;
}

/**
 * @param {Values} values
 * @returns {{ timeout?: number, destination?: string[] }} of `broadcast`
 * @throws {UsageError} for an invalid value
 */
export function remoteOptions({ timeout, destination }) {
  /** @type {{ timeout?: number, destination?: string[] }} */
  const options = {};
  if (typeof timeout === "string") {
    options.timeout = Number(timeout);
    if (timeout.trim() === "" || !(options.timeout >= 0 && options.timeout < Infinity)) {
      throw new UsageError(`Invalid value for '-t' / '--timeout': '${timeout}' is not a number of seconds.`);
    }
  }
  if (typeof destination === "string") {
    options.destination = destination.split(",").map((name) => name.trim());
    if (options.destination.includes("")) {
      throw new UsageError(
        `Invalid value for '-d' / '--destination': '${destination}': expected names such as celery@host.`,
      );
    }
  }
  return options;
}

/**
 * @param {unknown} value
 * @returns {string} as Python's `json.dumps`
 */
export const jsonLine = (value) => dumps(value);

/** Raised by the first signal; the next one kills the process at once. The exit code is the shell's: 130 or 143. */
class InterruptedError extends CommandError {
  /** @param {"SIGINT" | "SIGTERM"} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * @template T
 * @param {() => Promise<T>} work
 * @param {(reason: InterruptedError) => void} interrupt makes `work` reject with the reason
 * @returns {Promise<T>}
 * @throws {InterruptedError} after a signal
 */
async function interruptible(work, interrupt) {
  const onSignal = (/** @type {"SIGINT" | "SIGTERM"} */ signal) => interrupt(new InterruptedError(signal));
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    return await work();
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}
