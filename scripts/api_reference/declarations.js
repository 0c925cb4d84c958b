/** The type declarations of celery-js, as `tsc` makes them of its JSDoc. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

/** The file of each declaration that another one imports. */
const IMPORTED = /(?:\bfrom |\bimport\()"(\.[^"]+)\.js"/g;

/** A typedef comment. `tsc` writes its type, and keeps the comment too, which is then removed. */
const TYPEDEF = /^ *\/\*\*(?:(?!\*\/).)*@typedef(?:(?!\*\/).)*\*\/\n/gms;

/**
 * @param {string} tsc path of the compiler
 * @param {string} celeryJs path of the package
 * @param {string} folder where the declarations of all of its modules go
 */
export function emitDeclarations(tsc, celeryJs, folder) {
  execFileSync(tsc, ["-p", join(celeryJs, "tsconfig.types.json"), "--outDir", folder], { stdio: "inherit" });
}

/**
 * Those declarations that a user of the package can reach: most modules are internal.
 *
 * @param {string} celeryJs path of the package, whose `exports` name the entries
 * @param {Map<string, string>} declarations of all modules, by path
 * @returns {Map<string, string>}
 */
export function publicDeclarations(celeryJs, declarations) {
  const { exports } = JSON.parse(readFileSync(join(celeryJs, "package.json"), "utf8"));
  const entries = Object.values(exports).flatMap(({ types }) => (types ? [relative("types", types)] : []));
  /** @type {Map<string, string>} */
  const reached = new Map();
  for (const path of entries) {
    if (reached.has(path)) continue;
    const text = declarations.get(path);
    if (text === undefined) throw new Error(`there is no declaration ${path}`);
    reached.set(path, text.replaceAll(TYPEDEF, ""));
    for (const [, file] of text.matchAll(IMPORTED)) entries.push(`${normalize(join(dirname(path), file))}.d.ts`);
  }
  return reached;
}

/**
 * @param {string} root a folder
 * @returns {Map<string, string>} the text of each file by its path in the folder; empty if there is no folder
 */
export function pages(root) {
  try {
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
    return new Map(paths.map((path) => [relative(root, path), readFileSync(path, "utf8")]));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return new Map();
    throw error;
  }
}

/**
 * @param {string} root a folder; its other files are deleted
 * @param {Map<string, string>} files by their path in the folder
 */
export function writePages(root, files) {
  rmSync(root, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
