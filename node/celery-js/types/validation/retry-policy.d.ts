export type ErrorClass = abstract new (...args: never[]) => Error;
export type RetryPolicy = {
    /**
     * how often it is repeated after the first attempt; 3 by default, null: forever
     */
    maxRetries?: number | null;
    /**
     * seconds until the first repetition; 0 by default
     */
    intervalStart?: number;
    /**
     * seconds by which each pause is longer than the one before; 0.2 by default
     */
    intervalStep?: number;
    /**
     * seconds of the longest pause; 1 by default
     */
    intervalMax?: number;
    /**
     * further errors after which it is repeated, besides temporary ones
     */
    retryErrors?: readonly ErrorClass[] | null;
};
/**
 * @param {unknown} value
 * @param {(problem: string) => Error} refuse makes the error
 * @throws {Error} of `refuse`, when it is not a policy
 */
export declare function checkRetryPolicy(value: unknown, refuse: (problem: string) => Error): void;
/**
 * @param {unknown} value
 * @returns {boolean}
 */
export declare function isRetryPolicy(value: unknown): boolean;
