export type Request = import("./request.js").Request;
export type Disposition = import("./disposition.js").Disposition;
/**
 * @typedef {import("./request.js").Request} Request
 * @typedef {import("./disposition.js").Disposition} Disposition
 */
export declare class Executor {
    #private;
    /**
     * @param {object} options
     * @param {import("../worker/model/types.js").WorkerApp} options.app
     * @param {string} options.hostname
     * @param {import("../worker/observers/log.js").Logger} options.log
     * @param {import("./result-encoder.js").ResultEncoder} options.resultEncoder
     * @param {import("./follow-ups/callbacks.js").Callbacks} options.callbacks
     * @param {import("./follow-ups/follow-ups.js").FollowUps} options.followUps
     * @param {import("../worker/completion/completer.js").Completer} options.completer
     * @param {import("../worker/pools/threads.js").ThreadPool | null} options.threads
     * @param {import("../worker/pools/zombies.js").Zombies} options.zombies
     * @param {import("../worker/observers/announcements.js").Announcements} options.announcements
     * @param {import("../worker/observers/task-events.js").TaskEvents} options.events
     */
    constructor({ app, hostname, log, resultEncoder, callbacks, followUps, completer, threads, zombies, announcements, events, }: {
        app: import("../worker/model/types.js").WorkerApp;
        hostname: string;
        log: import("../worker/observers/log.js").Logger;
        resultEncoder: import("./result-encoder.js").ResultEncoder;
        callbacks: import("./follow-ups/callbacks.js").Callbacks;
        followUps: import("./follow-ups/follow-ups.js").FollowUps;
        completer: import("../worker/completion/completer.js").Completer;
        threads: import("../worker/pools/threads.js").ThreadPool | null;
        zombies: import("../worker/pools/zombies.js").Zombies;
        announcements: import("../worker/observers/announcements.js").Announcements;
        events: import("../worker/observers/task-events.js").TaskEvents;
    });
    /**
     * Runs a task. One that returns no promise ends here and now: every promise costs a busy worker time.
     *
     * @param {Request} request
     * @returns {Disposition | Promise<Disposition>}
     */
    execute(request: Request): Disposition | Promise<Disposition>;
    /** The disposition of an execution that broke this runtime rather than itself: a failure all the same. @param {Request} request @param {unknown} error @returns {Disposition} */
    broken(request: Request, error: unknown): Disposition;
}
