export declare class Heart {
    #private;
    /**
     * @param {object} options
     * @param {import("./event-dispatcher.js").EventDispatcher} options.events
     * @param {number} options.intervalS
     * @param {() => { active: number, processed: number }} options.counts how many tasks run, and how many have been started
     * @param {import("./log.js").Logger} options.log
     */
    constructor({ events, intervalS, counts, log }: {
        events: import("./event-dispatcher.js").EventDispatcher;
        intervalS: number;
        counts: () => {
            active: number;
            processed: number;
        };
        log: import("./log.js").Logger;
    });
    start(): void;
    /** Sends worker-online again, as Celery does on each new connection: monitors may have given the worker up. */
    again(): void;
    /** Idempotent. */
    stop(): void;
}
