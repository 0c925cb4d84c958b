export type WorkerOptions = import("./options.js").WorkerOptions;
export declare class Worker {
    #private;
    hostname: string;
    log: import("../observers/log.js").Logger;
    /**
     * @param {import("../model/types.js").WorkerApp} app
     * @param {WorkerOptions} options
     * @param {{ threadEntry: URL }} above the module that a thread of the pool runs
     * @throws `ImproperlyConfigured` when an option cannot be used, or a task cannot run in its pool
     */
    constructor(app: import("../model/types.js").WorkerApp, options: WorkerOptions, { threadEntry }: {
        threadEntry: URL;
    });
    /**
     * For remote control.
     *
     * @param {Worker} worker
     * @returns {import("./assembly.js").Assembly} what it is made of
     */
    static partsOf(worker: Worker): import("./assembly.js").Assembly;
    /**
     * Connects, as long as that takes, and starts to consume.
     *
     * @returns {Promise<void>} once consuming
     * @throws `ImproperlyConfigured` when the server cannot be trusted with messages, see `checkServer`
     * @throws `OperationalError` when it is stopped before that
     */
    start(): Promise<void>;
    /**
     * Stops warm: stops taking, puts back what has not started, waits for running tasks (`workerSoftShutdownTimeout`, in
     * seconds), and puts back those that still run. Idempotent.
     *
     * @param {{ cold?: boolean }} [options] `cold`: does not wait, even if a warm stop is under way
     * @returns {Promise<void>}
     */
    stop(options?: {
        cold?: boolean;
    }): Promise<void>;
    /**
     * Starts, and runs until a signal stops it (`process-signals.js`: SIGTERM and the first SIGINT warm, SIGQUIT and the next ones
     * cold), then ends the process: with 0, or with 1 after an uncaught exception, when it could not start, when as many tasks
     * as it has slots were given up and still run, or at once when a signal asks for it a third time; with 73 when the process
     * in its pid file lives.
     *
     * @returns {Promise<never>}
     */
    run(): Promise<never>;
    /**
     * Changes the rate limit of a task in this worker, also for waiting messages (Celery's control command `rate_limit`).
     *
     * @param {string} name of the task
     * @param {import("../intake/token-bucket.js").Rate} rate tasks a second, or "10/s", "10/m", "10/h"; null or 0: no limit
     * @throws `NotRegistered` when there is no such task here
     * @throws `TypeError` when it is not a rate
     */
    setRateLimit(name: string, rate: import("../intake/token-bucket.js").Rate): void;
}
