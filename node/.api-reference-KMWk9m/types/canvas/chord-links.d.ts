export type Signature = import("./types.js").AnySignature;
/** @interface */
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type AnyResult = import("./current-app.js").AnyResult;
/**
 * @typedef {import("./types.js").AnySignature} Signature
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("./current-app.js").AnyResult} AnyResult
 */
/**
 * The options that a chain passes to its first task; it uses the others itself.
 *
 * @param {SendOptions} options
 * @returns {SendOptions}
 */
export declare function firstTaskOptions({ chord, groupId, groupIndex, link, linkError, parentId, rootId, taskId, ...options }: SendOptions): SendOptions;
/**
 * The options that a chord passes to its body, whose parent is the task of the header that sends it.
 *
 * @param {SendOptions} options
 * @returns {SendOptions}
 */
export declare const bodyOptions: ({ parentId: _, ...options }: SendOptions) => SendOptions;
/**
 * @param {Signature | null} body
 * @returns {boolean} whether it is a chain that begins with a single task
 */
export declare function isChainLedByTask(body: Signature | null): boolean;
/**
 * Takes the body from each task of the headers of the chords in a signature that is about to be sent: it stands in the chord
 * itself, and is given back to the tasks when the chord is sent (`celery.canvas._strip_chord_header_links`).
 *
 * @param {Signature} signature
 */
export declare function stripHeaderLinks(signature: Signature): void;
/**
 * Moves `link` and `linkError` of a chord to its body (`_chord._add_body_callbacks`).
 *
 * @param {Signature} original
 * @param {SendOptions} options
 * @returns {Signature} a copy where there is anything to link
 */
export declare function withCallbacks(original: Signature, { link, linkError }: SendOptions): Signature;
/**
 * Hangs a result to the topmost one that has no parent yet.
 *
 * @param {AnyResult} result
 * @param {AnyResult} parent
 */
export declare function setFirstParent(result: AnyResult, parent: AnyResult): void;
