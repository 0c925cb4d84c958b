/**
 * The messages of tasks with a rate limit, and when each may start (celery.worker.consumer: `bucket_for_task`,
 * `_limit_task`). A limit holds for this worker, as in Celery.
 *
 * Guarantee: those of one task start in the order in which they came, and keep nothing of another task waiting: they do not
 * use up the window, but for what may start within the next second. Their leases are renewed while they wait.
 */
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
    /**
     * @param {object} options
     * @param {Rate} options.defaultRate of tasks that name none
     * @param {boolean} options.isDisabled no task is limited
     * @param {() => void} options.onDue called when one may start that had to wait
     */
    constructor({ defaultRate, isDisabled, onDue }: {
        defaultRate: Rate;
        isDisabled: boolean;
        onDue: () => void;
    });
    /** @param {Request} request @returns {boolean} whether it has to be held here: its task has a limit */
    applyTo({ task }: Request): boolean;
    /**
     * Changes a task's limit, for what waits too (Celery's remote control command `rate_limit`).
     *
     * @param {string} name of the task
     * @param {Rate} rate null, 0: none
     */
    set(name: string, rate: Rate): void;
    /** @param {Request["task"]} task @returns {Rate} that holds now, as it was given */
    rateOf({ name, options }: Request["task"]): Rate;
    /** @param {Request} request @returns {number} ms until it would start, behind those that wait already; for ever: Infinity */
    delayOf({ task }: Request): number;
    /**
     * When a message comes back that is not held: a lease before its turn, each after those that were parked before it.
     *
     * @param {Request} request
     * @param {number} leaseMs
     * @returns {number} epoch
     */
    parkedUntil(request: Request, leaseMs: number): number;
    /** @param {Request} request that `applyTo` says has to be held */
    hold(request: Request): void;
    /** @returns {boolean} whether any task has a limit */
    get isUsed(): boolean;
    /** @returns {number} how many wait */
    get size(): number;
    /** @returns {Request[]} those that wait */
    get requests(): Request[];
    /** @param {(request: Request, count: number) => void} count called with one of those that may start within a second, and how many they are */
    countNear(count: (request: Request, count: number) => void): void;
    /**
     * @param {(request: Request) => boolean} isStartable whether there is a slot for it
     * @returns {Request | null} the one that came first of those that may start now; a timer tells when there may be another
     */
    peek(isStartable: (request: Request) => boolean): Request | null;
    /** @param {Request} request that `peek` gave, and that starts now */
    take(request: Request): void;
    /** @param {(request: Request) => boolean} isKept what it returns false for is forgotten */
    keep(isKept: (request: Request) => boolean): void;
    /** @returns {Request[]} everything that waits; nothing does afterwards */
    clear(): Request[];
}
