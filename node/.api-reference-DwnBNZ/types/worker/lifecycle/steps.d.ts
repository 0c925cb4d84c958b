export type StepOptions = {
    app: import("../model/types.js").WorkerApp;
    worker: {
        hostname: string;
        log: import("../observers/log.js").Logger;
    };
    options: import("./options.js").CheckedOptions;
    parts: import("./assembly.js").Assembly;
    /**
     * ends the waiting for running tasks
     */
    cold: AbortSignal;
    /**
     * ends what would be repeated for ever
     */
    close: () => void;
};
export type Step = import("./blueprint.js").Step;
/**
 * @typedef {object} StepOptions
 * @property {import("../model/types.js").WorkerApp} app
 * @property {{ hostname: string, log: import("../observers/log.js").Logger }} worker
 * @property {import("./options.js").CheckedOptions} options
 * @property {import("./assembly.js").Assembly} parts
 * @property {AbortSignal} cold ends the waiting for running tasks
 * @property {() => void} close ends what would be repeated for ever
 *
 * @typedef {import("./blueprint.js").Step} Step
 */
/**
 * @param {StepOptions} options
 * @returns {Step[]}
 */
export declare const workerSteps: (options: StepOptions) => Step[];
