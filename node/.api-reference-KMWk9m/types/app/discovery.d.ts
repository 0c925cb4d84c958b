/** Finds the tasks of a folder for `app.autodiscoverTasks`. */
import { discoverTasks } from "../tasks/discover.js";
/**
 * @param {URL | string} directory a `file:` URL or a path
 * @param {{ prefix: string, extensions?: readonly string[] }} options
 * @param {string[]} skipped gets a sentence for each file that may have tasks and is not read
 * @returns {ReturnType<typeof discoverTasks>}
 * @throws `TypeError` for a wrong option
 * @throws as `discoverTasks`
 */
export declare function discover(directory: URL | string, options: {
    prefix: string;
    extensions?: readonly string[];
}, skipped: string[]): ReturnType<typeof discoverTasks>;
