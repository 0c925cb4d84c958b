/** Finds and runs the command that a command line names. */
import { parseArgs } from "node:util";
import { CeleryError } from "../errors.js";
import { didYouMean } from "../validation/suggest.js";
import { VERSION } from "../version.js";
import { CommandError, UsageError } from "./command.js";
import { helpText, optionText } from "./help.js";

/**
 * @typedef {import("./command.js").Command} Command
 * @typedef {import("./command.js").Values} Values
 */

/** All commands know the options of the first one. */
const HELP = Object.freeze({ help: { type: /** @type {const} */ ("boolean"), help: "Show this message and exit." } });

/**
 * @param {Command} root
 * @param {string[]} words without the program's own name
 * @param {import("./terminal.js").Terminal} terminal
 * @returns {Promise<number>} the exit code: 0, 1 when something failed, 2 when the call was wrong
 */
export async function run(root, words, terminal) {
  try {
    return await execute(root, "celery-js", words, terminal);
  } catch (error) {
    if (!(error instanceof CeleryError)) throw error;
    terminal.error(`Error: ${error.message}`);
    return error instanceof CommandError ? error.exitCode : 1;
  }
}

/**
 * As `run`, for a program that sets its own exit code.
 *
 * @param {Command} root
 * @param {string} name the program's
 * @param {string[]} words
 * @param {import("./terminal.js").Terminal} terminal
 * @returns {Promise<number>}
 * @throws {UsageError} when the call was wrong
 * @throws whatever the command does
 */
export function execute(root, name, words, terminal) {
  return descend({ ...root, global: root.options ?? {} }, [name], words, {}, terminal);
}

/**
 * @param {Command & { global: Record<string, import("./command.js").Option> }} command
 * @param {string[]} path its name, after those of its parent commands
 * @param {string[]} words that follow its name
 * @param {Values} inherited
 * @param {import("./terminal.js").Terminal} terminal
 * @returns {Promise<number>}
 */
async function descend(command, path, words, inherited, terminal) {
  const options = { ...command.global, ...HELP, ...command.options, ...command.refused };
  const end = command.commands ? firstPositional(words, options) : words.length;
  const { values, positionals } = parse(words.slice(0, end), options, command.args !== undefined);
  const all = { ...inherited, ...values };
  refuse(values, command.refused ?? {});
  if (values.workdir !== undefined) enter(String(values.workdir));
  if (all["no-color"]) terminal.isColored = false;
  if (all.version) return terminal.print(VERSION);
  if (all.help || (command.commands && end === words.length)) return terminal.print(helpText(path, command));
  if (command.run) return command.run({ values: all, args: positionals, terminal });
  const { commands = {}, missing = {} } = command;
  const name = words[end];
  if (Object.hasOwn(missing, name)) throw new UsageError(`No such command '${name}': ${missing[name]}.`);
  if (!Object.hasOwn(commands, name)) {
    throw new UsageError(`No such command '${name}'${didYouMean(name, Object.keys(commands))}`);
  }
  const named = commands[name];
  const next = "load" in named ? await named.load() : named;
  return descend({ ...next, global: command.global }, [...path, name], words.slice(end + 1), all, terminal);
}

/**
 * @param {string} folder of `--workdir`
 * @throws {CommandError} when there is no such folder
 */
function enter(folder) {
  try {
    process.chdir(folder);
  } catch (error) {
    throw new CommandError(`--workdir ${folder}: ${/** @type {NodeJS.ErrnoException} */ (error).code}.`, {
      cause: error,
    });
  }
}

/**
 * @param {Values} values
 * @param {Record<string, import("./command.js").RefusedOption>} refused
 * @throws {UsageError} for an option that would be ignored otherwise
 */
function refuse(values, refused) {
  for (const [name, option] of Object.entries(refused)) {
    if (name in values) throw new UsageError(`${optionText(name, option)}: ${option.why}.`);
  }
}

/** @typedef {Record<string, Pick<import("./command.js").Option, "type" | "short">>} Known */

/**
 * @param {string[]} words
 * @param {Known} options
 * @returns {number} the place of the first word that is neither an option nor an option's value
 */
function firstPositional(words, options) {
  const { tokens } = parseArgs({ args: words, options, strict: false, allowPositionals: true, tokens: true });
  return tokens.find(({ kind }) => kind === "positional")?.index ?? words.length;
}

/**
 * @param {string[]} words
 * @param {Known} options
 * @param {boolean} allowPositionals
 */
function parse(words, options, allowPositionals) {
  try {
    return parseArgs({ args: words, options, allowPositionals });
  } catch (error) {
    const { code = "", message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (!code.startsWith("ERR_PARSE_ARGS_")) throw error;
    // Only programming errors remain.
    throw new UsageError(message.split(/[.\n]/)[0], { cause: error });
  }
}
