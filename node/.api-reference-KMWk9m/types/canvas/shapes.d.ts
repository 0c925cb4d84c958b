/** Tests of a signature's shape: whether it is one, is empty, or takes a result. */
export type Signature = import("./types.js").AnySignature;
/** @typedef {import("./types.js").AnySignature} Signature */
/**
 * @param {unknown} value
 * @returns {value is Signature} false for the dict of one
 */
export declare const isSignature: (value: unknown) => value is Signature;
/**
 * @param {Signature} signature
 * @returns {boolean} a group without tasks, which a chain leaves out
 */
export declare const isEmptyGroup: ({ subtaskType, kwargs }: Signature) => boolean;
/**
 * @param {Signature} signature
 * @returns {boolean} a chain without tasks, which is nothing to send
 */
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
/**
 * The tasks that are published when a signature is sent: all of a group, the first of a chain, a chord's header.
 *
 * @param {Signature} signature
 * @returns {Generator<Signature>}
 */
export declare function publishedFirst(signature: Signature): Generator<Signature>;
/**
 * @param {unknown} tasks
 * @param {string} what
 * @throws `TypeError` when a dict of a chain or a group has no list of tasks
 */
export declare function checkTasks(tasks: unknown, what: string): void;
