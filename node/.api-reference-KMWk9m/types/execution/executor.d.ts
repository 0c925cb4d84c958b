export type Request = import("./request.js").Request;
export type Disposition = import("./disposition.js").Disposition;
export type WorkerServices = import("./execution.js").Services & {
    observers: TaskObservers;
};
export type TaskObservers = import("../worker/observers/task-observers.js").TaskObservers;
export type ExecutorParts = {
    services: WorkerServices;
    callbacks: import("./follow-ups/callbacks.js").Callbacks;
    followUps: import("./follow-ups/follow-ups.js").FollowUps;
    /**
     * null when no task runs in a thread
     */
    threads: import("../worker/pools/threads.js").ThreadPool | null;
    zombies: import("../worker/pools/zombies.js").Zombies;
};
/**
 * @typedef {import("./request.js").Request} Request
 * @typedef {import("./disposition.js").Disposition} Disposition
 *
 * @typedef {import("./execution.js").Services & { observers: TaskObservers }} WorkerServices
 * @typedef {import("../worker/observers/task-observers.js").TaskObservers} TaskObservers
 *
 * @typedef {object} ExecutorParts
 * @property {WorkerServices} services
 * @property {import("./follow-ups/callbacks.js").Callbacks} callbacks
 * @property {import("./follow-ups/follow-ups.js").FollowUps} followUps
 * @property {import("../worker/pools/threads.js").ThreadPool | null} threads null when no task runs in a thread
 * @property {import("../worker/pools/zombies.js").Zombies} zombies
 */
export declare class Executor {
    #private;
    /** @param {ExecutorParts} parts */
    constructor(parts: ExecutorParts);
    /**
     * @param {Request} request
     * @returns {Disposition | Promise<Disposition>}
     */
    execute(request: Request): Disposition | Promise<Disposition>;
    /**
     * Returns the disposition when this runtime broke, not the task. That counts as a failure too.
     *
     * @param {Request} request
     * @param {unknown} error
     * @returns {Disposition}
     */
    failBroken(request: Request, error: unknown): Disposition;
}
