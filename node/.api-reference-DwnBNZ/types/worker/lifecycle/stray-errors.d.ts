/**
 * Listens until the returned function is called.
 *
 * @param {object} options
 * @param {import("../observers/log.js").Logger} options.log
 * @param {() => void} options.onUncaught called after an uncaught exception: the state of the process is in doubt
 * @returns {() => void} stops listening
 */
export declare function catchStrayErrors({ log, onUncaught }: {
    log: import("../observers/log.js").Logger;
    onUncaught: () => void;
}): () => void;
