export type Request = import("../../execution/request.js").Request;
export type PerPool = import("../pools/slots.js").PerPool;
export type IsFree = (pool: import("../pools/slots.js").PoolName) => boolean;
export declare class Reservation {
    #private;
    /** Called when a message's eta has come, and it is reserved. */
    onDue: () => void;
    /**
     * @param {object} options
     * @param {number} options.window messages that are reserved or running at a time
     * @param {number} options.leaseMs how long a suspect beyond the limit is parked
     * @param {boolean} options.canPark false: everything is held, as the broker cannot keep it
     * @param {import("./rate-limits.js").RateLimits} options.limits
     * @param {(request: Request, dueMs: number) => void} options.onSurplus called with a message beyond the limit, and when
     *   it must be back in its queue
     */
    constructor({ window, leaseMs, canPark, limits, onSurplus }: {
        window: number;
        leaseMs: number;
        canPark: boolean;
        limits: import("./rate-limits.js").RateLimits;
        onSurplus: (request: Request, dueMs: number) => void;
    });
    /**
     * The messages that wait for a slot. Waiting suspects do not count, since they do not keep slots empty. Messages held
     * by a rate limit only count if they may start within a second.
     *
     * @returns {PerPool}
     */
    get sizes(): PerPool;
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
     * @param {IsFree} isFree
     * @returns {Request | undefined} what to start next; no suspect while another one runs
     */
    next(suspectRuns: boolean, isFree: IsFree): Request | undefined;
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
