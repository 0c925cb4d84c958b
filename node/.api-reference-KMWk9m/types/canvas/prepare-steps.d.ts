export type Signature = import("./types.js").AnySignature;
export type AnyResult = import("./current-app.js").AnyResult;
export type StepOptions = {
    /**
     * for the first task
     */
    args: readonly unknown[];
    kwargs: Record<string, unknown>;
    /**
     * false changes the chain's own tasks, and leaves chords in one piece: freezing
     */
    clone: boolean;
    /**
     * for every step
     */
    linkError?: unknown;
    /**
     * of the last step; `rootId` of all
     */
    place: import("./signature.js").Place;
};
export type Prepared = {
    tasks: Signature[];
    results: AnyResult[];
};
/**
 * @typedef {import("./types.js").AnySignature} Signature
 * @typedef {import("./current-app.js").AnyResult} AnyResult
 *
 * @typedef {object} StepOptions
 * @property {readonly unknown[]} args for the first task
 * @property {Record<string, unknown>} kwargs
 * @property {boolean} clone false changes the chain's own tasks, and leaves chords in one piece: freezing
 * @property {unknown} [linkError] for every step
 * @property {import("./signature.js").Place} place of the last step; `rootId` of all
 *
 * @typedef {{ tasks: Signature[], results: AnyResult[] }} Prepared in reverse: the last step is the first one here
 */
/**
 * @param {import("./current-app.js").CanvasApp} app
 * @param {readonly Signature[]} tasks
 * @param {StepOptions} options
 * @returns {Prepared}
 */
export declare function prepareSteps(app: import("./current-app.js").CanvasApp, tasks: readonly Signature[], options: StepOptions): Prepared;
