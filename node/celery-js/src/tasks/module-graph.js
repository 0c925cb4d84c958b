/**
 * Looks through the modules that a task module imports, as text, for the place of an error that Node reports without
 * one. Only used once an import has failed, so that it may take its time.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parse } from "acorn";

/**
 * @typedef {object} Place
 * @property {string} file absolute path
 * @property {number} line from 1
 * @property {number} column from 1
 */

/**
 * @typedef {object} ImportPlace
 * @property {string} specifier as it is written
 * @property {string | null} target the URL that it leads to; null for a package
 * @property {Place} place
 */

/**
 * @typedef {object} ParsedModule
 * @property {ImportPlace[]} imports
 * @property {Place | null} syntaxError
 */

/**
 * @param {string} file absolute path of a module
 * @returns {Promise<Place | null>} the first syntax error in it or in what it imports; null when none is found
 */
export async function findSyntaxError(file) {
  for await (const { syntaxError } of modulesFrom(file)) {
    if (syntaxError !== null) return syntaxError;
  }
  return null;
}

/**
 * @param {string} file absolute path of a module
 * @param {string} wanted the URL or the name of the package that could not be imported
 * @returns {Promise<Place | null>} the import of it, in the module or in what it imports; null when none is found
 */
export async function findImport(file, wanted) {
  for await (const { imports } of modulesFrom(file)) {
    const found = imports.find(
      ({ specifier, target }) => target === wanted || specifier === wanted || specifier.startsWith(`${wanted}/`),
    );
    if (found !== undefined) return found.place;
  }
  return null;
}

/**
 * @param {string} file
 * @returns {AsyncGenerator<ParsedModule>} the module and, through relative imports, what it imports
 */
async function* modulesFrom(file) {
  const urls = new Set([pathToFileURL(file).href]);
  for (const url of urls) {
    const parsed = await parseModule(url);
    if (parsed === null) continue;
    yield parsed;
    for (const { target } of parsed.imports) {
      if (target !== null) urls.add(target);
    }
  }
}

/**
 * @param {string} url
 * @returns {Promise<ParsedModule | null>} null for what is not there or is not JavaScript
 */
async function parseModule(url) {
  if (!url.startsWith("file:") || !/\.(js|mjs|cjs)$/.test(url)) return null;
  const file = fileURLToPath(url);
  let source;
  try {
    source = await readFile(file, "utf8");
  } catch {
    return null;
  }
  try {
    const program = parse(source, { ecmaVersion: "latest", sourceType: "module", locations: true });
    return { imports: importsIn(program, url, file), syntaxError: null };
  } catch (error) {
    const { loc } = /** @type {{ loc?: import("acorn").Position }} */ (error);
    if (loc === undefined) throw error;
    return { imports: [], syntaxError: { file, line: loc.line, column: loc.column + 1 } };
  }
}

/**
 * @param {unknown} node
 * @param {string} url of the module
 * @param {string} file
 * @returns {ImportPlace[]} every `import` and `export from` below the node, and every `import()` of a literal
 */
function importsIn(node, url, file) {
  if (typeof node !== "object" || node === null) return [];
  const { source } = /** @type {{ source?: import("acorn").Literal | null }} */ (node);
  /** @type {ImportPlace[]} */
  const found = [];
  if (source?.type === "Literal" && typeof source.value === "string" && source.loc) {
    const { line, column } = source.loc.start;
    const target = /^(\.{0,2}\/|file:)/.test(source.value) ? new URL(source.value, url).href : null;
    found.push({ specifier: source.value, target, place: { file, line, column: column + 1 } });
  }
  return found.concat(...Object.values(node).map((child) => importsIn(child, url, file)));
}
