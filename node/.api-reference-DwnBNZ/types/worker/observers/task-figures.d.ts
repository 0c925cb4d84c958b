export type Request = import("../../execution/request.js").Request;
export type Happenings = import("./task-observers.js").Happenings;
export type TaskObserver = import("./task-observers.js").TaskObserver;
export type Row = {
    labels: readonly [name: string, queue: string];
    states: Record<(typeof STATES)[number], number>;
    runtime: number;
    wait: number;
    /**
     * by exception
     */
    failed: Map<string, number>;
};
/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("./task-observers.js").Happenings} Happenings
 * @typedef {import("./task-observers.js").TaskObserver} TaskObserver
 *
 * @typedef {object} Row the series of one task from one queue
 * @property {readonly [name: string, queue: string]} labels
 * @property {Record<(typeof STATES)[number], number>} states
 * @property {number} runtime
 * @property {number} wait
 * @property {Map<string, number>} failed by exception
 */
declare const STATES: readonly ["received", "started", "succeeded", "rejected", "revoked", "retried"];
/** @implements {TaskObserver} */
export declare class TaskFigures implements TaskObserver {
    #private;
    /** @param {import("../../transport/figures.js").Figures} figures */
    constructor(figures: import("../../transport/figures.js").Figures);
    /**
     * @param {Request} request
     * @param {boolean} isToRun
     */
    received(request: Request, isToRun: boolean): void;
    /** @param {Request} request */
    started(request: Request): void;
    /**
     * Counted before it is stored, unlike what follows: this is on the way of every task, and storing is repeated until it is done.
     *
     * @param {Request} request
     * @param {unknown} _value
     * @param {number} runtimeMs
     */
    succeeded(request: Request, _value: unknown, runtimeMs: number): void;
    /** @type {Happenings["failed"]} */
    failed(request: import("../../execution/request.js").Request, error: Error, kind: "bury" | "leave" | "requeue" | "settle"): import("./task-observers.js").Later;
    /** @type {Happenings["retried"]} */
    retried(request: import("../../execution/request.js").Request): import("./task-observers.js").Later;
    /** @type {Happenings["rejected"]} */
    rejected(request: import("../../execution/request.js").Request, reject: import("../../errors.js").Reject | null): import("./task-observers.js").Later;
    /** @type {Happenings["revoked"]} */
    revoked(request: import("../../execution/request.js").Request): import("./task-observers.js").Later;
    /** @type {Happenings["buried"]} */
    buried(queue: string, reason: string, count: number): import("./task-observers.js").Later;
}
export {};
