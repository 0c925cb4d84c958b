/** Runs the main function of a program that starts workers or sends tasks. Imported as `celery-js/program`. */
import { tooFewOpenFiles } from "./cli/open-files.js";

const OLDEST_NODE = 20;

/**
 * Runs a program's main function. Errors that the user can fix (a wrong setting, a server that is away) print only their message,
 * others their stack. The exit code is then 1.
 *
 * @param {() => Promise<unknown>} main
 */
export async function run(main) {
  try {
    checkNodeVersion();
    await main();
  } catch (error) {
    exitWith(error);
  }
}

/** @throws {Error} when this Node is too old for celery-js */
export function checkNodeVersion(version = process.versions.node) {
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return;
  const error = new Error(`Node ${OLDEST_NODE} or newer is needed; this is Node ${version} (${process.execPath})`);
  throw Object.assign(error, { args: [error.message] });
}

/** @param {unknown} error this package's errors have `args` */
function exitWith(error) {
  const isKnown = error instanceof Error && "args" in error;
  const text = tooFewOpenFiles(error) ?? (error instanceof Error ? (isKnown ? error.message : error.stack) : error);
  process.stderr.write(`${text}\n`, () => process.exit(1));
}
