/**
 * Listens until the returned function is called.
 *
 * @param {import("../observers/log.js").Logger} log
 * @param {() => readonly string[]} running the tasks that run, as `name[id]`
 * @returns {() => void} stops listening: the process ends because the worker has stopped
 */
export declare function reportExit(log: import("../observers/log.js").Logger, running: () => readonly string[]): () => void;
