export type Request = import("../../execution/request.js").Request;
export type Delivery = import("../../transport/redis/consumer.js").Delivery;
export type Disposition = import("../../execution/disposition.js").Disposition;
export type Decision = import("./admission.js").Decision;
export declare class Dispatcher {
    #private;
    /**
     * @param {object} options
     * @param {import("../pools/slots.js").Slots} options.slots
     * @param {number} options.leaseMs
     * @param {object} options.parts
     * @param {import("./admission.js").Admission} options.parts.admission
     * @param {import("../../execution/executor.js").Executor} options.parts.executor
     * @param {import("../completion/completer.js").Completer} options.parts.completer
     * @param {import("./rate-limits.js").RateLimits} options.parts.rateLimits
     * @param {import("../../transport/redis/keeper.js").Keeper} options.parts.keeper
     * @param {import("../observers/announcements.js").Announcements} options.parts.announcements
     * @param {import("../model/revocations.js").Revocations} options.parts.revocations
     * @param {import("../observers/log.js").Logger} options.parts.log
     */
    constructor({ slots, leaseMs, parts }: {
        slots: import("../pools/slots.js").Slots;
        leaseMs: number;
        parts: {
            admission: import("./admission.js").Admission;
            executor: import("../../execution/executor.js").Executor;
            completer: import("../completion/completer.js").Completer;
            rateLimits: import("./rate-limits.js").RateLimits;
            keeper: import("../../transport/redis/keeper.js").Keeper;
            announcements: import("../observers/announcements.js").Announcements;
            revocations: import("../model/revocations.js").Revocations;
            log: import("../observers/log.js").Logger;
        };
    });
    /** @returns {number} how many messages to take; 0: not now */
    get room(): number;
    /** @returns {boolean} whether nothing runs and nothing is on its way out */
    get isIdle(): boolean;
    /** @returns {number} how many tasks run */
    get running(): number;
    /** @returns {{ active: Request[], reserved: Request[], scheduled: Request[] }} what this worker has, for remote control */
    get requests(): {
        active: Request[];
        reserved: Request[];
        scheduled: Request[];
    };
    /** @returns {Record<string, number>} how many tasks of each name have been started */
    get totals(): Record<string, number>;
    /** @returns {number} how many tasks have been started */
    get processed(): number;
    /** @returns {string[]} what is running, as `name[id]` */
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
    /** Starts what may have become free to start. */
    startMore(): void;
    /** @returns {Promise<void>} the next time that room or idleness may have changed */
    change(): Promise<void>;
    /** Ends every wait for a change. */
    wake(): void;
    /** @param {Delivery[]} deliveries just taken */
    receive(deliveries: Delivery[]): void;
    /**
     * Forgets messages whose lease is lost and that have not started: somebody else has them.
     *
     * @param {number[]} numbers of deliveries
     */
    drop(numbers: number[]): void;
    /**
     * Stops starting tasks, and puts everything that has not started back where it came from, to be taken next.
     *
     * @returns {Promise<number>} how many went back
     */
    putBackWaiting(): Promise<number>;
    /** Puts back what is still running: its process is about to end. @returns {Promise<string[]>} what it was */
    putBackRunning(): Promise<string[]>;
}
