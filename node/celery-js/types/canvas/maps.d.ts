import { Group } from "./group.js";
import { Signature } from "./signature.js";
export type AnySignature = import("./types.js").AnySignature;
export type CanvasApp = import("./current-app.js").CanvasApp;
export type SendOptions = import("../tasks/send-options.js").SendOptions;
/**
 * @param {CanvasApp | null} app
 * @param {AnySignature} task
 * @param {Iterable<unknown>} items what the task is called with, one by one
 */
export declare const map: (app: CanvasApp | null, task: AnySignature, items: Iterable<unknown>) => Mapping;
/**
 * @param {CanvasApp | null} app
 * @param {AnySignature} task
 * @param {Iterable<readonly unknown[]>} items the arguments of each call
 */
export declare const starmap: (app: CanvasApp | null, task: AnySignature, items: Iterable<readonly unknown[]>) => Mapping;
/** One message for all of the calls, which goes where the mapped task goes. */
declare class Mapping extends Signature {
    /**
     * @param {CanvasApp | null} app
     * @param {string} name
     * @param {AnySignature} task
     * @param {unknown[]} it
     * @param {SendOptions} [options]
     */
    constructor(app: CanvasApp | null, name: string, task: AnySignature, it: unknown[], options?: SendOptions);
    /**
     * @override
     * @param {readonly unknown[]} [_args] not taken
     * @param {SendOptions} [sending]
     */
    applyAsync(_args?: readonly unknown[], sending?: SendOptions): Promise<any>;
}
/**
 * @template [R=unknown] what each call returns
 * @extends {Signature<R[][], import("../app/group-result.js").GroupResult<R[]>>}
 */
export declare class Chunks<R = unknown> extends Signature<R[][], import("../app/group-result.js").GroupResult<R[]>> {
    #private;
    /**
     * @param {CanvasApp | null} app
     * @param {AnySignature} task
     * @param {Iterable<readonly unknown[]>} items the arguments of each call
     * @param {number} size calls in one message
     * @param {{ options?: SendOptions }} [rest]
     * @throws {TypeError} when the size is not a whole number from 1
     */
    constructor(app: CanvasApp | null, task: AnySignature, items: Iterable<readonly unknown[]>, size: number, { options }?: {
        options?: SendOptions;
    });
    /**
     * @internal
     * @returns {number} how many messages it sends
     */
    get messageCount(): number;
    /** @returns {Group} one message for each chunk */
    group(): Group;
    /**
     * @override
     * @param {readonly unknown[]} [args]
     * @param {SendOptions} [options]
     */
    applyAsync(args?: readonly unknown[], options?: SendOptions): Promise<import("../app/group-result.js").GroupResult<any>>;
    /**
     * @override
     * @param {readonly unknown[]} [args]
     * @param {SendOptions} [options]
     */
    apply(args?: readonly unknown[], options?: SendOptions): Promise<import("../app/group-result.js").GroupResult<any>>;
}
export {};
