import { Group } from "./group.js";
import { Signature } from "./signature.js";
export type AnySignature = import("./types.js").AnySignature;
export type CanvasApp = import("./current-app.js").CanvasApp;
export type AnyResult = import("./current-app.js").AnyResult;
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type Place = import("./signature.js").Place;
export type Header = AnySignature[] | Group;
/**
 * @template [R=unknown] what its body returns
 * @template {AnyResult | null} [A=AnyResult] what applying it gives
 * @extends {Signature<R, A>}
 */
export declare class Chord<R = unknown, A extends AnyResult | null = AnyResult> extends Signature<R, A> {
    #private;
    /**
     * @param {CanvasApp | null} app
     * @param {unknown} header a group, a signature or a list of them
     * @param {unknown} body gets the list of results; null if it is set later
     * @param {Partial<import("./signature.js").Call> & { foreign?: Record<string, unknown> }} [rest]
     */
    constructor(app: CanvasApp | null, header: unknown, body?: unknown, { args, kwargs, options, foreign }?: Partial<import("./signature.js").Call> & {
        foreign?: Record<string, unknown>;
    });
    /** @returns {Header} */
    get header(): Header;
    /** @returns {AnySignature[]} the tasks of the header */
    get tasks(): AnySignature[];
    /** @returns {AnySignature | null} */
    get body(): AnySignature | null;
    set body(body: AnySignature | null);
    /** @override */
    get ownApp(): import("./current-app.js").CanvasApp | null;
    /**
     * Sends the header; the last of its tasks to end sends the body.
     *
     * @override
     * @param {readonly unknown[]} [args] for the tasks of the header
     * @param {SendOptions} [sending] `countdown` and `eta` delay the header; `kwargs.body` takes the place of the body
     * @returns {Promise<A>} the body's result, whose parent is the header's
     * @throws {TypeError} when there is no body
     */
    applyAsync(args?: readonly unknown[], sending?: SendOptions): Promise<A>;
    /**
     * @override
     * @param {readonly unknown[]} [args]
     * @param {SendOptions} [sending] its options are not used, as in Celery
     * @returns {Promise<A>}
     */
    apply(args?: readonly unknown[], sending?: SendOptions): Promise<A>;
    /**
     * Gives the tasks of header and body their ids.
     *
     * @override
     * @param {Place} [place] of the body: a chord in a chord reports with its body
     * @returns {NonNullable<A>} the body's; the header's is the parent of the first one above it
     */
    freeze(place?: Place): NonNullable<A>;
    /**
     * @override
     * @internal
     * @param {Place} [place]
     * @returns {Promise<NonNullable<A>>}
     */
    freezeInTurns(place?: Place): Promise<NonNullable<A>>;
    /**
     * Links to the body.
     *
     * @override
     * @template {AnySignature} S
     * @param {S} callback
     * @returns {S}
     */
    link<S extends AnySignature>(callback: S): S;
    /**
     * Links to the body, and with `taskAllowErrorCbOnChordHeader` to each task of the header.
     *
     * @override
     * @param {AnySignature} errback
     * @returns {unknown}
     */
    linkError(errback: AnySignature): unknown;
    /**
     * Applies to the header only.
     *
     * @override
     * @param {boolean} immutable
     */
    setImmutable(immutable: boolean): void;
    /**
     * Splits a chord whose body is a chain into the chord with the chain's first task, and the rest of the chain. Each header task
     * carries the body, and would otherwise carry the whole chain.
     *
     * @returns {AnySignature[]}
     */
    unrollBody(): AnySignature[];
    /**
     * @override
     * @protected
     * @param {import("./signature.js").Call} call
     * @param {Record<string, unknown>} foreign
     */
    protected rebuilt({ args, kwargs: { header, body, ...kwargs }, options }: import("./signature.js").Call, foreign: Record<string, unknown>): Chord<unknown, import("./current-app.js").AnyResult>;
}
