export type AnyResult = import("./result.js").AnyResult;
export type GetOptions = import("./result.js").GetOptions;
/** @template [R=unknown] what each of the tasks returns */
export declare class ResultSet<R = unknown> {
    #private;
    results: (import("./result.js").AsyncResult<R> | import("./group-result.js").GroupResult<any>)[];
    /**
     * @param {(import("./result.js").AsyncResult<R> | import("./group-result.js").GroupResult)[]} results
     * @param {object} [options]
     * @param {import("./result.js").Revoking | null} [options.control]
     * @param {string} [options.label] what errors name
     */
    constructor(results: (import("./result.js").AsyncResult<R> | import("./group-result.js").GroupResult)[], { control, label }?: {
        control?: import("./result.js").Revoking | null;
        label?: string;
    });
    /** @param {import("./result.js").AsyncResult<R>} result added, unless it is in the set */
    add(result: import("./result.js").AsyncResult<R>): void;
    /** @param {Iterable<import("./result.js").AsyncResult<R>>} results those that are not in the set are added */
    update(results: Iterable<import("./result.js").AsyncResult<R>>): void;
    /**
     * @param {AnyResult | string} result or its id
     * @throws {CeleryError} when it is not in the set
     */
    remove(result: AnyResult | string): void;
    /** @param {AnyResult | string} result or its id: removed, if it is in the set */
    discard(result: AnyResult | string): void;
    /** Removes all results from the set. */
    clear(): void;
    /** @returns {number} */
    get length(): number;
    [Symbol.iterator](): ArrayIterator<import("./result.js").AsyncResult<R> | import("./group-result.js").GroupResult<any>>;
    /**
     * Waits for all tasks and returns their results in order.
     *
     * @param {GetOptions} [given] as for a single result; `timeout` is for all of them together
     * @returns {Promise<R[]>} empty with `callback`, which is called in the order in which the results come
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
     * @param {Omit<GetOptions, "callback">} [given]
     * @returns {AsyncGenerator<[result: AnyResult, value: unknown], void>}
     */
    iterate(given?: Omit<GetOptions, "callback">): AsyncGenerator<[result: AnyResult, value: unknown], void>;
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
    /** Throws the error of a task that has failed already. @returns {Promise<void>} */
    maybeThrow(): Promise<void>;
    /**
     * Makes all workers discard the tasks when they get them (`celery.result.ResultSet.revoke`).
     *
     * @param {import("./result.js").RevokeOptions} [options]
     * @returns {Promise<void>} once the broadcast is sent, or answered
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
}
