/** The types of commands and options, and the errors that end a command. */
import { CeleryError } from "../errors.js";

/**
 * @typedef {object} Option
 * @property {"string" | "boolean"} type
 * @property {string} help
 * @property {string} [short] one letter
 * @property {string} [metavar] what the help calls its value
 *
 * @typedef {object} RefusedOption one that Celery's command has, and this one does not
 * @property {"string" | "boolean"} type
 * @property {string} [short] one letter
 * @property {string} why what there is instead
 *
 * @typedef {Record<string, string | boolean | undefined>} Values of the options, those of the commands above it included
 *
 * @typedef {object} Call one call of a command
 * @property {Values} values
 * @property {string[]} args
 * @property {import("./terminal.js").Terminal} terminal
 *
 * @typedef {object} LazyCommand a command that is imported when it is called
 * @property {string} summary the first paragraph of its help
 * @property {() => Promise<Command>} load
 *
 * @typedef {object} Command a command that does something (`run`), or a group of others (`commands`)
 * @property {string} summary
 * @property {Record<string, Option>} [options]
 * @property {Record<string, RefusedOption>} [refused]
 * @property {string} [args] what the help calls its arguments; it takes none without
 * @property {Record<string, Command | LazyCommand>} [commands]
 * @property {Readonly<Record<string, string>>} [missing] commands that Celery has, and what there is instead
 * @property {(call: Call) => Promise<number>} [run] resolves with the exit code
 */

/** Raised when a command cannot do what it was asked to; its message is the one line that the user reads. */
export class CommandError extends CeleryError {
  /** The exit code. @type {number} */
  exitCode = 1;
}

/** Raised for a wrong command line. */
export class UsageError extends CommandError {
  exitCode = 2;
}

/** @satisfies {Record<string, Option>} */
export const JSON_OUTPUT = /** @type {const} */ ({ json: { type: "boolean", help: "Print JSON." } });

/**
 * @param {string} text names of queues, separated by commas
 * @returns {string[]} each name once
 * @throws {UsageError} for an empty name
 */
export function queueNames(text) {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw new UsageError(`'${text}': expected names of queues, separated by commas.`);
  return [...new Set(names)];
}
