/**
 * Detects a process that may open too few files, which Node reports as a missing module. This file imports nothing, so it always
 * loads.
 */

/** With fewer, Node cannot even read our modules. */
const LEAST_OPEN_FILES = 256;

/** Of the error itself, and of a module that `import` or `require` could not open. */
const CODES = new Set(["EMFILE", "ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);

/**
 * @param {unknown} error of an import
 * @returns {string | null} one line with what to do; null when the error has another reason
 */
export function tooFewOpenFiles(error) {
  const code = /** @type {NodeJS.ErrnoException | null | undefined} */ (error)?.code;
  if (code === undefined || !CODES.has(code)) return null;
  const { userLimits } = /** @type {{ userLimits?: { open_files: { soft: number } } }} */ (process.report.getReport());
  const limit = Number(userLimits?.open_files.soft);
  if (code !== "EMFILE" && !(limit < LEAST_OPEN_FILES)) return null;
  return `this process may open ${limit} files, which is too few: raise the limit (ulimit -n ${LEAST_OPEN_FILES} or more)`;
}
