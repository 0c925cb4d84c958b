/**
 * Finds the tasks of a folder: every exported function of `tasks/<team>/**`, named by its path and its export. Adding a
 * file is all it takes to add a task.
 */
import { readFileSync } from "node:fs";
import { extname, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { DuplicateTaskError, ImproperlyConfigured } from "../errors.js";
import { taskOptions } from "./define.js";
import { fromHere, taskImportError } from "./import-error.js";
import { functionKind } from "./source.js";
import { isDirectory, taskFiles } from "./task-files.js";

/** @typedef {import("./define.js").TaskFunction} TaskFunction */
/** @typedef {import("./options.js").TaskOptions} TaskOptions */

/**
 * @typedef {object} DiscoveredTask
 * @property {string} name
 * @property {TaskFunction} fn
 * @property {Readonly<TaskOptions>} options those that `task()` attached, else none
 * @property {string} file absolute path
 * @property {string} exported what the file exports it as
 */

/** The form of one part of a task's name. Dots separate the parts, and routes are patterns over names. */
const SEGMENT = /^[A-Za-z0-9_-]+$/;

/** Exports that are JavaScript names can be part of a task's name; `export { x as "any text" }` cannot. */
const EXPORT_NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Node adds this export to CommonJS modules, as a second name of `default`. */
const COMMONJS_ALIAS = "module.exports";

/**
 * Imports every task module below a folder, in the order of their paths.
 *
 * A task is named `<prefix>.<path with dots>.<export>`; `index.js` stands for its folder; a default export is named by
 * the path alone; the option `name` overrides all of it. Exported classes and values are not tasks. Links are followed. Not
 * read: files and folders whose name starts with `_` or `.`, `node_modules`, `*.test.*`, `*.spec.*` and `*.d.ts`.
 *
 * @param {URL | string} directory a `file:` URL or a path
 * @param {object} options
 * @param {string} options.prefix what the names start with, such as "js_workers.tasks"; may be empty
 * @param {readonly string[]} [options.extensions] default: ".js", ".mjs" and ".cjs", and ".ts", ".mts" and ".cts" where this
 *   Node runs them
 * @param {(sentence: string) => void} [options.onSkipped] called for each file and folder that may have tasks and is not read
 * @param {(file: string) => void} [options.onImport] called before each file is imported
 * @returns {Promise<DiscoveredTask[]>} may be empty
 * @throws {ImproperlyConfigured} when there is no such folder, or a file or an export cannot be part of a task's name
 * @throws {import("../errors.js").TaskImportError} when a module cannot be imported, with its file and line
 * @throws {DuplicateTaskError} when two exports claim one name
 */
export async function discoverTasks(directory, { prefix, extensions, onSkipped = () => {}, onImport = () => {} }) {
  const root =
    directory instanceof URL || directory.startsWith("file:") ? fileURLToPath(directory) : resolve(directory);
  if (!(await isDirectory(root))) throw new ImproperlyConfigured(`there is no task folder ${fromHere(root)}`);
  const { files, skipped } = await taskFiles(root, extensions);
  for (const sentence of skipped) onSkipped(sentence);
  const modules = files.map((file) => ({ file, moduleName: moduleName(root, file, prefix) }));

  /** @type {Map<string, DiscoveredTask>} */
  const tasks = new Map();
  for (const { file, moduleName } of modules) {
    // One after the other, so that side effects of imports happen in the same order at every start.
    onImport(file);
    for (const found of exportedTasks(await importModule(file), moduleName, file)) addTask(tasks, found);
  }
  return [...tasks.values()];
}

/**
 * @param {string} root
 * @param {string} file
 * @param {string} prefix
 * @returns {string}
 * @throws {ImproperlyConfigured}
 */
function moduleName(root, file, prefix) {
  const path = relative(root, file);
  const segments = path.slice(0, -extname(path).length).split(/[\\/]/);
  const unusable = segments.find((segment) => !SEGMENT.test(segment));
  if (unusable !== undefined) {
    throw new ImproperlyConfigured(
      `${fromHere(file)}: "${unusable}" cannot be part of a task's name; rename it, with letters, digits, "_" and "-" only, ` +
        'or start it with "_" if it holds no tasks',
    );
  }
  if (segments.at(-1) === "index") segments.pop();
  return [prefix, ...segments].filter((segment) => segment !== "").join(".");
}

/**
 * @param {string} file
 * @returns {Promise<Record<string, unknown>>}
 */
async function importModule(file) {
  try {
    // The comment is for webpack, which would look for the file while it builds.
    return await import(/* webpackIgnore: true */ pathToFileURL(file).href);
  } catch (error) {
    throw await taskImportError(error, file);
  }
}

/**
 * @param {Record<string, unknown>} exports
 * @param {string} moduleName
 * @param {string} file
 * @returns {DiscoveredTask[]}
 */
function exportedTasks(exports, moduleName, file) {
  /** @type {DiscoveredTask[]} */
  const found = [];
  for (const [exported, value] of Object.entries(exports)) {
    if (typeof value !== "function" || exported === COMMONJS_ALIAS) continue;
    const fn = /** @type {TaskFunction} */ (value);
    if (functionKind(fn) === "class") continue;
    const options = taskOptions(fn) ?? {};
    found.push({ name: options.name ?? exportName(moduleName, exported, file), fn, options, file, exported });
  }
  return found;
}

/**
 * @param {string} moduleName
 * @param {string} exported
 * @param {string} file
 * @returns {string}
 * @throws {ImproperlyConfigured}
 */
function exportName(moduleName, exported, file) {
  const name = exported === "default" ? moduleName : `${moduleName}.${exported}`;
  if (EXPORT_NAME.test(exported) && name !== "") return name;
  throw new ImproperlyConfigured(
    `${fromHere(file)}: the export "${exported}" cannot be a task's name; rename it, or give it the option "name"`,
  );
}

/**
 * @param {Map<string, DiscoveredTask>} tasks
 * @param {DiscoveredTask} found
 * @throws {DuplicateTaskError}
 */
function addTask(tasks, found) {
  const first = tasks.get(found.name);
  if (first === undefined) {
    tasks.set(found.name, found);
  } else if (first.fn !== found.fn) {
    // The same task twice, for example one with the option `name` that an index.js re-exports.
    throw new DuplicateTaskError(
      `${placeOf(found)}: the task name ${found.name} is taken by ${placeOf(first)}: rename one of them`,
    );
  }
}

/** @param {DiscoveredTask} task @returns {string} "file:line" of its export */
function placeOf({ file, exported }) {
  const name = exported.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const pattern = new RegExp(`\\bexport\\b.*(?<![\\p{ID_Continue}$])${name}(?![\\p{ID_Continue}$])`, "u");
  const lines = readFileSync(file, "utf8").split("\n");
  return `${fromHere(file)}:${
    Math.max(
      0,
      lines.findIndex((line) => pattern.test(line)),
    ) + 1
  }`;
}
