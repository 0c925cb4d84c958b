/** What the shape of a signature says: whether it is one at all, is empty, or would take a result. */
export type Signature = import("./signature.js").Signature<any>;
/** @typedef {import("./signature.js").Signature<any>} Signature */
/** @param {unknown} value @returns {value is Signature} false for the dict of one */
export declare const isSignature: (value: unknown) => value is Signature;
/** @param {Signature} signature @returns {boolean} a group without tasks, which a chain leaves out */
export declare const isEmptyGroup: ({ subtaskType, kwargs }: Signature) => boolean;
/** @param {Signature} signature @returns {boolean} a chain without tasks, which is nothing to send */
export declare const isEmptyChain: ({ subtaskType, kwargs }: Signature) => boolean;
/**
 * @param {import("./types.js").Place["chord"]} [chord]
 * @returns {boolean} false also for a group without tasks, which Python takes for nothing: no part reports to it
 */
export declare const isBody: (chord?: import("./types.js").Place["chord"]) => boolean;
/**
 * @param {Signature} signature
 * @returns {boolean} whether a task that is sent with it gets the arguments that it is applied with
 */
export declare function takesArguments({ subtaskType, kwargs, immutable }: Signature): boolean;
/** @param {unknown} tasks @param {string} what @throws {TypeError} when a dict that says it is a chain or a group is none */
export declare function checkTasks(tasks: unknown, what: string): void;
