import { Group } from "./group.js";
import { Signature } from "./signature.js";
export type CanvasApp = import("./current-app.js").CanvasApp;
export type SendOptions = import("../tasks/send-options.js").SendOptions;
/**
 * @typedef {import("./current-app.js").CanvasApp} CanvasApp
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 */
/**
 * @param {CanvasApp | null} app
 * @param {Signature<any>} task
 * @param {Iterable<unknown>} items what the task is called with, one by one
 */
export declare const map: (app: CanvasApp | null, task: Signature<any>, items: Iterable<unknown>) => Mapping;
/**
 * @param {CanvasApp | null} app
 * @param {Signature<any>} task
 * @param {Iterable<readonly unknown[]>} items the arguments of each call
 */
export declare const starmap: (app: CanvasApp | null, task: Signature<any>, items: Iterable<readonly unknown[]>) => Mapping;
/** One message for all of the calls, which goes where the mapped task goes. */
declare class Mapping extends Signature {
    /** @param {CanvasApp | null} app @param {string} name @param {Signature<any>} task @param {unknown[]} it @param {SendOptions} [options] */
    constructor(app: CanvasApp | null, name: string, task: Signature<any>, it: unknown[], options?: SendOptions);
    /** @override @param {readonly unknown[]} [_args] not taken @param {SendOptions} [sending] */
    applyAsync(_args?: readonly unknown[], sending?: SendOptions): Promise<import("../index.js").AsyncResult<any>>;
}
/** @extends {Signature<import("./current-app.js").GroupResult>} */
export declare class Chunks extends Signature<import("./current-app.js").GroupResult> {
    /**
     * @param {CanvasApp | null} app
     * @param {Signature<any>} task
     * @param {Iterable<readonly unknown[]>} items the arguments of each call
     * @param {number} size calls in one message
     * @param {{ options?: SendOptions }} [rest]
     * @throws {TypeError} when the size is no whole number from 1
     */
    constructor(app: CanvasApp | null, task: Signature<any>, items: Iterable<readonly unknown[]>, size: number, { options }?: {
        options?: SendOptions;
    });
    /** @returns {Group} one message for each chunk */
    group(): Group;
    /** @override @param {readonly unknown[]} [args] @param {SendOptions} [options] */
    applyAsync(args?: readonly unknown[], options?: SendOptions): Promise<import("../index.js").GroupResult>;
    /** @override @param {readonly unknown[]} [args] @param {SendOptions} [options] */
    apply(args?: readonly unknown[], options?: SendOptions): Promise<import("../index.js").GroupResult>;
}
export {};
