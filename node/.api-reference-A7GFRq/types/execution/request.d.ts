/** One message on its way through the worker (celery.worker.request.Request), and what its task sees of it. */
/**
 * @typedef {import("../protocol/message.js").TaskMessage} TaskMessage
 * @typedef {import("../transport/redis/consumer.js").Delivery} Delivery
 * @typedef {import("../worker/model/types.js").RegisteredTask} RegisteredTask
 *
 * @typedef {object} Request
 * @property {Delivery} delivery
 * @property {TaskMessage} message
 * @property {RegisteredTask} task
 * @property {import("../worker/pools/choice.js").PoolName} pool that runs it
 * @property {import("./execution.js").Execution | null} execution once it runs
 * @property {number | null} etaMs
 * @property {number | null} expiresMs
 * @property {[number | null, number | null]} timeLimits see `timeLimitsOf`
 * @property {boolean} acksLate whether the message is acknowledged after the task, not before
 * @property {boolean} acknowledged
 */
export type TaskMessage = import("../protocol/message.js").TaskMessage;
export type Delivery = import("../transport/redis/consumer.js").Delivery;
export type RegisteredTask = import("../worker/model/types.js").RegisteredTask;
export type Request = {
    delivery: Delivery;
    message: TaskMessage;
    task: RegisteredTask;
    /**
     * that runs it
     */
    pool: import("../worker/pools/choice.js").PoolName;
    /**
     * once it runs
     */
    execution: import("./execution.js").Execution | null;
    etaMs: number | null;
    expiresMs: number | null;
    /**
     * see `timeLimitsOf`
     */
    timeLimits: [number | null, number | null];
    /**
     * whether the message is acknowledged after the task, not before
     */
    acksLate: boolean;
    acknowledged: boolean;
};
/** `name[id]`, as Celery writes it. @param {string} name @param {string} id */
export declare const label: (name: string, id: string) => string;
/** @param {Pick<Request, "task" | "message">} request @returns {string} `name[id]`, as Celery's log has it */
export declare const nameOf: ({ task, message }: Pick<Request, "task" | "message">) => string;
/**
 * The message's limits, else the task's, else the app's. As in Celery a message's 0 is none of its own, and a task's 0 is no
 * limit, whatever the app says.
 *
 * @param {TaskMessage} message
 * @param {import("../worker/model/types.js").TaskOptions} options the task's
 * @param {import("../settings.js").Settings} settings the app's
 * @returns {[number | null, number | null]} hard and soft, in seconds
 */
export declare function timeLimitsOf({ timelimit: [hard, soft] }: TaskMessage, options: import("../worker/model/types.js").TaskOptions, settings: import("../settings.js").Settings): [number | null, number | null];
export type Child = {
    asTuple: () => unknown;
};
/** @typedef {{ asTuple: () => unknown }} Child a result of a task that this one sent */
/**
 * What a task reads as `self.request`: Celery's Context (celery.app.task.Context), in camelCase. What travels inside
 * `headers`, `properties`, `deliveryInfo` and `stamps` stays as it was on the wire; only `properties.delivery_tag` is, as in
 * Celery, the tag of this delivery.
 */
export declare class Context {
    id: string;
    task: string;
    args: unknown[];
    kwargs: Record<string, unknown>;
    retries: number;
    eta: string | null;
    expires: string | null;
    rootId: string;
    parentId: string | null;
    group: string | null;
    groupIndex: number | null;
    callbacks: unknown[] | null;
    errbacks: unknown[] | null;
    chain: unknown[] | null;
    chord: unknown;
    shadow: string | null;
    origin: string | null;
    replyTo: string | null;
    correlationId: string | null;
    headers: Record<string, unknown> | null;
    properties: Record<string, unknown>;
    deliveryInfo: import("../protocol/decode-task.js").DeliveryInfo;
    hostname: string;
    ignoreResult: boolean | null;
    timeLimit: number | null;
    softTimeLimit: number | null;
    stampedHeaders: string[] | null;
    stamps: Record<string, unknown>;
    replacedTaskNesting: number;
    children: Child[];
    calledDirectly: boolean;
    isEager: boolean;
    /**
     * @param {Pick<Request, "message" | "timeLimits"> & { delivery?: Delivery }} request an eager task has no delivery
     * @param {{ hostname: string, children: Child[] }} execution
     */
    constructor({ message, timeLimits, delivery }: Pick<Request, "message" | "timeLimits"> & {
        delivery?: Delivery;
    }, { hostname, children }: {
        hostname: string;
        children: Child[];
    });
}
