/**
 * Runs a worker with the options of the command line (Celery's `app.worker_main`), and ends the process as `worker.run()`
 * does. A wrong command line ends it with one line and exit code 2, `--help` with 0.
 *
 * @param {import("../../app/celery.js").Celery} app with its tasks
 * @param {import("../../worker/lifecycle/options.js").WorkerOptions} [defaults] for what the command line does not give
 * @param {string[]} [argv] the words of the command line, without the program's
 * @returns {Promise<never>}
 * @throws {ImproperlyConfigured} when an option cannot be used, or a task cannot run in its pool
 */
export declare function workerMain(app: import("../../app/celery.js").Celery, defaults?: import("../../worker/lifecycle/options.js").WorkerOptions, argv?: string[]): Promise<never>;
