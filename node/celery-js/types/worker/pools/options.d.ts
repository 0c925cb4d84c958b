export type PoolName = import("./slots.js").PoolName;
export type PoolOptions = {
    /**
     * for tasks that name none; default `workerPool`
     */
    pool?: PoolName;
    /**
     * tasks that this pool runs at a time; default on the event loop: `workerConcurrency`
     */
    concurrency?: number;
    /**
     * threads; default `concurrency` if `pool` is "threads", else
     * `workerThreadConcurrency`, else one per processor
     */
    threadConcurrency?: number;
    /**
     * threads, between two sizes; "10,3"
     * is Celery's form. `keepalive`: seconds until an idle thread ends, default 30. In a worker without threads, `max` is how many
     * tasks the event loop runs at a time, in place of `concurrency`
     */
    autoscale?: string | {
        max: number;
        min?: number;
        keepalive?: number;
    };
    /**
     * tasks after which a thread is replaced; default `workerMaxTasksPerChild`
     */
    maxTasksPerChild?: number;
    /**
     * KiB; a thread that uses more after a task is replaced; default `workerMaxMemoryPerChild`
     */
    maxMemoryPerChild?: number;
    /**
     * of each thread: Node's own, in MiB
     */
    resourceLimits?: import("node:worker_threads").ResourceLimits;
};
export type CheckedPoolOptions = {
    pool: PoolName;
    /**
     * of the event loop
     */
    concurrency: number;
    /**
     * null: one per processor
     */
    threadConcurrency: number | null;
    autoscale: {
        max: number;
        min: number;
        keepalive: number;
    } | null;
    maxTasksPerChild: number | null;
    maxMemoryPerChild: number | null;
    resourceLimits?: import("node:worker_threads").ResourceLimits;
};
export declare const POOL_OPTIONS: string[];
/**
 * @param {PoolOptions} given
 * @param {import("../../settings.js").Settings} settings
 * @returns {CheckedPoolOptions}
 * @throws {ImproperlyConfigured} naming the option, its value and what it takes
 */
export declare function checkPoolOptions(given: PoolOptions, settings: import("../../settings.js").Settings): CheckedPoolOptions;
