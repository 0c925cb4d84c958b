export type AsyncResult = import("./result.js").AsyncResult;
export type AnyResult = import("./result.js").AnyResult;
export type GetOptions = import("./result.js").GetOptions;
export type ResultTuple = import("./result.js").ResultTuple;
/** @template [R=unknown] what each of the tasks returns */
export declare class GroupResult<R = unknown> {
    #private;
    id: string;
    results: (import("./result.js").AsyncResult<R> | GroupResult<any>)[];
    /** @type {AnyResult | null} */
    parent: AnyResult | null;
    /**
     * @param {string} id
     * @param {(import("./result.js").AsyncResult<R> | GroupResult)[]} results in the order of the tasks
     * @param {object} options
     * @param {import("../backend/backend.js").ResultBackend} options.backend
     * @param {Pick<import("./control.js").Control, "revoke"> | null} [options.control]
     * @param {AnyResult | null} [options.parent] the result of the task before, in a chain
     */
    constructor(id: string, results: (import("./result.js").AsyncResult<R> | GroupResult)[], { backend, control, parent }: {
        backend: import("../backend/backend.js").ResultBackend;
        control?: Pick<import("./control.js").Control, "revoke"> | null;
        parent?: AnyResult | null;
    });
    /** @returns {number} */
    get length(): number;
    [Symbol.iterator](): ArrayIterator<import("./result.js").AsyncResult<R> | GroupResult<any>>;
    /**
     * Waits for all tasks and returns their results in order.
     *
     * @param {GetOptions} [given] as for a single result; `timeout` is for all of them together
     * @returns {Promise<R[]>}
     * @throws {Error} the error of the first task that failed, without waiting for the others
     * @throws {TimeoutError} when some results are not there in time
     */
    join(given?: GetOptions): Promise<R[]>;
    /**
     * The same as `join`.
     *
     * @param {GetOptions} [options]
     * @returns {Promise<R[]>}
     */
    get(options?: GetOptions): Promise<R[]>;
    /**
     * Yields each result as soon as it has arrived (`ResultSet.iter_native`).
     *
     * @param {GetOptions} [given]
     * @returns {AsyncGenerator<[result: AnyResult, value: unknown], void>}
     */
    iterate(given?: GetOptions): AsyncGenerator<[result: AnyResult, value: unknown], void>;
    /** @returns {Promise<boolean>} whether all of the tasks have ended */
    ready(): Promise<boolean>;
    /** @returns {Promise<boolean>} whether all of them succeeded */
    successful(): Promise<boolean>;
    /** @returns {Promise<boolean>} whether any of them failed */
    failed(): Promise<boolean>;
    /** @returns {Promise<boolean>} whether any of them has not ended yet */
    waiting(): Promise<boolean>;
    /** @returns {Promise<number>} how many of them succeeded, those of inner groups counted as one */
    completedCount(): Promise<number>;
    /** @returns {Promise<AnyResult[]>} the results */
    get children(): Promise<AnyResult[]>;
    /** Throws the error of a task that has failed already. @returns {Promise<void>} */
    maybeThrow(): Promise<void>;
    /**
     * Makes all workers discard the tasks when they get them (`celery.result.ResultSet.revoke`).
     *
     * @param {import("./result.js").RevokeOptions} [options]
     * @returns {Promise<void>} once the broadcast is sent
     * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
     */
    revoke(options?: import("./result.js").RevokeOptions): Promise<void>;
    /**
     * Removes the stored results.
     *
     * @param {...never} nothing
     * @returns {Promise<void>}
     */
    forget(...nothing: never[]): Promise<void>;
    /** Stores which results belong to the group: `app.restoreGroup(id)` finds them, in either language. @returns {Promise<void>} */
    save(): Promise<void>;
    /** Removes what `save` stored. @returns {Promise<void>} */
    delete(): Promise<void>;
    /** @returns {ResultTuple} what Celery rebuilds the result from (`celery.result.result_from_tuple`) */
    asTuple(): ResultTuple;
    /** @returns {string[]} the ids of this result and of those before it */
    asList(): string[];
    /** @returns {string} the id */
    toString(): string;
}
