export type Request = import("../../execution/request.js").Request;
export type PerPool = import("../pools/slots.js").PerPool;
export declare class Reservation {
    #private;
    /** Called when a message's eta has come, and it is reserved. */
    onDue: () => void;
    /**
     * @param {object} options
     * @param {import("../pools/slots.js").Slots} options.slots in which they are to run
     * @param {number} options.leaseMs how long a suspect beyond the limit is parked
     * @param {() => number} options.nowMs epoch, by the clock of the broker
     * @param {boolean} options.canPark false: everything is held, as the broker cannot keep it
     * @param {import("./rate-limits.js").RateLimits} options.limits
     * @param {(request: Request, dueMs: number) => void} options.onSurplus called with a message beyond the limit, and when
     *   it must be back in its queue
     */
    constructor({ slots, leaseMs, nowMs, canPark, limits, onSurplus }: {
        slots: import("../pools/slots.js").Slots;
        leaseMs: number;
        nowMs: () => number;
        canPark: boolean;
        limits: import("./rate-limits.js").RateLimits;
        onSurplus: (request: Request, dueMs: number) => void;
    });
    /**
     * How many messages to take. A quarter of the window is worth a round trip: the other three keep the slots busy
     * meanwhile. Less than that is only taken when a pool has nothing left to start.
     *
     * Guarantee: a full pool does not stop fetching for the other, up to a window of messages that wait for the full one.
     * More than that are not held, as other workers may have room for them.
     *
     * @param {number} ended messages of tasks that have ended and are still held
     * @returns {number} 0: none now
     */
    room(ended: number): number;
    /** @returns {{ reserved: Request[], scheduled: Request[] }} everything that is held; `scheduled` until its eta */
    get requests(): {
        reserved: Request[];
        scheduled: Request[];
    };
    /** @param {Request} request that may run now */
    reserve(request: Request): void;
    /**
     * @param {Request} request
     * @param {number} etaMs epoch, near enough to hold the message until then
     */
    holdUntil(request: Request, etaMs: number): void;
    /**
     * @param {boolean} suspectRuns
     * @returns {Request | undefined} what to start next; no suspect while another one runs
     */
    next(suspectRuns: boolean): Request | undefined;
    /** @param {(request: Request) => boolean} isKept returns false for what to forget */
    keep(isKept: (request: Request) => boolean): void;
    /**
     * @returns {Request[]} everything, in the order in which it came, suspects first and etas last. Nothing is held after
     *   that
     */
    clear(): Request[];
}
/**
 * Starts tasks while there are any to start, in turns: input and output are served in between, however many tasks there
 * are.
 *
 * Guarantee: after the event loop was blocked, waiting input is read before anything is started. A task that blocked
 * it may have cost others their leases, and they must not be run here as well.
 */
export declare class StartLoop {
    #private;
    /** @param {() => boolean} startOne starts a task, or returns false: there is none to start now */
    constructor(startOne: () => boolean);
    /** Starts what can be started; call it whenever more may be startable than before. */
    run(): void;
}
