export type AnySignature = import("./types.js").AnySignature;
export type Replaced = {
    id: string;
    rootId: string | null;
    group: string | null;
    groupIndex: number | null;
    callbacks: readonly unknown[] | null;
    errbacks: readonly unknown[] | null;
    chain: readonly unknown[] | null;
    chord: unknown;
    replacedTaskNesting: number;
};
/**
 * @typedef {import("./types.js").AnySignature} AnySignature
 *
 * @typedef {object} Replaced what of the running task's request goes over to its replacement
 * @property {string} id
 * @property {string | null} rootId
 * @property {string | null} group
 * @property {number | null} groupIndex
 * @property {readonly unknown[] | null} callbacks
 * @property {readonly unknown[] | null} errbacks
 * @property {readonly unknown[] | null} chain
 * @property {unknown} chord
 * @property {number} replacedTaskNesting
 */
/**
 * @param {import("./current-app.js").CanvasApp} app
 * @param {AnySignature} given
 * @param {Replaced} request
 * @returns {AnySignature} to be sent: has the task's id, place and followers
 * @throws `ImproperlyConfigured` for a part of a chord, or a chain without tasks
 */
export declare function replacementFor(app: import("./current-app.js").CanvasApp, given: AnySignature, request: Replaced): AnySignature;
