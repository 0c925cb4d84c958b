import { Signature } from "./signature.js";
export type AnySignature = import("./types.js").AnySignature;
export type CanvasApp = import("./current-app.js").CanvasApp;
export type AnyResult = import("./current-app.js").AnyResult;
/** @interface */
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type Place = import("./signature.js").Place;
/** @extends {Signature<unknown, AnyResult | null>} */
export declare class Chain extends Signature<unknown, AnyResult | null> {
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
     * Sends the first task, which carries the others with it.
     *
     * @override
     * @param {readonly unknown[]} [args] for the first task
     * @param {SendOptions} [sending]
     * @returns {Promise<AnyResult | null>} the last task's result, from which `parent` leads to the others; null for no tasks
     */
    applyAsync(args?: readonly unknown[], sending?: SendOptions): Promise<AnyResult | null>;
    /**
     * @override
     * @param {readonly unknown[]} [args]
     * @param {SendOptions} [sending]
     * @returns {Promise<AnyResult | null>}
     */
    apply(args?: readonly unknown[], sending?: SendOptions): Promise<AnyResult | null>;
    /**
     * Gives the tasks their ids, in place.
     *
     * @override
     * @param {Place} [place] of the last task
     * @returns {AnyResult} the last task's
     */
    freeze(place?: Place): AnyResult;
    /** @returns {AnySignature[]} copies of the tasks with what was linked to the chain: callbacks at the last, errbacks at all */
    unchainTasks(): AnySignature[];
    /** Splits the chords whose body is a chain, in place, in a copy that is about to be sent. */
    unrollChords(): void;
    /**
     * Without the arguments, as in Celery.
     *
     * @override
     * @protected
     * @param {import("./signature.js").Call} call
     * @param {Record<string, unknown>} foreign
     */
    protected rebuilt({ kwargs, options }: import("./signature.js").Call, foreign: Record<string, unknown>): Chain;
}
