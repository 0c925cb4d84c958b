export type Schema = import("./schema.js").Schema;
export type Description = {
    /**
     * "file:line" of the task
     */
    place: string;
    /**
     * as the catalogue has it
     */
    task: Record<string, unknown>;
    /**
     * definitions that the parameters refer to
     */
    inputs: Record<string, Schema>;
    /**
     * definitions that result and progress refer to
     */
    outputs: Record<string, Schema>;
    /**
     * one line, "file:line: ...", for everything that is `any`
     */
    undescribed: string[];
    /**
     * one line for each further remark to a task's author
     */
    notes: string[];
};
/**
 * Describes the tasks of a folder.
 *
 * @param {URL | string} directory as `app.autodiscoverTasks` takes it
 * @param {object} options
 * @param {string} options.prefix of the tasks' names
 * @param {string} options.tsconfig path of the project's tsconfig.json
 * @param {(sentence: string) => void} [options.onSkipped] called for each file that may have tasks and is not read
 * @param {(file: string) => void} [options.onImport] called before each file is imported
 * @returns {Promise<Record<string, Description>>} by the task's name
 * @throws {import("../errors.js").TaskImportError} when a module cannot be imported, with its file and line
 * @throws {import("../errors.js").DuplicateTaskError} when two exports claim one name
 * @throws {import("../errors.js").ImproperlyConfigured} when a task's parameters cannot be read
 */
export declare function describeTasks(directory: URL | string, { prefix, tsconfig, onSkipped, onImport }: {
    prefix: string;
    tsconfig: string;
    onSkipped?: (sentence: string) => void;
    onImport?: (file: string) => void;
}): Promise<Record<string, Description>>;
