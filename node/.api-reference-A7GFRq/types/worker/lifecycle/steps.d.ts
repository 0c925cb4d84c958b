/**
 * @param {object} options
 * @param {import("../model/types.js").WorkerApp} options.app
 * @param {{ hostname: string, log: import("../observers/log.js").Logger }} options.worker
 * @param {import("./options.js").CheckedOptions} options.options
 * @param {import("./assembly.js").Assembly} options.parts
 * @param {AbortSignal} options.cold ends the waiting for running tasks
 * @param {() => void} options.close ends what would be tried again for ever
 * @returns {import("./blueprint.js").Step[]}
 */
export declare function workerSteps({ app, worker, options, parts, cold, close }: {
    app: import("../model/types.js").WorkerApp;
    worker: {
        hostname: string;
        log: import("../observers/log.js").Logger;
    };
    options: import("./options.js").CheckedOptions;
    parts: import("./assembly.js").Assembly;
    cold: AbortSignal;
    close: () => void;
}): import("./blueprint.js").Step[];
