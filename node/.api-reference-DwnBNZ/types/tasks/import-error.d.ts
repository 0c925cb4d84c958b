import { TaskImportError } from "../errors.js";
export type Place = import("./module-graph.js").Place;
/**
 * @param {unknown} error what the import threw
 * @param {string} file absolute path of the task module
 * @returns {Promise<TaskImportError>} "tasks/billing/invoices.js:12:7: ReferenceError: foo is not defined", with the
 *   error as cause; when another file is at fault, that file, and the task module behind it
 */
export declare function taskImportError(error: unknown, file: string): Promise<TaskImportError>;
/**
 * @param {string} path
 * @returns {string} the path relative to the current folder
 */
export declare function fromHere(path: string): string;
