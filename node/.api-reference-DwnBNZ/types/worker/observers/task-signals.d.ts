import { signals } from "../../signals.js";
export type Request = import("../../execution/request.js").Request;
export type Happenings = import("./task-observers.js").Happenings;
export type TaskObserver = import("./task-observers.js").TaskObserver;
/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("./task-observers.js").Happenings} Happenings
 * @typedef {import("./task-observers.js").TaskObserver} TaskObserver
 */
/** @implements {TaskObserver} */
export declare class TaskSignals implements TaskObserver {
    #private;
    /**
     * @param {object} parts
     * @param {{ hostname: string }} parts.worker the sender of these signals, as Celery's consumer is
     * @param {import("../model/types.js").TaskRegistry} parts.tasks
     * @param {import("./log.js").Logger} parts.log
     */
    constructor({ worker, tasks, log }: {
        worker: {
            hostname: string;
        };
        tasks: import("../model/types.js").TaskRegistry;
        log: import("./log.js").Logger;
    });
    /**
     * @param {Request} request
     * @param {boolean} isToRun
     */
    received(request: Request, isToRun: boolean): void;
    /** @type {Happenings["revoked"]} */
    revoked(request: import("../../execution/request.js").Request, reason: string): import("./task-observers.js").Later;
    /** @type {Happenings["unknown"]} */
    unknown(delivery: import("../../transport/transport.js").Delivery, { error: exc, taskId: id, message: task }: {
        kind: "bury";
        reason: string;
        error: Error;
        taskId: string | null;
        message: import("../../protocol/message.js").TaskMessage | null;
    }): import("./task-observers.js").Later;
}
/**
 * Calls the receivers of one of a worker's signals; their errors are logged.
 *
 * @param {import("./log.js").Logger} log
 * @param {keyof typeof signals} name
 * @param {unknown} sender
 * @param {Record<string, unknown>} payload
 * @returns {Promise<void> | undefined}
 */
export declare function sendSignal(log: import("./log.js").Logger, name: keyof typeof signals, sender: unknown, payload: Record<string, unknown>): Promise<void> | undefined;
