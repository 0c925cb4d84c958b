import { signals } from "../../signals.js";
export type Request = import("../../execution/request.js").Request;
export type Delivery = import("../../transport/redis/consumer.js").Delivery;
export type Burial = Extract<import("../intake/admission.js").Decision, {
    kind: "bury";
}>;
export type SignalName = keyof typeof signals;
/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("../../transport/redis/consumer.js").Delivery} Delivery
 * @typedef {Extract<import("../intake/admission.js").Decision, { kind: "bury" }>} Burial
 * @typedef {keyof typeof signals} SignalName
 */
export declare class Announcements {
    #private;
    /**
     * @param {object} parts
     * @param {object} parts.worker sender of what is told of messages, as Celery's consumer is
     * @param {string} parts.hostname
     * @param {import("../model/types.js").TaskRegistry} parts.tasks
     * @param {import("./task-events.js").TaskEvents} parts.events
     * @param {import("./log.js").Logger} parts.log
     */
    constructor({ worker, hostname, tasks, events, log }: {
        worker: object;
        hostname: string;
        tasks: import("../model/types.js").TaskRegistry;
        events: import("./task-events.js").TaskEvents;
        log: import("./log.js").Logger;
    });
    /** @param {Request} request that will be run */
    received(request: Request): void;
    /** @param {Request} request @param {string} reason "expired", "terminated" or another @param {string | null} [signal] that ended it */
    revoked(request: Request, reason: string, signal?: string | null): void;
    /** @param {Delivery} delivery @param {Burial} burial of a message that will not be run */
    unrunnable(delivery: Delivery, { error: exc, taskId: id, message: task }: Burial): void;
    /**
     * @param {SignalName} name
     * @param {unknown} sender
     * @param {Record<string, unknown>} payload
     * @returns {Promise<void> | undefined}
     */
    send(name: SignalName, sender: unknown, payload: Record<string, unknown>): Promise<void> | undefined;
}
