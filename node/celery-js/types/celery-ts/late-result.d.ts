/**
 * A result that is awaited only from the first call of `get()`.
 *
 * celery-ts fetches every result as soon as it has sent the task, into a promise that it keeps to itself. Were that promise
 * rejected, a failed task whose result is never read would end the whole process ("unhandled rejection"), and no caller
 * could prevent it; were it pending, each task without a stored result would be waited for until the process ends. So it is
 * fulfilled at once, with an object that is not a promise yet: JavaScript looks `then` up when a promise is fulfilled with a
 * value, finds none the first time, and looks again each time that `get()` passes the value on. From the second look on there
 * is a `then`, and the waiting begins.
 *
 * Should another version of celery-ts look once more, the waiting merely begins earlier; the outcome is the same.
 */
export type AsyncResult = import("../app/result.js").AsyncResult;
export type GetOptions = import("../app/result.js").GetOptions;
export declare class LateResult {
    #private;
    /**
     * @param {Promise<AsyncResult>} result
     * @param {GetOptions} options
     */
    constructor(result: Promise<AsyncResult>, options: GetOptions);
    /** @returns {boolean} whether the result was asked for, so that the caller gets the error */
    get isWanted(): boolean;
    /**
     * Sets the outcome of sending the task. If that failed, `get()` rejects with the reason.
     *
     * @param {Promise<AsyncResult>} result rejected when the task could not be sent
     */
    comesFrom(result: Promise<AsyncResult>): void;
    get then(): ((resolve: (value: unknown) => void, reject: (reason: unknown) => void) => void) | undefined;
}
