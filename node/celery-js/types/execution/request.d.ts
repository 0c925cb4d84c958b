export type TaskMessage = import("../protocol/message.js").TaskMessage;
export type Delivery = import("../transport/transport.js").Delivery;
export type RegisteredTask = import("../worker/model/types.js").RegisteredTask;
export declare class Request {
    delivery: import("../transport/transport.js").Delivery;
    message: import("../protocol/message.js").TaskMessage;
    task: import("../worker/model/types.js").RegisteredTask;
    pool: import("../worker/pools/slots.js").PoolName;
    /** When it may start, in ms of the epoch. */
    etaMs: number | null;
    /** When it may no longer start, in ms of the epoch. */
    expiresMs: number | null;
    timeLimits: [number | null, number | null];
    hasTimeLimit: boolean;
    /** Whether the message is acknowledged after the task, not before. */
    acksLate: boolean;
    /** Its run, while it runs. @type {import("./execution.js").Execution | null} */
    execution: import("./execution.js").Execution | null;
    acknowledged: boolean;
    /**
     * @param {Delivery} delivery
     * @param {TaskMessage} message
     * @param {RegisteredTask} task
     * @param {import("../worker/pools/slots.js").PoolName} pool that runs it
     */
    constructor(delivery: Delivery, message: TaskMessage, task: RegisteredTask, pool: import("../worker/pools/slots.js").PoolName);
}
/**
 * `name[id]`, as Celery writes it.
 *
 * @param {string} name
 * @param {string} id
 */
export declare const label: (name: string, id: string) => string;
/**
 * @param {Pick<Request, "task" | "message">} request
 * @returns {string} `name[id]`, as Celery's log has it
 */
export declare const nameOf: ({ task, message }: Pick<Request, "task" | "message">) => string;
