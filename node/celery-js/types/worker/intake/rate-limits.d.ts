import { TokenBucket } from "./token-bucket.js";
export type Request = import("../../execution/request.js").Request;
export type Rate = import("./token-bucket.js").Rate;
export type Limited = {
    bucket: TokenBucket | null;
    waiting: Request[];
    parkedUntilMs: number;
};
export declare class RateLimits {
    #private;
    /** Called when a waiting message may start. */
    onDue: () => void;
    /** Whether a task may have a limit that its own options do not name. */
    isUsed: boolean;
    /**
     * @param {object} options
     * @param {Rate} options.defaultRate of tasks that name none
     * @param {boolean} options.isDisabled no task is limited
     * @param {() => number} [options.nowMs] epoch, by the clock of the broker
     */
    constructor({ defaultRate, isDisabled, nowMs }: {
        defaultRate: Rate;
        isDisabled: boolean;
        nowMs?: () => number;
    });
    /**
     * @param {Request} request
     * @returns {boolean} whether it has to be held here: its task has a limit
     */
    applyTo({ task }: Request): boolean;
    /**
     * Changes a task's limit, also for waiting messages (Celery's remote control command `rate_limit`).
     *
     * @param {string} name of the task
     * @param {Rate} rate null, 0: none
     */
    set(name: string, rate: Rate): void;
    /**
     * @param {Request["task"]} task
     * @returns {Rate} the current limit, as it was given
     */
    rateOf({ name, options }: Request["task"]): Rate;
    /**
     * @param {Request} request
     * @returns {number} ms until it would start, after those already waiting; Infinity = never
     */
    delayOf({ task }: Request): number;
    /**
     * Returns when a message that is not held comes back: one lease before its turn, after those that were parked before
     * it.
     *
     * @param {Request} request
     * @param {number} leaseMs
     * @returns {number} epoch, by the clock of the broker
     */
    parkedUntil(request: Request, leaseMs: number): number;
    /** @param {Request} request that `applyTo` says has to be held */
    hold(request: Request): void;
    /** @returns {number} how many wait */
    get size(): number;
    /** @returns {Request[]} those that wait */
    get requests(): Request[];
    /**
     * @param {(request: Request, count: number) => void} count called with one of the messages that may start within a
     *   second, and their number
     */
    countNear(count: (request: Request, count: number) => void): void;
    /**
     * @param {(request: Request) => boolean} isStartable whether there is a slot for it
     * @returns {Request | null} the first of those that may start now; a timer fires when there may be another
     */
    peek(isStartable: (request: Request) => boolean): Request | null;
    /** @param {Request} request returned by `peek`, which starts now */
    take(request: Request): void;
    /** @param {(request: Request) => boolean} isKept returns false for what to forget */
    keep(isKept: (request: Request) => boolean): void;
    /** @returns {Request[]} all waiting requests; none waits afterwards */
    clear(): Request[];
}
