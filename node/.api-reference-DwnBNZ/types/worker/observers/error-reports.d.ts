export type Happenings = import("./task-observers.js").Happenings;
export type TaskObserver = import("./task-observers.js").TaskObserver;
/**
 * @typedef {import("./task-observers.js").Happenings} Happenings
 * @typedef {import("./task-observers.js").TaskObserver} TaskObserver
 */
/** @implements {TaskObserver} */
export declare class ErrorReports implements TaskObserver {
    /** @type {Happenings["failed"]} not of a task that runs again, nor an expected error (`throws`) */
    failed(request: import("../../execution/request.js").Request, error: Error, kind: "bury" | "leave" | "requeue" | "settle"): import("./task-observers.js").Later;
    /** @type {Happenings["unknown"]} */
    unknown({ queue }: import("../../transport/transport.js").Delivery, { error, taskId, message }: {
        kind: "bury";
        reason: string;
        error: Error;
        taskId: string | null;
        message: import("../../protocol/message.js").TaskMessage | null;
    }): import("./task-observers.js").Later;
}
