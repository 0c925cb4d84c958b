/** Commands of remote control that an app adds to Celery's (`celery.worker.control.Panel.register`). */
import { checkOptions, LIST, optionsObject, TEXT } from "../validation/kinds.js";

/**
 * @typedef {readonly [name: string, read?: (text: string) => unknown]} CommandArgument what the command line takes at a place:
 *   its name in the command's arguments, and a function that converts its text (`Number`) or throws
 *
 * @typedef {object} CommandOptions
 * @property {"control" | "inspect"} [type] "inspect" for a command that changes nothing; default "control"
 * @property {string} [help] one sentence, for `--list`
 * @property {string} [signature] its arguments as `--list` shows them, such as `"[N=1]"`
 * @property {readonly (string | CommandArgument)[]} [args] what the command line takes, by position
 * @property {string} [variadic] the argument that takes all further words, as a list
 *
 * @typedef {Omit<CommandOptions, "type" | "args"> & { name: string, type: "control" | "inspect", args: CommandArgument[] }} Described
 * @typedef {import("../worker/control/panel.js").ControlCommand & Described} OwnCommand
 */

/** @type {import("../validation/kinds.js").KindsOf<CommandOptions>} */
const KINDS = {
  type: ["'control' or 'inspect'", (value) => value === "control" || value === "inspect"],
  help: TEXT,
  signature: TEXT,
  args: ["an array", LIST[1]],
  variadic: TEXT,
};

/**
 * @param {string} name as Celery's tools call it
 * @param {OwnCommand["run"]} run
 * @param {CommandOptions} options
 * @returns {OwnCommand}
 * @throws {TypeError} when the name is not a string, `run` is not a function, or an option is unknown or of the wrong kind
 */
export function ownCommand(name, run, options) {
  if (typeof name !== "string" || name === "" || typeof run !== "function") {
    throw new TypeError("controlCommand() takes a name and a function");
  }
  const refuse = (/** @type {string} */ problem) => new TypeError(`controlCommand(): ${problem}`);
  const given = /** @type {CommandOptions} */ (checkOptions(optionsObject(options, refuse, "type"), KINDS, refuse));
  const args = (given.args ?? []).map((argument) => checkedArgument(argument, refuse));
  return { ...given, name, type: given.type ?? "control", args, isOpen: true, run };
}

/**
 * @param {unknown} argument
 * @param {(problem: string) => Error} refuse
 * @returns {CommandArgument}
 */
function checkedArgument(argument, refuse) {
  const [name, read] = Array.isArray(argument) ? argument : [argument];
  if (TEXT[1](name) && (read === undefined || typeof read === "function")) return [name, read];
  throw refuse("option 'args' takes names, or pairs of a name and a function that reads a text, such as ['n', Number]");
}
