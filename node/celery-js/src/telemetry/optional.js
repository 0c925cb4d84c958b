/** Imports packages that only some programs install. */

/**
 * The outcome of starting traces, or error reports.
 *
 * @typedef {object} Started
 * @property {string | null} problem why it did not start, in one line for the log
 * @property {(() => Promise<unknown>) | null} flush sends what is pending, and stops
 */

/** @type {Readonly<Started>} */
export const NOT_WANTED = Object.freeze({ problem: null, flush: null });

/**
 * @template T
 * @param {() => Promise<T>} load imports the package
 * @param {string} wish the package to install, with a version if it matters
 * @param {string} wanted the variable that asks for it
 * @param {string} lost the consequence of its absence, for the log
 * @returns {Promise<T | string>} the package, or the line that says what to install
 */
export async function optional(load, wish, wanted, lost) {
  const name = wish.replace(/(?<=.)@.*/, "");
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error, name)) throw error;
    return `${wanted} is set, but ${lost}: the package ${name} is not installed (make js-add PKG="${wish}")`;
  }
}

/**
 * @param {unknown} error of an import
 * @param {string} name
 */
const isMissing = (error, name) =>
  error instanceof Error &&
  /** @type {NodeJS.ErrnoException} */ (error).code === "ERR_MODULE_NOT_FOUND" &&
  error.message.includes(`'${name}'`);
