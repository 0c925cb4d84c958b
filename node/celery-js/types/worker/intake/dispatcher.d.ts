/**
 * Runs reserved messages when slots are free. A message of this worker is in exactly one place: reserved or waiting for
 * its eta (reservation.js), running (here), or leaving (completer.js).
 */
export type Request = import("../../execution/request.js").Request;
export type Disposition = import("../../execution/disposition.js").Disposition;
export declare class Dispatcher {
    #private;
    /**
     * @param {object} options
     * @param {import("../pools/slots.js").Slots} options.slots
     * @param {import("./reservation.js").Reservation} options.reservation
     * @param {object} options.parts
     * @param {import("../../execution/executor.js").Executor} options.parts.executor
     * @param {import("../completion/completer.js").Completer} options.parts.completer
     * @param {import("../completion/settle-batcher.js").SettleBatcher} options.parts.settleBatcher
     * @param {import("./rate-limits.js").RateLimits} options.parts.rateLimits
     * @param {import("../../transport/transport.js").Consumer} options.parts.taskConsumer
     * @param {import("../model/revocations.js").Revocations} options.parts.revocations
     * @param {import("../observers/log.js").Logger} options.parts.log
     */
    constructor({ slots, reservation, parts }: {
        slots: import("../pools/slots.js").Slots;
        reservation: import("./reservation.js").Reservation;
        parts: {
            executor: import("../../execution/executor.js").Executor;
            completer: import("../completion/completer.js").Completer;
            settleBatcher: import("../completion/settle-batcher.js").SettleBatcher;
            rateLimits: import("./rate-limits.js").RateLimits;
            taskConsumer: import("../../transport/transport.js").Consumer;
            revocations: import("../model/revocations.js").Revocations;
            log: import("../observers/log.js").Logger;
        };
    });
    /** @returns {number} how many messages to take; 0: not now */
    get room(): number;
    /** @returns {number} how many messages may be reserved or running */
    get window(): number;
    /** @returns {boolean} whether nothing runs and no message is leaving */
    get isIdle(): boolean;
    /** @returns {number} how many tasks run */
    get running(): number;
    /** @returns {{ active: Request[], reserved: Request[], scheduled: Request[] }} its messages, for remote control */
    get requests(): {
        active: Request[];
        reserved: Request[];
        scheduled: Request[];
    };
    /** @returns {Record<string, number>} how many tasks of each name have been started */
    get totals(): Record<string, number>;
    /** @returns {number} how many tasks have been started */
    get processed(): number;
    /** @returns {string[]} the running tasks, as `name[id]` */
    get active(): string[];
    /**
     * Ends a running task, wherever it is (Celery's `revoke` with `terminate`): it is stored as revoked. In a thread it is
     * stopped; on the event loop it runs on, and what it does later is ignored.
     *
     * @param {string} taskId
     * @param {string} [signal] as the error names it
     * @returns {boolean} whether such a task was running
     */
    terminate(taskId: string, signal?: string): boolean;
    /** Starts tasks that may have become free to start. */
    startMore: () => void;
    /** @returns {Promise<void>} the next time that room or idleness may have changed */
    change(): Promise<void>;
    /** Resolves every wait for a change. */
    wake: () => void;
    /**
     * Forgets messages that have lost their lease and have not started: another worker has them.
     *
     * @param {string[]} tags of deliveries
     */
    drop: (/** @type {string[]} */ tags: string[]) => void;
    /**
     * @param {string[]} tags of deliveries
     * @returns {string[]} the running tasks among them, as `name[id]`
     */
    runningOf(tags: string[]): string[];
    /**
     * Stops starting tasks, and puts every message that has not started back into its queue, to be taken next.
     *
     * @returns {Promise<number>} how many went back
     */
    putBackWaiting(): Promise<number>;
    /** Puts back running tasks when the process is about to end. @returns {Promise<string[]>} their names */
    putBackRunning(): Promise<string[]>;
}
