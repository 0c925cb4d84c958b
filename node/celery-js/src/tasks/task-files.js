/** Lists the task modules below a folder, and the files that look like modules but are not read, which a worker logs at start. */
import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { fromHere } from "./import-error.js";

/** The first Node that runs TypeScript without an option. */
const TYPESCRIPT_NODE = "22.18";

/** What may be a module, in whatever spelling. */
const MODULE = /\.[cm]?[jt]sx?$/i;

/**
 * @typedef {object} TaskFiles
 * @property {string[]} files sorted absolute paths
 * @property {string[]} skipped a sentence for each file and folder that may have tasks and is not read
 */

/** @returns {string[]} the extensions of the modules that this Node runs */
export function runnableExtensions() {
  const { typescript } = /** @type {{ typescript?: "strip" | "transform" | false }} */ (process.features);
  return [".js", ".mjs", ".cjs", ...(typescript ? [".ts", ".mts", ".cts"] : [])];
}

/**
 * Follows links to files (Kubernetes mounts consist of them) and to folders, except to a folder that contains the link.
 *
 * @param {string} root
 * @param {readonly string[]} [extensions] default: `runnableExtensions()`; if given, other files are skipped without a sentence
 * @returns {Promise<TaskFiles>}
 */
export async function taskFiles(root, extensions) {
  const wanted = extensions ?? runnableExtensions();
  /** @type {TaskFiles} */
  const found = { files: [], skipped: [] };
  /**
   * @param {string} folder
   * @param {readonly string[]} above the real paths of the folder and of those that lead to it
   */
  async function walk(folder, above) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (/^[._]/.test(entry.name) || entry.name === "node_modules") continue;
      const isLink = entry.isSymbolicLink();
      if (entry.isDirectory() || (isLink && (await isDirectory(path)))) {
        const real = await realpath(path);
        if (!above.includes(real)) await walk(path, [...above, real]);
        else found.skipped.push(`${fromHere(path)} is not read: the link leads back to a folder above it`);
      } else if (/\.(test|spec|d)\.[^.]+$/.test(entry.name)) continue;
      else if (wanted.includes(extname(entry.name))) found.files.push(path);
      else if (extensions === undefined && MODULE.test(entry.name)) {
        found.skipped.push(`${fromHere(path)} is not read: ${remedy(entry.name)}`);
      }
    }
  }
  await walk(root, [await realpath(root)]);
  return { files: found.files.sort(), skipped: found.skipped.sort() };
}

/**
 * @param {string} path
 * @returns {Promise<boolean>} false where nothing is, too
 */
export async function isDirectory(path) {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/**
 * @param {string} name of a file that this Node does not run
 * @returns {string} what to do
 */
function remedy(name) {
  const extension = extname(name);
  if (/x$/i.test(extension)) return `Node runs no ${extension}; build it to .js`;
  if (extension !== extension.toLowerCase())
    return `Node runs no ${extension}; rename it to ${extension.toLowerCase()}`;
  return `it needs Node ${TYPESCRIPT_NODE} or newer; this is ${process.versions.node}`;
}
