/**
 * Decides which pool runs a task, and how many messages to take: how many tasks each pool runs, may run, and may have
 * waiting.
 *
 * Guarantee: a full pool does not stop fetching for the other, up to a window of messages that wait for the full one.
 * More than that are not held, as other workers may have room for them.
 */
export type PoolName = "async" | "threads";
export type PerPool = Record<PoolName, number>;
export type RegisteredTask = import("../model/types.js").RegisteredTask;
export type TaskRegistry = import("../model/types.js").TaskRegistry;
/** @type {readonly PoolName[]} */
export declare const POOLS: readonly PoolName[];
export declare class Slots {
    #private;
    /** @type {PerPool} */
    running: PerPool;
    /**
     * @param {PerPool} concurrency tasks that each pool runs at a time
     * @param {number} multiplier messages that are reserved or running, as a multiple of that; 0 = all there is
     * @param {Record<PoolName, boolean>} isUsed whether the worker's tasks run there; Celery's own, which the event loop runs, are
     *   no reason to take more
     */
    constructor(concurrency: PerPool, multiplier: number, isUsed: Record<PoolName, boolean>);
    /** @returns {number} tasks that all pools run at a time */
    get total(): number;
    /** @returns {Partial<PerPool>} tasks at a time, of the pools that the worker's tasks run in */
    get sizes(): Partial<PerPool>;
    /**
     * @param {PoolName} pool
     * @returns {number} tasks that it runs at a time
     */
    sizeOf(pool: PoolName): number;
    /**
     * @param {PoolName} pool
     * @param {number} size tasks at a time from now on; those that run are left to end
     */
    resize(pool: PoolName, size: number): void;
    /** @returns {number} messages that are reserved or running */
    get window(): number;
    /**
     * @param {PoolName} pool
     * @returns {boolean} whether it could run one more
     */
    isFree(pool: PoolName): boolean;
    /**
     * How many messages to take. A quarter of the window is worth a round trip: the other three keep the slots busy
     * meanwhile. Less than that is only taken when a pool has nothing left to start.
     *
     * @param {PerPool} reserved messages that wait for a slot
     * @param {number} [ended] messages of tasks that have ended and are still held
     * @returns {number} 0: not now
     */
    room(reserved: PerPool, ended?: number): number;
}
/**
 * @param {RegisteredTask} task
 * @param {PoolName} ofWorker
 * @returns {PoolName}
 */
export declare function poolOf(task: RegisteredTask, ofWorker: PoolName): PoolName;
/**
 * @param {RegisteredTask} task
 * @param {import("../../protocol/message.js").TaskMessage} message
 * @param {TaskRegistry} tasks
 * @param {PoolName} ofWorker
 * @returns {PoolName}
 */
export declare function poolOfMessage(task: RegisteredTask, { args, kwargs }: import("../../protocol/message.js").TaskMessage, tasks: TaskRegistry, ofWorker: PoolName): PoolName;
/**
 * @param {TaskRegistry} tasks
 * @param {PoolName} ofWorker
 * @returns {string[]} the names of those that run in threads
 */
export declare function tasksInThreads(tasks: TaskRegistry, ofWorker: PoolName): string[];
