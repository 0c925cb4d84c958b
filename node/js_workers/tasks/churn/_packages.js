/** The packages of this folder. Its package.json lists them, so that clones without these tasks do not install them. */

/**
 * Waits for an import, and names the command to run if the package is missing.
 *
 * @template T
 * @param {string} name
 * @param {Promise<T>} imported `import("the-package")`, inside the task: the module itself must load without it
 * @returns {Promise<T>}
 * @throws {Error} when the package is not installed
 */
export async function installed(name, imported) {
  try {
    return await imported;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Error(`the package ${name} is not installed; run: npm ci --prefix node/js_workers/tasks/churn`);
  }
}
