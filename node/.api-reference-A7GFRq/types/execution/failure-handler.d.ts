export type Request = import("./request.js").Request;
export type Execution = import("./execution.js").Execution;
export type Disposition = import("./disposition.js").Disposition;
export declare class FailureHandler {
    #private;
    /**
     * @param {object} parts
     * @param {import("../worker/model/types.js").WorkerApp} parts.app
     * @param {import("../worker/observers/log.js").Logger} parts.log
     * @param {import("./result-encoder.js").ResultEncoder} parts.resultEncoder
     * @param {import("./follow-ups/follow-ups.js").FollowUps} parts.followUps
     * @param {import("./hooks.js").Hooks} parts.hooks
     * @param {import("../worker/observers/announcements.js").Announcements} parts.announcements
     * @param {import("../worker/observers/task-events.js").TaskEvents} parts.events
     */
    constructor({ app, log, resultEncoder, followUps, hooks, announcements, events }: {
        app: import("../worker/model/types.js").WorkerApp;
        log: import("../worker/observers/log.js").Logger;
        resultEncoder: import("./result-encoder.js").ResultEncoder;
        followUps: import("./follow-ups/follow-ups.js").FollowUps;
        hooks: import("./hooks.js").Hooks;
        announcements: import("../worker/observers/announcements.js").Announcements;
        events: import("../worker/observers/task-events.js").TaskEvents;
    });
    /**
     * @param {Request} request
     * @param {Execution} execution that has ended
     * @param {unknown} thrown by the task, or by whoever ended it: a time limit, a stray error
     * @returns {Promise<Disposition>}
     */
    handle(request: Request, execution: Execution, thrown: unknown): Promise<Disposition>;
    /** The disposition of an execution that broke this runtime rather than itself: a failure all the same. @param {Request} request @param {unknown} error @returns {Disposition} */
    broken(request: Request, error: unknown): Disposition;
}
