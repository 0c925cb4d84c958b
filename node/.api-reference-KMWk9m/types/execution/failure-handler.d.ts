/**
 * Handles a task that did not return: it is retried, rejected, ignored or revoked, or it has failed
 * (celery.app.trace.TraceInfo). Waiting clients and follow-ups learn of that before its message is released.
 */
export type Request = import("./request.js").Request;
export type Execution = import("./execution.js").Execution;
export type Disposition = import("./disposition.js").Disposition;
export declare class FailureHandler {
    #private;
    /**
     * @param {object} parts
     * @param {import("./executor.js").WorkerServices} parts.services
     * @param {import("./follow-ups/follow-ups.js").FollowUps} parts.followUps
     * @param {import("./hooks.js").Hooks} parts.hooks
     */
    constructor({ services, followUps, hooks }: {
        services: import("./executor.js").WorkerServices;
        followUps: import("./follow-ups/follow-ups.js").FollowUps;
        hooks: import("./hooks.js").Hooks;
    });
    /**
     * @param {Execution} execution that has ended
     * @param {unknown} thrown by the task, or by the time limit or stray error that ended it
     * @returns {Promise<Disposition>}
     */
    handle(execution: Execution, thrown: unknown): Promise<Disposition>;
    /**
     * Returns the disposition when this runtime broke, not the task. That counts as a failure too.
     *
     * @param {Request} request
     * @param {unknown} thrown
     * @returns {Disposition}
     */
    failBroken(request: Request, thrown: unknown): Disposition;
}
