export type Celery = import("../app/celery.js").Celery;
export type Dispatches = import("./dispatches.js").Dispatches;
export type CeleryTsResultBackend = import("celery-ts").ResultBackend;
export type Status = import("celery-ts").Status;
export type ResultMessage<T> = import("celery-ts").ResultMessage<T>;
/** @implements {CeleryTsResultBackend} */
export declare class CeleryTsBackend implements CeleryTsResultBackend {
    #private;
    /**
     * @param {Celery} app
     * @param {Dispatches} dispatches
     * @param {number | null} timeoutS
     */
    constructor(app: Celery, dispatches: Dispatches, timeoutS: number | null);
    /**
     * celery-ts calls this without a timeout for every task that it sends. The message then comes at once, and its `result` is for
     * `Result.get()`, which waits and rejects as `AsyncResult.get` does. With a timeout, this method waits.
     *
     * @template T
     * @param {{ taskId: string, timeout?: number }} options `timeout` in milliseconds
     * @returns {Promise<ResultMessage<T>>}
     * @throws {Error} with a timeout: the task's own error, or `TaskRevokedError`; `TimeoutError` when there is no result in
     *   time; `OperationalError` when the result backend cannot be reached
     */
    get<T>({ taskId, timeout }: {
        taskId: string;
        timeout?: number;
    }): Promise<ResultMessage<T>>;
    /**
     * Stores a result, in Celery's format, and publishes it.
     *
     * @template T
     * @param {ResultMessage<T>} message
     * @returns {Promise<string>} the task's id
     * @throws {EncodeError} when JSON cannot hold the result
     * @throws {OperationalError} when the result backend cannot be reached
     */
    put<T>({ task_id: taskId, status, result, traceback, children }: ResultMessage<T>): Promise<string>;
    /**
     * @param {string} taskId
     * @returns {Promise<string>} the task's id, once nothing is stored any more
     * @throws {OperationalError} when the result backend cannot be reached
     */
    delete(taskId: string): Promise<string>;
    /** Closes the app: pending waits for results reject with an `OperationalError`. @returns {Promise<void>} */
    end(): Promise<void>;
    /** The same as `end`. @returns {Promise<void>} */
    disconnect(): Promise<void>;
    /** @returns {string} without the password; `disabled://` for an app without result backend, as Celery has it */
    uri(): string;
}
