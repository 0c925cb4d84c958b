export type TaskMessage = import("../protocol/message.js").TaskMessage;
export type Delivery = import("../transport/transport.js").Delivery;
export type RegisteredTask = import("../worker/model/types.js").RegisteredTask;
export type TaskRegistry = import("../worker/model/types.js").TaskRegistry;
export type PoolName = import("../worker/pools/slots.js").PoolName;
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
    /** Its index in the dispatcher's list of running requests. */
    runningIndex: number;
    /** Cached fields of its log lines (`taskFields`). @type {Record<string, string | undefined> | null} */
    logFields: Record<string, string | undefined> | null;
    /**
     * @param {Delivery} delivery
     * @param {TaskMessage} message
     * @param {RegisteredTask} task
     * @param {PoolName} pool that runs it
     */
    constructor(delivery: Delivery, message: TaskMessage, task: RegisteredTask, pool: PoolName);
}
/**
 * @param {Pick<Request, "task" | "message">} request
 * @returns {string} `name[id]`, as Celery's log has it
 */
export declare const nameOf: ({ task, message }: Pick<Request, "task" | "message">) => string;
/**
 * The fields of a log line about a task, in JSON. They have the same names in a Python worker (celery_reliable/logs.py), so
 * that one `root_id` finds a workflow over both languages.
 *
 * @param {Pick<Request, "message" | "task" | "delivery" | "execution">} request
 * @returns {Record<string, string | undefined>}
 */
export declare const taskFields: ({ message, task, delivery, execution }: Pick<Request, "message" | "task" | "delivery" | "execution">) => Record<string, string | undefined>;
/**
 * @param {TaskMessage} message
 * @returns {Record<string, string | undefined>}
 */
export declare const messageFields: ({ id, name, rootId, parentId, rawHeaders }: TaskMessage) => Record<string, string | undefined>;
/**
 * @param {RegisteredTask} task
 * @param {PoolName} ofWorker
 * @returns {PoolName}
 */
export declare function poolOf(task: RegisteredTask, ofWorker: PoolName): PoolName;
/**
 * @param {RegisteredTask} task
 * @param {TaskMessage} message
 * @param {TaskRegistry} tasks
 * @param {PoolName} ofWorker
 * @returns {PoolName}
 */
export declare function poolOfMessage(task: RegisteredTask, { args, kwargs }: TaskMessage, tasks: TaskRegistry, ofWorker: PoolName): PoolName;
/**
 * @param {Readonly<Record<string, unknown>>} headers
 * @returns {string | undefined} the id of the trace that a message belongs to
 */
export declare function traceIdIn({ traceparent }: Readonly<Record<string, unknown>>): string | undefined;
