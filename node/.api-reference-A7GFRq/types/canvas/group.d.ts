import { Signature } from "./signature.js";
export type CanvasApp = import("./current-app.js").CanvasApp;
export type AnyResult = import("./current-app.js").AnyResult;
export type GroupResult = import("./current-app.js").GroupResult;
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type Place = import("./signature.js").Place;
/**
 * @typedef {import("./current-app.js").CanvasApp} CanvasApp
 * @typedef {import("./current-app.js").AnyResult} AnyResult
 * @typedef {import("./current-app.js").GroupResult} GroupResult
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("./signature.js").Place} Place
 */
/** @extends {Signature<GroupResult>} */
export declare class Group extends Signature<GroupResult> {
    #private;
    /**
     * @param {CanvasApp | null} app
     * @param {readonly unknown[]} tasks signatures, or dicts of them
     * @param {{ options?: SendOptions, foreign?: Record<string, unknown> }} [rest]
     */
    constructor(app: CanvasApp | null, tasks: readonly unknown[], { options, foreign }?: {
        options?: SendOptions;
        foreign?: Record<string, unknown>;
    });
    /** @returns {Signature<any>[]} */
    get tasks(): Signature<any>[];
    set tasks(tasks: Signature<any>[]);
    /** @override */
    get ownApp(): import("./current-app.js").CanvasApp | null;
    /**
     * Sends all of its tasks.
     *
     * @override
     * @param {readonly unknown[]} [args] put before the arguments of each
     * @param {SendOptions} [sending] for each of them
     * @returns {Promise<GroupResult>}
     * @throws {TypeError} for `link` and `linkError`, which belong to the single tasks
     */
    applyAsync(args?: readonly unknown[], sending?: SendOptions): Promise<GroupResult>;
    /**
     * @override
     * @param {readonly unknown[]} [args]
     * @param {SendOptions} [given]
     * @returns {Promise<GroupResult>}
     */
    apply(args?: readonly unknown[], given?: SendOptions): Promise<GroupResult>;
    /**
     * Gives each task its id. Groups within it are dissolved into it.
     *
     * @override
     * @param {Place} [place]
     * @returns {GroupResult}
     */
    freeze(place?: Place): GroupResult;
    /** @override @param {boolean} immutable */
    setImmutable(immutable: boolean): void;
    /**
     * Links to the first task, and without its result: no task of a group has the results of the others (`group.link`).
     *
     * @override
     * @template {Signature<any>} S
     * @param {S} callback
     * @returns {S}
     */
    link<S extends Signature<any>>(callback: S): S;
    /** Each task may fail, and calls it then. @override @param {Signature<any>} errback @returns {unknown[]} */
    linkError(errback: Signature<any>): unknown[];
    /** @override @protected @param {import("./signature.js").Call} call @param {Record<string, unknown>} foreign */
    protected rebuilt({ kwargs, options }: import("./signature.js").Call, foreign: Record<string, unknown>): Group;
}
export type Member = {
    task: Signature<any>;
    result: AnyResult;
};
/**
 * @param {Signature<any>} signature
 * @returns {Signature<any>} the task of a group of one, which is run as if it stood alone (`celery.canvas.maybe_unroll_group`)
 */
export declare const unrollSingle: (signature: Signature<any>) => Signature<any>;
