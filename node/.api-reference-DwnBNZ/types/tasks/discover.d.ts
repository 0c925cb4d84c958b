export type TaskFunction = import("./define.js").TaskFunction;
/** @interface */
export type TaskOptions = import("./options.js").TaskOptions;
export type DiscoveredTask = {
    name: string;
    fn: TaskFunction;
    /**
     * those that `task()` attached, else none
     */
    options: Readonly<TaskOptions>;
    /**
     * absolute path
     */
    file: string;
    /**
     * what the file exports it as
     */
    exported: string;
};
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
 * @returns {Promise<DiscoveredTask[]>} may be empty
 * @throws `ImproperlyConfigured` when there is no such folder, or a file or an export cannot be part of a task's name
 * @throws `TaskImportError` when a module cannot be imported, with its file and line
 * @throws `DuplicateTaskError` when two exports claim one name
 */
export declare function discoverTasks(directory: URL | string, { prefix, extensions, onSkipped }: {
    prefix: string;
    extensions?: readonly string[];
    onSkipped?: (sentence: string) => void;
}): Promise<DiscoveredTask[]>;
