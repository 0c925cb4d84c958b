/** `celery-js call`: sends a task by its name (celery.bin.call). */
import { saferepr } from "../protocol/repr.js";
import { isoToEpochMs } from "../protocol/time.js";
import { onlyArgument, withClient } from "./client.js";
import { JSON_OUTPUT, UsageError } from "./command.js";
import { json } from "./dead/text.js";

/**
 * @typedef {object} Kind
 * @property {(text: string) => unknown} read throws an Error that names what is wrong
 * @property {string} to the option of `sendTask`
 *
 * @typedef {import("./command.js").Option & Kind} Row
 */

/** @type {Kind["read"]} */
const array = (text) => {
  const value = JSON.parse(text);
  if (!Array.isArray(value)) throw new Error(`${text} was not an array`);
  return value;
};
/** @type {Kind["read"]} */
const object = (text) => {
  const value = JSON.parse(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new Error(`${text} was not an object`);
};
/** @type {Kind["read"]} */
const number = (text) => {
  if (text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  throw new Error(`'${text}' is not a valid float.`);
};
/** @type {Kind["read"]} */
const moment = (text) => {
  if (!Number.isNaN(isoToEpochMs(text))) return text;
  throw new Error(`'${text}' is not an ISO 8601 date and time`);
};
/** @type {Kind["read"]} */
const momentOrNumber = (text) => (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : moment(text));
/** @type {Kind["read"]} */
const serializer = (text) => {
  if (text === "json") return text;
  throw new Error(`'${text}': expected json`);
};
/** @type {Kind["read"]} */
const name = (text) => text;

/** @satisfies {Record<string, Row>} */
const OPTIONS = /** @type {const} */ ({
  args: { type: "string", short: "a", metavar: "JSON", help: "Positional arguments.", to: "args", read: array },
  kwargs: { type: "string", short: "k", metavar: "JSON", help: "Keyword arguments.", to: "kwargs", read: object },
  eta: { type: "string", metavar: "MOMENT", help: "Scheduled time, in ISO 8601.", to: "eta", read: moment },
  countdown: { type: "string", metavar: "SECONDS", help: "Eta in seconds from now.", to: "countdown", read: number },
  expires: {
    type: "string",
    metavar: "MOMENT",
    help: "Expiry time, or seconds from now.",
    to: "expires",
    read: momentOrNumber,
  },
  serializer: { type: "string", metavar: "NAME", help: "json.", to: "serializer", read: serializer },
  queue: { type: "string", metavar: "NAME", help: "Custom queue name.", to: "queue", read: name },
  exchange: { type: "string", metavar: "NAME", help: "Custom exchange name.", to: "exchange", read: name },
  "routing-key": { type: "string", metavar: "NAME", help: "Custom routing key.", to: "routingKey", read: name },
});

/** @type {import("./command.js").Command} */
export const CALL = {
  summary: "Call a task by name.\n\nIt prints the task's id.",
  args: "NAME",
  options: { ...OPTIONS, ...JSON_OUTPUT },
  run: async (call) => {
    const task = onlyArgument(call.args, "NAME");
    const { args: given = [], ...options } = optionsOf(call.values);
    const args = /** @type {unknown[]} */ (given);
    // Celery's command sends a list where a program sends a tuple, and monitors show the difference.
    if (args.length > 0) options.argsrepr = saferepr(args);
    const result = await withClient(call, (app) => app.sendTask(task, args, options));
    return call.terminal.print(call.values.json ? json({ id: result.id }) : result.id);
  },
};

/**
 * @param {import("./command.js").Values} values
 * @returns {Record<string, unknown>} of `sendTask`, and `args`
 */
function optionsOf(values) {
  /** @type {Record<string, unknown>} */
  const options = {};
  for (const [option, row] of Object.entries(/** @type {Record<string, Row>} */ (OPTIONS))) {
    const text = values[option];
    if (typeof text !== "string") continue;
    try {
      options[row.to] = row.read(text);
    } catch (error) {
      const names = row.short ? `'-${row.short}' / '--${option}'` : `'--${option}'`;
      throw new UsageError(`Invalid value for ${names}: ${/** @type {Error} */ (error).message}`, { cause: error });
    }
  }
  return options;
}
