export type PoolName = "async" | "threads";
export type PerPool = Record<PoolName, number>;
/**
 * @typedef {"async" | "threads"} PoolName async: many at a time on the event loop; threads: each in a thread of its own
 * @typedef {Record<PoolName, number>} PerPool
 */
/** @type {readonly PoolName[]} */
export declare const POOLS: readonly PoolName[];
/** Its fields are read for every message, and change when a pool is resized. */
export declare class Slots {
    #private;
    used: PoolName[];
    concurrency: {
        async: number;
        threads: number;
    };
    /** Tasks that each pool runs now. @type {PerPool} */
    running: PerPool;
    /** Messages that are reserved or running, in each pool. @type {PerPool} */
    windows: PerPool;
    /** Messages that are reserved or running, in all used pools. */
    window: number;
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
     * @param {number} size tasks at a time from now on; those that run are left to end
     */
    resize(pool: PoolName, size: number): void;
}
/**
 * @param {import("../model/types.js").TaskRegistry} tasks
 * @param {PoolName} ofWorker
 * @returns {string[]} the names of those that run in threads
 */
export declare function tasksInThreads(tasks: import("../model/types.js").TaskRegistry, ofWorker: PoolName): string[];
