export type Request = import("../../execution/request.js").Request;
export type TaskObserver = import("./task-observers.js").TaskObserver;
export type Happenings = import("./task-observers.js").Happenings;
/** @implements {TaskObserver} */
export declare class TaskLog implements TaskObserver {
    #private;
    /**
     * @param {import("./log.js").Logger} log
     * @param {import("../model/types.js").TaskRegistry} tasks that an unknown name may have meant
     */
    constructor(log: import("./log.js").Logger, tasks: import("../model/types.js").TaskRegistry);
    /** @param {Request} request */
    received(request: Request): void;
    /**
     * @param {Request} request
     * @param {unknown} value
     * @param {number} runtimeMs
     */
    succeeded(request: Request, value: unknown, runtimeMs: number): void;
    /** @type {Happenings["failed"]} */
    failed(request: import("../../execution/request.js").Request, error: Error, kind: "bury" | "leave" | "requeue" | "settle"): import("./task-observers.js").Later;
    /** @type {Happenings["retried"]} */
    retried(request: import("../../execution/request.js").Request, retry: import("../../errors.js").Retry): import("./task-observers.js").Later;
    /** @param {Request} request */
    ignored(request: Request): void;
    /** @type {Happenings["rejected"]} */
    rejected(request: import("../../execution/request.js").Request, reject: import("../../errors.js").Reject | null): import("./task-observers.js").Later;
    /**
     * @param {Request} request
     * @param {string} reason
     */
    revoked(request: Request, reason: string): void;
    /** @type {Happenings["unknown"]} */
    unknown({ queue }: import("../../transport/transport.js").Delivery, { error, taskId, message }: {
        kind: "bury";
        reason: string;
        error: Error;
        taskId: string | null;
        message: import("../../protocol/message.js").TaskMessage | null;
    }): import("./task-observers.js").Later;
}
