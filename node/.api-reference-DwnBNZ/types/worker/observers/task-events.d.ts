export type Request = import("../../execution/request.js").Request;
export type Happenings = import("./task-observers.js").Happenings;
export type TaskObserver = import("./task-observers.js").TaskObserver;
export type Notify = import("./task-observers.js").Notify;
export type TaskEvent = readonly [type: string, fields: Record<string, unknown>];
/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("./task-observers.js").Happenings} Happenings
 * @typedef {import("./task-observers.js").TaskObserver} TaskObserver
 * @typedef {import("./task-observers.js").Notify} Notify
 * @typedef {readonly [type: string, fields: Record<string, unknown>]} TaskEvent
 */
/** @implements {TaskObserver} */
export declare class TaskEvents implements TaskObserver {
    #private;
    /** @param {import("./event-dispatcher.js").EventDispatcher} events */
    constructor(events: import("./event-dispatcher.js").EventDispatcher);
    /**
     * @param {Request} request
     * @param {boolean} isToRun
     */
    received(request: Request, isToRun: boolean): void;
    /** @param {Request} request */
    started(request: Request): void;
    /** @type {Happenings["succeeded"]} */
    succeeded(request: import("../../execution/request.js").Request, value: unknown, runtimeMs: number): import("./task-observers.js").Later;
    /** @type {Happenings["failed"]} */
    failed(request: import("../../execution/request.js").Request, error: Error, kind: "bury" | "leave" | "requeue" | "settle"): import("./task-observers.js").Later;
    /** @type {Happenings["retried"]} */
    retried(request: import("../../execution/request.js").Request, retry: import("../../errors.js").Retry): import("./task-observers.js").Later;
    /** @type {Happenings["rejected"]} */
    rejected(request: import("../../execution/request.js").Request, reject: import("../../errors.js").Reject | null): import("./task-observers.js").Later;
    /** @type {Happenings["revoked"]} */
    revoked(request: import("../../execution/request.js").Request, reason: string, signal: string | null): import("./task-observers.js").Later;
    /** As Celery's consumer, which has no traceback of a task that it does not know. @type {Happenings["unknown"]} */
    unknown(_delivery: import("../../transport/transport.js").Delivery, { error, message }: {
        kind: "bury";
        reason: string;
        error: Error;
        taskId: string | null;
        message: import("../../protocol/message.js").TaskMessage | null;
    }): import("./task-observers.js").Later;
}
