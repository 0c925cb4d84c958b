export type Signature = import("./signature.js").Signature<any>;
export type SendOptions = import("../tasks/send-options.js").SendOptions;
/**
 * @typedef {import("./signature.js").Signature<any>} Signature
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 */
/** What a chain passes on to its first task when it runs; the rest it consumes itself. @param {SendOptions} options @returns {SendOptions} */
export declare function firstTaskOptions({ chord, groupId, groupIndex, link, linkError, parentId, rootId, taskId, ...options }: SendOptions): SendOptions;
/** @param {Signature | null} body @returns {boolean} whether it is a chain that begins with a single task */
export declare function isChainLedByTask(body: Signature | null): boolean;
/**
 * Takes the body from each task of the headers of the chords in a signature that is about to be sent: it stands in the chord
 * itself, and is given back to the tasks when the chord is sent (`celery.canvas._strip_chord_header_links`).
 *
 * @param {Signature} signature
 */
export declare function stripHeaderLinks(signature: Signature): void;
