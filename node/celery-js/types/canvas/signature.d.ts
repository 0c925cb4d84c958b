import { Linkable } from "./linkable.js";
import { toSignature } from "./signature-types.js";
export type CanvasApp = import("./current-app.js").CanvasApp;
export type AnyResult = import("./current-app.js").AnyResult;
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type AnySignature = import("./types.js").AnySignature;
export type SignatureData = import("./types.js").SignatureData;
export type Place = import("./types.js").Place;
export type Call = import("./types.js").Call;
export { toSignature };
/**
 * @template [R=unknown] what the task returns
 * @template {AnyResult | null} [A=import("./types.js").ResultOf<R>] what applying it gives
 */
export declare class Signature<R = unknown, A extends AnyResult | null = import("./types.js").ResultOf<R>> extends Linkable {
    #private;
    task: string;
    /** @type {unknown[]} */
    args: unknown[];
    kwargs: {
        [x: string]: unknown;
    };
    subtaskType: string | null;
    immutable: boolean;
    foreign: Record<string, unknown>;
    /**
     * @param {CanvasApp | null} app null: the one that is current when it is applied
     * @param {object} call
     * @param {string} call.task
     * @param {readonly unknown[]} [call.args]
     * @param {Record<string, unknown>} [call.kwargs]
     * @param {SendOptions} [call.options]
     * @param {string | null} [call.subtaskType]
     * @param {boolean} [call.immutable]
     * @param {Record<string, unknown>} [call.foreign] options of Celery's that mean nothing here and travel on
     */
    constructor(app: CanvasApp | null, { task, args, kwargs, options, subtaskType, immutable, foreign }: {
        task: string;
        args?: readonly unknown[];
        kwargs?: Record<string, unknown>;
        options?: SendOptions;
        subtaskType?: string | null;
        immutable?: boolean;
        foreign?: Record<string, unknown>;
    });
    /**
     * @param {string} type as in `subtask_type`
     * @param {(app: CanvasApp | null, data: SignatureData) => AnySignature} rebuild
     */
    static register(type: string, rebuild: (app: CanvasApp | null, data: SignatureData) => AnySignature): void;
    /**
     * Rebuilds a signature, and those within it.
     *
     * @param {CanvasApp | null} app
     * @param {SignatureData} data as `toJSON` or Celery gives it
     * @returns {import("./types.js").UntypedSignature} of the class for its `subtask_type`
     * @throws {TypeError} when it is not a signature, or of an unknown type
     */
    static fromJSON(app: CanvasApp | null, data: SignatureData): import("./types.js").UntypedSignature;
    /** The app that made it, else the one that is current. @returns {CanvasApp} */
    get app(): CanvasApp;
    /** The app that made it or a signature within it. @returns {CanvasApp | null} */
    get ownApp(): CanvasApp | null;
    /** @returns {string | null} the task's id, once it is frozen */
    get id(): string | null;
    /** @returns {SignatureData} Celery's dict */
    toJSON(): SignatureData;
    /**
     * Sends the task, with further arguments before the signature's own.
     *
     * @param {...unknown} args
     * @returns {Promise<A>}
     */
    delay(...args: unknown[]): Promise<A>;
    /**
     * Sends the task. Arguments come before the signature's own and keyword arguments over them; an immutable signature takes
     * neither (`celery.canvas.Signature._merge`).
     *
     * @param {readonly unknown[]} [args]
     * @param {SendOptions} [options] over the signature's own
     * @returns {Promise<A>}
     * @throws as `Celery.sendTask`
     */
    applyAsync(args?: readonly unknown[], options?: SendOptions): Promise<A>;
    /**
     * Runs the task here and now (`celery.canvas.Signature.apply`).
     *
     * @param {readonly unknown[]} [args]
     * @param {SendOptions} [options]
     * @returns {Promise<A>}
     * @throws {NotRegistered} when there is no such task here
     */
    apply(args?: readonly unknown[], options?: SendOptions): Promise<A>;
    /**
     * @param {readonly unknown[]} [args] put before the signature's own
     * @param {SendOptions & { immutable?: boolean }} [given] laid over the signature's own; `kwargs` over its keyword arguments.
     *   As in Celery, `immutable` here affects only a chain or a group. Use `set({ immutable: true })` instead
     * @returns {this} a copy; this one stays as it is
     */
    clone(args?: readonly unknown[], given?: SendOptions & {
        immutable?: boolean;
    }): this;
    /**
     * A signature of the same kind with other contents. A subclass copies the signatures in its keyword arguments here.
     *
     * @protected
     * @param {Call} call
     * @param {Record<string, unknown>} foreign see the constructor
     * @returns {AnySignature}
     */
    protected rebuilt(call: Call, foreign: Record<string, unknown>): AnySignature;
    /**
     * @protected
     * @param {readonly unknown[]} args
     * @param {SendOptions} given
     * @returns {Call} this signature's own, completed
     */
    protected merge(args: readonly unknown[], { kwargs, ...options }: SendOptions): Call;
    /**
     * @internal
     * @param {readonly unknown[]} args
     * @param {Record<string, unknown>} kwargs
     * @returns {{ args: unknown[], kwargs: Record<string, unknown> }} this signature's own, completed
     */
    mergeArguments(args: readonly unknown[], kwargs: Record<string, unknown>): {
        args: unknown[];
        kwargs: Record<string, unknown>;
    };
    /**
     * Gives the task an id before it is sent, unless it has one.
     *
     * @param {Place} [place]
     * @returns {NonNullable<A>} the result to come
     */
    freeze(place?: Place): NonNullable<A>;
    /**
     * As `freeze`, while other work of the process goes on: a large group is frozen in many turns of the event loop.
     *
     * @internal
     * @param {Place} [place]
     * @returns {Promise<NonNullable<A>>}
     */
    freezeInTurns(place?: Place): Promise<NonNullable<A>>;
    /**
     * @param {SendOptions & { immutable?: boolean }} given added to this signature's own
     * @returns {this} the signature
     * @throws {TypeError} for an unknown option, or one of the wrong kind
     */
    set(given: SendOptions & {
        immutable?: boolean;
    }): this;
    /** @param {boolean} immutable true takes no further arguments */
    setImmutable(immutable: boolean): void;
    /**
     * Stamps the task and its callbacks: headers that every task of a workflow carries (`celery.canvas.Signature.stamp`).
     *
     * @param {Record<string, unknown>} stamps
     * @param {import("./stamping.js").StampOptions} [options]
     * @returns {this} the signature
     */
    stamp(stamps: Record<string, unknown>, options?: import("./stamping.js").StampOptions): this;
    /** @returns {AnySignature[]} this one and all that are linked to it, and to those */
    flattenLinks(): AnySignature[];
}
/**
 * @param {SendOptions} options of a task, which get its id and its place
 * @param {Place} place
 * @returns {SendOptions} the same
 */
export declare function placed(options: SendOptions, { id, groupId, chord, rootId, parentId, groupIndex }: Place): SendOptions;
