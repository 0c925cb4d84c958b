import { Signature } from "./signature.js";
export type AnySignature = import("./types.js").AnySignature;
export type CanvasApp = import("./current-app.js").CanvasApp;
export type AnyResult = import("./current-app.js").AnyResult;
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type Place = import("./signature.js").Place;
/**
 * @template [R=unknown] what each of its tasks returns
 * @extends {Signature<R[], import("../app/group-result.js").GroupResult<R>>}
 */
export declare class Group<R = unknown> extends Signature<R[], import("../app/group-result.js").GroupResult<R>> {
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
    /** @returns {AnySignature[]} */
    get tasks(): AnySignature[];
    set tasks(tasks: AnySignature[]);
    /** @override */
    get ownApp(): import("./current-app.js").CanvasApp | null;
    /**
     * Sends all of its tasks. Of a large group they are read while other work of the process goes on: leave its signatures as they
     * are until the promise resolves.
     *
     * @override
     * @param {readonly unknown[]} [args] put before the arguments of each
     * @param {SendOptions} [sending] for each of them
     * @returns {Promise<import("../app/group-result.js").GroupResult<R>>}
     * @throws {TypeError} for `link` and `linkError`, which belong to the single tasks
     */
    applyAsync(args?: readonly unknown[], sending?: SendOptions): Promise<import("../app/group-result.js").GroupResult<R>>;
    /**
     * @override
     * @param {readonly unknown[]} [args]
     * @param {SendOptions} [given]
     * @returns {Promise<import("../app/group-result.js").GroupResult<R>>}
     */
    apply(args?: readonly unknown[], given?: SendOptions): Promise<import("../app/group-result.js").GroupResult<R>>;
    /**
     * Gives each task its id. Groups within it are dissolved into it.
     *
     * @override
     * @param {Place} [place]
     * @returns {import("../app/group-result.js").GroupResult<R>}
     */
    freeze(place?: Place): import("../app/group-result.js").GroupResult<R>;
    /**
     * @override
     * @internal
     * @param {Place} [place]
     * @returns {Promise<import("../app/group-result.js").GroupResult<R>>}
     */
    freezeInTurns(place?: Place): Promise<import("../app/group-result.js").GroupResult<R>>;
    /**
     * @override
     * @param {boolean} immutable
     */
    setImmutable(immutable: boolean): void;
    /**
     * Spreads the starts of the tasks over time: gives each a `countdown` (`group.skew`).
     *
     * @param {number} [start] seconds, of the first task
     * @param {number | null} [stop] the last countdown that may be reached; the tasks after it share it. null, 0: no limit
     * @param {number} [step] seconds from one task to the next
     * @returns {this} the group
     * @throws {TypeError} for anything but numbers, or a countdown below 0
     */
    skew(start?: number, stop?: number | null, step?: number): this;
    /**
     * Links to the first task, and without its result: no task of a group has the results of the others (`group.link`).
     *
     * @override
     * @template {AnySignature} S
     * @param {S} callback
     * @returns {S}
     */
    link<S extends AnySignature>(callback: S): S;
    /**
     * Each task may fail, and calls it then.
     *
     * @override
     * @param {AnySignature} errback
     * @returns {unknown[]}
     */
    linkError(errback: AnySignature): unknown[];
    /**
     * @override
     * @protected
     * @param {import("./signature.js").Call} call
     * @param {Record<string, unknown>} foreign
     */
    protected rebuilt({ kwargs, options }: import("./signature.js").Call, foreign: Record<string, unknown>): Group<unknown>;
}
/**
 * @param {AnySignature} signature
 * @returns {AnySignature} the task of a group of one, which is run as if it stood alone (`celery.canvas.maybe_unroll_group`)
 */
export declare const unrollSingle: (signature: AnySignature) => AnySignature;
