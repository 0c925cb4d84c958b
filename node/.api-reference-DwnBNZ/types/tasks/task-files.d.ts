export type TaskFiles = {
    /**
     * sorted absolute paths
     */
    files: string[];
    /**
     * a sentence for each file and folder that may have tasks and is not read
     */
    skipped: string[];
};
/**
 * @typedef {object} TaskFiles
 * @property {string[]} files sorted absolute paths
 * @property {string[]} skipped a sentence for each file and folder that may have tasks and is not read
 */
/** @returns {string[]} the extensions of the modules that this Node runs */
export declare function runnableExtensions(): string[];
/**
 * Links are followed, to files (mounted configuration consists of them) and to folders; one that leads back to a folder above
 * it is not.
 *
 * @param {string} root
 * @param {readonly string[]} [extensions] default: `runnableExtensions()`; what others are left out for is then no news
 * @returns {Promise<TaskFiles>}
 */
export declare function taskFiles(root: string, extensions?: readonly string[]): Promise<TaskFiles>;
/**
 * @param {string} path
 * @returns {Promise<boolean>} false where nothing is, too
 */
export declare function isDirectory(path: string): Promise<boolean>;
