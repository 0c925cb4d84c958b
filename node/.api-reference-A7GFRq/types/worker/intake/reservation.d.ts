export type Request = import("../../execution/request.js").Request;
export type PerPool = import("../pools/slots.js").PerPool;
export type IsFree = (pool: import("../pools/choice.js").PoolName) => boolean;
export declare class Reservation {
    #private;
    /**
     * @param {object} options
     * @param {number} options.window messages that are reserved or running at a time
     * @param {number} options.leaseMs for this long a suspect is parked that is one too many
     * @param {import("./rate-limits.js").RateLimits} options.limits
     * @param {(request: Request) => void} options.onDue called when a message's eta has come, and it is reserved
     * @param {(request: Request, dueMs: number) => void} options.onSurplus called with a message that is one too many, and when
     *   it is to be back in its queue
     */
    constructor({ window, leaseMs, limits, onDue, onSurplus }: {
        window: number;
        leaseMs: number;
        limits: import("./rate-limits.js").RateLimits;
        onDue: (request: Request) => void;
        onSurplus: (request: Request, dueMs: number) => void;
    });
    /**
     * Messages that wait for a slot; suspects that wait for their turn do not keep the slots empty, and those that a rate limit
     * holds do not either.
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
    /** @param {Request} request @param {number} etaMs epoch, near enough to hold the message until then */
    schedule(request: Request, etaMs: number): void;
    /** @param {boolean} suspectRuns @param {IsFree} isFree @returns {Request | undefined} what to start next; no suspect while another one runs */
    next(suspectRuns: boolean, isFree: IsFree): Request | undefined;
    /** @param {(request: Request) => boolean} isKept what it returns false for is forgotten */
    keep(isKept: (request: Request) => boolean): void;
    /** @returns {Request[]} everything, in the order in which it came, suspects first and etas last. Nothing is held afterwards */
    clear(): Request[];
}
