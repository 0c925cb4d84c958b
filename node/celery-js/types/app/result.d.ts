export type ResultMeta = import("../protocol/result-meta.js").ResultMeta;
export type GroupResult = import("./group-result.js").GroupResult;
export type AnyResult = AsyncResult | GroupResult;
export type UntypedResult = AsyncResult<any>;
export type Outcome = Pick<ResultMeta, "status" | "result" | "traceback" | "dateDone"> & Partial<ResultMeta>;
export type ResultTuple = [[id: string, parent: ResultTuple | null], results: ResultTuple[] | null];
export type FromTuple = (tuple: unknown) => AnyResult;
export type GetOptions = import("./result-options.js").GetOptions;
export type RevokeOptions = import("./result-options.js").RevokeOptions;
export type Revoking = Pick<import("./control.js").Control, "revoke" | "revokeByStampedHeaders">;
/** @template [R=unknown] what the task returns */
export declare class AsyncResult<R = unknown> {
    #private;
    id: string;
    /** @type {string | null} what the task was sent as, where it was sent from here */
    taskName: string | null;
    /** @type {AnyResult | null} */
    parent: AnyResult | null;
    ignored: boolean;
    /**
     * @param {string} id
     * @param {object} options
     * @param {import("../backend/backend.js").ResultBackend} options.backend
     * @param {Revoking | null} [options.control]
     * @param {AnyResult | null} [options.parent] the result of the task before, in a chain
     * @param {FromTuple} [options.fromTuple] makes the children's results
     * @param {boolean} [options.ignored] true when no result will be stored
     * @param {Outcome | null} [options.final] the final outcome, if it is already known
     */
    constructor(id: string, { backend, control, parent, fromTuple, ignored, final }: {
        backend: import("../backend/backend.js").ResultBackend;
        control?: Revoking | null;
        parent?: AnyResult | null;
        fromTuple?: FromTuple;
        ignored?: boolean;
        final?: Outcome | null;
    });
    get(options: GetOptions & {
        propagate: false;
    }): Promise<unknown>;
    get(options?: GetOptions): Promise<R>;
    /** @returns {Promise<string>} `PENDING` also when nothing is known of the task */
    get state(): Promise<string>;
    /** @returns {Promise<string>} the same as `state` */
    get status(): Promise<string>;
    /** @returns {Promise<unknown>} what the task returned, its error, or what it stored with `self.updateState` */
    get info(): Promise<unknown>;
    /** @returns {Promise<unknown>} the same as `info` */
    get result(): Promise<unknown>;
    /** @returns {Promise<string | null>} the traceback of a failed task */
    get traceback(): Promise<string | null>;
    /** @returns {Promise<Date | null>} when the task ended */
    get dateDone(): Promise<Date | null>;
    /** @returns {Promise<AnyResult[] | null>} the results of what the task sent, once it has ended; null when nothing is known */
    get children(): Promise<AnyResult[] | null>;
    /** @returns {Promise<string | null>} the task's name; like those below, to `queue`, stored only with `resultExtended` */
    get name(): Promise<string | null>;
    /** @returns {Promise<unknown>} */
    get args(): Promise<unknown>;
    /** @returns {Promise<unknown>} */
    get kwargs(): Promise<unknown>;
    /** @returns {Promise<string | null>} the node name of the worker */
    get worker(): Promise<string | null>;
    /** @returns {Promise<number | null>} how often the task was retried */
    get retries(): Promise<number | null>;
    /** @returns {Promise<string | null>} the queue that the task was taken from */
    get queue(): Promise<string | null>;
    /** @returns {Promise<boolean>} whether anything is stored for the task: an unknown id is `PENDING` as well */
    exists(): Promise<boolean>;
    /**
     * Yields this result and those of all tasks that descend from it, each with its value
     * (`celery.result.AsyncResult.collect`).
     *
     * @param {GetOptions & { intermediate?: boolean }} [given] `intermediate`: leaves out the children of tasks that have not
     *   ended, instead of refusing
     * @returns {AsyncGenerator<[result: AnyResult, value: unknown], void>}
     * @throws {IncompleteStream} when a task has not ended yet
     */
    collect(given?: GetOptions & {
        intermediate?: boolean;
    }): AsyncGenerator<[result: AnyResult, value: unknown], void>;
    /** Throws the task's error if it has failed already. @returns {Promise<void>} */
    maybeThrow(): Promise<void>;
    /** @returns {Promise<boolean>} whether the task has ended */
    ready(): Promise<boolean>;
    /** @returns {Promise<boolean>} */
    successful(): Promise<boolean>;
    /** @returns {Promise<boolean>} whether the task threw */
    failed(): Promise<boolean>;
    /**
     * Makes all workers discard the task when they get it (`celery.result.AsyncResult.revoke`).
     *
     * @param {RevokeOptions} [options]
     * @returns {Promise<void>} once the broadcast is sent, or answered; whether a worker obeyed shows in the result
     * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
     */
    revoke(options?: RevokeOptions): Promise<void>;
    /**
     * Makes all workers discard the tasks with these stamps (`celery.result.AsyncResult.revoke_by_stamped_headers`).
     *
     * @param {Record<string, string | readonly string[]>} headers stamp -> value, or the values that match
     * @param {RevokeOptions} [options]
     * @returns {Promise<void>} as `revoke`
     * @throws {OperationalError} as `revoke`
     */
    revokeByStampedHeaders(headers: Record<string, string | readonly string[]>, options?: RevokeOptions): Promise<void>;
    /**
     * Removes the stored result, and those of the parents.
     *
     * @param {...never} nothing
     * @returns {Promise<void>}
     */
    forget(...nothing: never[]): Promise<void>;
    /** @returns {ResultTuple} what Celery rebuilds the result from (`celery.result.result_from_tuple`) */
    asTuple(): ResultTuple;
    /** @returns {string[]} the ids of this result and of those before it */
    asList(): string[];
    /** @returns {string} the id */
    toString(): string;
    /**
     * @protected
     * @param {Outcome} outcome that will not change
     */
    protected settleAs(outcome: Outcome): void;
}
