export type Request = import("../../execution/request.js").Request;
export type Disposition = import("../../execution/disposition.js").Disposition;
export type Delivery = import("../../transport/transport.js").Delivery;
export type Burial = Extract<import("../intake/admission.js").Decision, {
    kind: "bury";
}>;
export type Notify = () => void;
export type Later = Notify | null | undefined | void;
export type TaskObserver = {
    /**
     * a task's message; a revoked or expired one must not run
     */
    received?: (request: Request, isToRun: boolean) => Later;
    started?: (request: Request) => Later;
    succeeded?: (request: Request, value: unknown, runtimeMs: number) => Later;
    /**
     * `kind`: what happens to the
     * message
     */
    failed?: (request: Request, error: Error, kind: Disposition["kind"]) => Later;
    retried?: (request: Request, retry: import("../../errors.js").Retry) => Later;
    /**
     * the task threw `Ignore`
     */
    ignored?: (request: Request) => Later;
    /**
     * null: its retry or its replacement could
     * not be sent, and it goes back
     */
    rejected?: (request: Request, reject: import("../../errors.js").Reject | null) => Later;
    /**
     * `reason`: "expired", "revoked", or "terminated" by
     * the signal
     */
    revoked?: (request: Request, reason: string, signal: string | null) => Later;
    /**
     * a message that cannot be run: no such task, unreadable, lost too often
     */
    unknown?: (delivery: Delivery, burial: Burial) => Later;
    /**
     * messages of a queue are dead letters now
     */
    buried?: (queue: string, reason: string, count: number) => Later;
};
export type Happenings = Required<TaskObserver>;
export type Subscription = {
    observer: TaskObserver;
    /**
     * whether it wants `ROUTINE` events now; it always gets the others
     */
    isOn: () => boolean;
};
export declare class TaskObservers {
    #private;
    /**
     * @param {readonly Subscription[]} subscriptions in the order in which the observers are notified
     * @param {(error: unknown) => void} [onError] called with what an observer throws when the outcome is stored
     */
    constructor(subscriptions: readonly Subscription[], onError?: (error: unknown) => void);
    /** @returns {boolean} whether any observer wants `ROUTINE` events; otherwise no arguments are built */
    get isOn(): boolean;
    /**
     * @template {keyof Happenings} What
     * @param {What} what
     * @param {Parameters<Happenings[What]>} details
     * @returns {Notify | null} to be called once the outcome is stored
     */
    notify<What extends keyof Happenings>(what: What, ...details: Parameters<Happenings[What]>): Notify | null;
}
/**
 * @param {object} parts
 * @param {import("./log.js").Logger} parts.log
 * @param {{ hostname: string }} parts.worker
 * @param {import("../model/types.js").TaskRegistry} parts.tasks
 * @param {import("./event-dispatcher.js").EventDispatcher} parts.events
 * @param {import("./task-metrics.js").TaskMetrics | null} parts.metrics null: metrics are off
 * @param {AbortSignal} parts.closed once the worker has stopped
 * @returns {TaskObservers}
 */
export declare function createTaskObservers({ log, worker, tasks, events, metrics, closed }: {
    log: import("./log.js").Logger;
    worker: {
        hostname: string;
    };
    tasks: import("../model/types.js").TaskRegistry;
    events: import("./event-dispatcher.js").EventDispatcher;
    metrics: import("./task-metrics.js").TaskMetrics | null;
    closed: AbortSignal;
}): TaskObservers;
