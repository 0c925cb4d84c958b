/** Opens the task files with TypeScript's checker. This is TypeScript 7.0's own interface, which later versions change. */
import { dirname, join } from "node:path";
import { API } from "typescript/unstable/sync";

/**
 * @typedef {import("typescript/unstable/sync").Project} Project
 * @typedef {import("typescript/unstable/sync").Symbol} TypeSymbol
 * @typedef {import("typescript/unstable/sync").Signature} Signature
 */

/** An exported task, as TypeScript sees it. */
export class TypedExport {
  #project;
  #symbol;

  /** @param {Project} project @param {TypeSymbol} symbol */
  constructor(project, symbol) {
    const { checker } = project;
    this.#project = project;
    this.#symbol = symbol;
    const type = checker.getTypeOfSymbol(symbol);
    /** @type {Signature | undefined} */
    this.signature = type === undefined ? undefined : checker.getSignaturesOfType(type, 0)[0];
  }

  /** @returns {{ doc: string, deprecated: string }} each is "" if the comment does not have it */
  get comment() {
    const { checker } = this.#project;
    const [doc = ""] = this.#symbol.getDocumentationComment(checker).split(/\n\s*\n/);
    const tag = this.#symbol.getJsDocTags(checker).find(({ name }) => name === "deprecated");
    const deprecated = tag === undefined ? "" : oneLine(tag.text ?? "") || "It will be removed.";
    return { doc: oneLine(doc), deprecated };
  }

  /**
   * @param {number} [parameter] the index of the function's parameter
   * @returns {number} a line, from 1
   */
  lineOf(parameter) {
    const declaration = this.signature?.declaration ?? this.#symbol.valueDeclaration ?? this.#symbol.declarations[0];
    const node = declaration?.resolve(this.#project);
    if (node === undefined) return 1;
    const parameters = /** @type {{ parameters?: readonly import("typescript/unstable/ast").Node[] }} */ (node)
      .parameters;
    const file = node.getSourceFile();
    const start = (parameter === undefined ? node : (parameters?.[parameter] ?? node)).getStart(file);
    return file.text.slice(0, start).split("\n").length;
  }
}

/**
 * @param {string} tsconfig path of the project's tsconfig.json, whose options apply to the task files
 * @param {readonly string[]} files absolute paths
 * @returns {{ project: Project, exportsOf: (file: string) => Map<string, TypedExport>, close: () => void }}
 */
export function openTypes(tsconfig, files) {
  // A virtual file, with the task files only: opening it is six times faster than opening the project.
  const virtual = join(dirname(tsconfig), "tsconfig.contracts.json");
  const text = JSON.stringify({ extends: tsconfig, include: [], files });
  const fs = {
    fileExists: (/** @type {string} */ path) => (path === virtual ? true : undefined),
    readFile: (/** @type {string} */ path) => (path === virtual ? text : undefined),
  };
  const api = new API({ cwd: dirname(tsconfig), fs });
  const [project] = api.updateSnapshot({ openProject: virtual }).getProjects();
  return { project, exportsOf: (file) => exportsOf(project, file), close: () => api.close() };
}

/**
 * @param {Project} project
 * @param {string} file
 * @returns {Map<string, TypedExport>} by the name of the export; empty for a file that TypeScript does not read
 */
function exportsOf(project, file) {
  const source = project.program.getSourceFile(file);
  const module = source === undefined ? undefined : project.checker.getSymbolAtLocation(source);
  if (module === undefined) return new Map();
  return new Map(project.checker.getExportsOfModule(module).map((each) => [each.name, new TypedExport(project, each)]));
}

/** @param {string} text */
const oneLine = (text) => text.replace(/\s+/g, " ").trim();
