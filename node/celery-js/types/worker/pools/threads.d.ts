export type Execution = import("../../execution/execution.js").Execution;
export type Done = import("./thread.js").Done;
export type ThreadPoolOptions = {
    /**
     * the module that a thread runs
     */
    entry: URL;
    /**
     * passed to it
     */
    data: Record<string, unknown>;
    /**
     * threads that are always there
     */
    min: number;
    /**
     * threads at a time
     */
    max: number;
    /**
     * tasks after which a thread is replaced
     */
    maxTasksPerChild: number | null;
    /**
     * KiB of heap and external memory; a thread that has more after a task is replaced
     */
    maxMemoryPerChild: number | null;
    /**
     * Node's, for each thread
     */
    resourceLimits?: import("node:worker_threads").ResourceLimits;
    /**
     * how long a surplus thread stays idle before it is ended
     */
    keepaliveMs: number;
    serve: import("./thread-services.js").Serve;
    log: import("../observers/log.js").Logger;
};
export declare class ThreadPool {
    #private;
    /** @param {ThreadPoolOptions} options */
    constructor(options: ThreadPoolOptions);
    /** @returns {number} threads that run, or will in a moment */
    get size(): number;
    /**
     * Starts the threads that are always there.
     *
     * @returns {Promise<void>} once one of them has imported its task modules
     * @throws {Error} when it cannot
     */
    start(): Promise<void>;
    /**
     * Runs a task in a separate thread. There may be no more than `max` at a time.
     *
     * @param {Execution} execution
     * @returns {Promise<unknown>} see `Thread.run`
     */
    run(execution: Execution): Promise<unknown>;
    /** @returns {{ min: number, max: number }} how many threads there may be */
    get sizes(): {
        min: number;
        max: number;
    };
    /**
     * Changes how many threads there are. Surplus threads end when they have nothing to do.
     *
     * @param {{ min: number, max: number }} sizes
     */
    resize({ min, max }: {
        min: number;
        max: number;
    }): void;
    /** Replaces all threads by new ones, which import the task modules again; a busy thread once its task has ended. */
    restart(): void;
    /** Ends all threads, even busy ones. @returns {Promise<void>} */
    close(): Promise<void>;
}
