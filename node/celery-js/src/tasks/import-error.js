/**
 * Describes in one line where a task module failed to import. Node reports the place differently for each kind: a thrown error
 * has it in its stack, a missing export above its stack, a missing module names the importing file in its message, and a syntax
 * error has no place.
 */
import { join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { TaskImportError } from "../errors.js";
import { SOURCE_URL } from "../package-files.js";
import { findImport, findSyntaxError } from "./module-graph.js";

/** @typedef {import("./module-graph.js").Place} Place */

/** This package's source folder: for its own errors, the caller's line counts. Null in a bundle. */
const OWN_SOURCE = SOURCE_URL === null ? null : fileURLToPath(SOURCE_URL);

/** The file that imports task modules: the frames after it in a stack are its callers, which are not at fault. */
const DISCOVERY = OWN_SOURCE === null ? null : join(OWN_SOURCE, "tasks", "discover.js");

/** `at name (file:///tasks/a.js:1:2)`, `at async file:///tasks/a.js:1:2`, `at name (/tasks/a.cjs:1:2)` */
const FRAME = /^\s+at (?:.*? \(|async )?((?:file:\/\/|\/|[A-Za-z]:\\).*):(\d+):(\d+)\)?$/;

/** The line above the stack of an error that V8 found while compiling or linking: `file:///tasks/a.js:2` */
const HEADER = /^((?:file:\/\/|\/|[A-Za-z]:\\).*):(\d+)$/;

/** The name of the missing module in Node's message, for errors without `url`. */
const MISSING = /package '([^']+)'|built-in module: (\S+)|Module "(file:[^"]+)"/;

/**
 * @param {unknown} error what the import threw
 * @param {string} file absolute path of the task module
 * @returns {Promise<TaskImportError>} "tasks/billing/invoices.js:12:7: ReferenceError: foo is not defined", with the
 *   error as cause; when another file is at fault, that file, and the task module behind it
 */
export async function taskImportError(error, file) {
  const place = (await locate(error, file)) ?? { file };
  const position = place.line === undefined ? "" : `:${place.line}:${place.column ?? 1}`;
  const importedBy = place.file === file ? "" : ` (imported by ${fromHere(file)})`;
  return new TaskImportError(`${fromHere(place.file)}${position}: ${describe(error)}${importedBy}`, { cause: error });
}

/**
 * @param {unknown} error
 * @param {string} file
 * @returns {Promise<Partial<Place> & { file: string } | null>}
 */
async function locate(error, file) {
  if (!(error instanceof Error)) return null;
  return inHeader(error) ?? inFrames(error) ?? (await inSource(error, file));
}

/**
 * @param {Error} error
 * @returns {Place | null}
 */
function inHeader({ stack = "" }) {
  const [first, , caret = ""] = stack.split("\n");
  const match = HEADER.exec(first);
  return match && { file: toPath(match[1]), line: Number(match[2]), column: Math.max(1, caret.indexOf("^") + 1) };
}

/**
 * @param {Error} error
 * @returns {Place | null} the innermost frame in the user's own code
 */
function inFrames({ stack = "" }) {
  for (const line of stack.split("\n")) {
    const match = FRAME.exec(line);
    if (match === null) continue;
    const file = toPath(match[1]);
    if (file === DISCOVERY) return null;
    if (isOwn(file) || file.includes(`${sep}node_modules${sep}`)) continue;
    return { file, line: Number(match[2]), column: Number(match[3]) };
  }
  return null;
}

/**
 * @param {Error} error
 * @param {string} file
 * @returns {Promise<Partial<Place> & { file: string } | null>}
 */
async function inSource(error, file) {
  if (error instanceof SyntaxError) return findSyntaxError(file);
  const { url } = /** @type {{ url?: string }} */ (error);
  const [, name, builtin, module] = MISSING.exec(error.message) ?? [];
  const target = url ?? name ?? builtin ?? module;
  const importer = / imported from (\S.*)$/m.exec(error.message)?.[1];
  const place = target === undefined ? null : await findImport(file, target);
  if (place !== null || importer === undefined) return place;
  return isOwn(toPath(importer)) ? null : { file: toPath(importer) };
}

/**
 * @param {unknown} error
 * @returns {string} name and message in one line, with paths relative to the current folder
 */
function describe(error) {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`;
  const here = process.cwd() + sep;
  return text
    .replace(/ imported from \S.*$/m, "")
    .replaceAll(pathToFileURL(here).href, "")
    .replaceAll(here, "")
    .replace(/\s*\n\s*/g, " ");
}

/**
 * @param {string} path
 * @returns {boolean}
 */
function isOwn(path) {
  return OWN_SOURCE !== null && path.startsWith(OWN_SOURCE);
}

/**
 * @param {string} place a path or a `file:` URL
 * @returns {string}
 */
function toPath(place) {
  return place.startsWith("file:") ? fileURLToPath(place) : place;
}

/**
 * @param {string} path
 * @returns {string} the path relative to the current folder
 */
export function fromHere(path) {
  return relative(process.cwd(), path);
}
