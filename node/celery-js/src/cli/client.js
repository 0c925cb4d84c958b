/** Common code of commands that call tasks or read results. */
import { loadClient } from "./app.js";
import { UsageError } from "./command.js";

/** @typedef {import("../app/celery.js").Celery} Celery */

/**
 * Opens the app that a command line names, and closes it.
 *
 * @template T
 * @param {import("./command.js").Call} call
 * @param {(app: Celery) => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withClient({ values }, body) {
  const app = await loadClient(values);
  try {
    return await body(app);
  } finally {
    await app.close();
  }
}

/**
 * @param {readonly string[]} args of a command that takes one
 * @param {string} name what its help calls it
 * @returns {string}
 * @throws {UsageError} in the words of Celery's command line, when it is missing or not alone
 */
export function onlyArgument([first, ...rest], name) {
  if (first === undefined) throw new UsageError(`Missing argument '${name}'.`);
  if (rest.length === 0) return first;
  const argument = rest.length === 1 ? "argument" : "arguments";
  throw new UsageError(`Got unexpected extra ${argument} (${rest.join(" ")})`);
}
