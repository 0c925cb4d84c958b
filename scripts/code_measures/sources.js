/** Reads the source files of celery-js: their lines, imports and functions. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
export const SRC = join(ROOT, "node/celery-js/src");
// acorn is a dependency of celery-js, which reads the parameters of tasks with it.
const { parse } = createRequire(join(ROOT, "node/package.json"))("acorn");

/**
 * @typedef {object} Source
 * @property {string} path below src/, with slashes
 * @property {string} text
 * @property {number} lines
 * @property {string[]} imports paths below src/, without the types imported in JSDoc
 * @property {{ name: string, lines: number }[]} functions
 */

/** @returns {Source[]} every .js file below src/, in the order of their paths */
export function readSources() {
  return readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".js"))
    .sort()
    .map(readSource);
}

/** @param {string} file below src/ @returns {Source} */
function readSource(file) {
  const text = readFileSync(join(SRC, file), "utf8");
  const program = parse(text, { ecmaVersion: "latest", sourceType: "module", locations: true, allowHashBang: true });
  /** @type {Source} */
  const source = { path: slashes(file), text, lines: text.split("\n").length - 1, imports: [], functions: [] };
  visit(program, "module", (node, name) => {
    if (/^(Import|Export)/.test(node.type) && node.source?.value?.startsWith(".")) {
      source.imports.push(slashes(relative(SRC, resolve(SRC, dirname(file), node.source.value))));
    }
    if (/Function/.test(node.type)) {
      source.functions.push({ name, lines: node.loc.end.line - node.loc.start.line + 1 });
    }
  });
  return source;
}

/**
 * @param {any} node of acorn's tree
 * @param {string} name of the definition that it stands in
 * @param {(node: any, name: string) => void} onNode
 */
function visit(node, name, onNode) {
  if (Array.isArray(node)) for (const child of node) visit(child, name, onNode);
  if (typeof node?.type !== "string") return;
  const own = node.id?.name ?? (node.type === "MethodDefinition" ? node.key.name : undefined) ?? name;
  onNode(node, own);
  for (const child of Object.values(node)) if (child && typeof child === "object") visit(child, own, onNode);
}

/** @param {string} path */
const slashes = (path) => path.split(sep).join("/");
