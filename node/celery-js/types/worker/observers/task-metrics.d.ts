export type Request = import("../../execution/request.js").Request;
export type Happenings = import("./task-observers.js").Happenings;
export type TaskObserver = import("./task-observers.js").TaskObserver;
export type Row = {
    labels: readonly [name: string, queue: string];
    states: Record<(typeof STATES)[number], number>;
    /**
     * 0 before the first run, like `wait`
     */
    runtime: number;
    wait: number;
    /**
     * by exception
     */
    failed: Map<string, number>;
};
declare const STATES: readonly ["received", "started", "succeeded", "rejected", "revoked", "retried"];
/** @implements {TaskObserver} */
export declare class TaskMetrics implements TaskObserver {
    #private;
    /** @param {import("../../transport/metrics.js").Metrics} metrics */
    constructor(metrics: import("../../transport/metrics.js").Metrics);
    /**
     * @param {Request} request
     * @param {boolean} isToRun
     */
    received(request: Request, isToRun: boolean): void;
    /**
     * Shows 0 for what has not happened yet, since Prometheus does not count a counter's first value as an increase: redeliveries, and
     * the tasks of the app, unless they are too many.
     *
     * @param {readonly string[]} queues
     * @param {import("../model/types.js").TaskRegistry} tasks
     */
    consumes(queues: readonly string[], tasks: import("../model/types.js").TaskRegistry): void;
    /** @param {Request} request */
    started(request: Request): void;
    /**
     * Counts before the result is stored, as every task passes here and storing is repeated until it succeeds. The methods below
     * count afterwards.
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
    /**
     * Counts a sent task, whose name and queue this worker need not have.
     *
     * @param {string} name
     * @param {string} queue
     */
    sent(name: string, queue: string): void;
}
export {};
