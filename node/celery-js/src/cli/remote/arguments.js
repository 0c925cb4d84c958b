/**
 * Converts the words of a command line into the arguments of a remote control command (`celery.bin.control._compile_arguments`).
 */
import { didYouMean } from "../../validation/suggest.js";
import { UsageError } from "../command.js";

/** @typedef {import("./catalogue.js").RemoteCommand} RemoteCommand */

/**
 * @param {"control" | "inspect"} type
 * @param {string | undefined} name
 * @param {ReadonlyMap<string, RemoteCommand>} all
 * @returns {RemoteCommand}
 * @throws {UsageError} when there is none of this name and type, saying which there are
 */
export function findCommand(type, name, all) {
  if (name === undefined) throw new UsageError("Missing argument 'COMMAND'.");
  const command = all.get(name);
  if (command?.type === type) return command;
  const names = [...all].filter(([, { type: other }]) => other === type).map(([known]) => known);
  const hint = command ? `; use celery-js ${command.type} ${name}` : didYouMean(name, names);
  const end = hint.endsWith("?") ? "" : ".";
  throw new UsageError(`Command ${name} not recognized${hint}${end} Available ${type} commands: ${names.join(", ")}`);
}

/**
 * @param {string} name
 * @param {RemoteCommand} command
 * @param {readonly string[]} words that follow its name
 * @returns {Record<string, unknown>} by Celery's names
 * @throws {UsageError} for words that it does not take, and for one that cannot be read
 */
export function compileArguments(name, { args = [], variadic, signature }, words) {
  /** @type {Record<string, unknown>} */
  const compiled = {};
  for (const [place, [argument, read]] of args.entries()) {
    if (place < words.length) compiled[argument] = readWord(name, words[place], argument, read);
  }
  const rest = words.slice(args.length);
  if (variadic !== undefined) compiled[variadic] = rest;
  else if (rest.length > 0)
    throw new UsageError(`Command '${name}' takes ${signature ? `arguments: ${signature}` : "no arguments"}`);
  return compiled;
}

/**
 * @param {string} command
 * @param {string} text
 * @param {string} argument
 * @param {((text: string) => unknown) | undefined} read
 */
function readWord(command, text, argument, read) {
  try {
    const value = read === undefined ? text : read(text);
    if (!Number.isNaN(value)) return value;
  } catch (error) {
    throw new UsageError(`${command}: ${argument} '${text}': ${/** @type {Error} */ (error).message}.`, {
      cause: error,
    });
  }
  throw new UsageError(`${command}: ${argument} '${text}': expected a number.`);
}
