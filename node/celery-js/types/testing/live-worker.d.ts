/** A running worker. */
export declare class LiveWorker {
    #private;
    /** The server that it works for. */
    url: string;
    /**
     * @param {import("node:child_process").ChildProcess} child
     * @param {string} folder with its log
     * @param {string} url
     */
    constructor(child: import("node:child_process").ChildProcess, folder: string, url: string);
    /** @returns {number} its process id */
    get pid(): number;
    /** @returns {string} all that it has printed */
    get log(): string;
    /**
     * Stops it as a deployment does, with SIGTERM: it may finish its tasks.
     *
     * @returns {Promise<void>}
     */
    stop(): Promise<void>;
    /**
     * Kills it and the processes that it has started.
     *
     * @returns {Promise<void>}
     */
    kill(): Promise<void>;
}
/**
 * Starts a worker. It finds its server as `CELERY_BROKER_URL`, `CELERY_RESULT_BACKEND`, `JOBS_BROKER_URL` and
 * `JOBS_RESULT_BACKEND`.
 *
 * @param {readonly string[]} command `["node", "js_workers/worker.js"]`, `["celery", "-A", "shop", "worker"]`
 * @param {string} url of its server
 * @param {object} [options]
 * @param {string | URL} [options.cwd] the folder to start it in
 * @param {Record<string, string>} [options.env] more variables, over those of this process
 * @returns {Promise<LiveWorker>} once it is ready
 * @throws {Error} when it ends, or is not ready within a minute; the message has its output
 */
export declare function liveWorker([program, ...args]: readonly string[], url: string, { cwd, env }?: {
    cwd?: string | URL;
    env?: Record<string, string>;
}): Promise<LiveWorker>;
