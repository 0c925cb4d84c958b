/** A rate as Celery reads and keeps it (`celery.utils.time.rate`, `kombu.utils.limits.TokenBucket` with a capacity of one). */
export type Rate = number | string | null | undefined;
/**
 * @param {Rate} rate
 * @returns {number} tasks a second; 0 = no limit
 */
export declare function tasksPerSecond(rate: Rate): number;
export declare class TokenBucket {
    #private;
    /** @param {number} perSecond tokens that come in, of which the bucket holds one */
    constructor(perSecond: number);
    /** @returns {number} in a second */
    get perSecond(): number;
    /** @returns {number} ms until there is a token; 0: there is one */
    get waitMs(): number;
    /** Takes the token that is there. */
    take(): void;
}
