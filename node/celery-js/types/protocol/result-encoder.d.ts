export type TaskMessage = import("./message.js").TaskMessage;
export type TaskOptions = import("../worker/model/types.js").TaskOptions;
export type Settings = import("../settings.js").Settings;
export type ExtendedMeta = {
    /**
     * the task's
     */
    name: string | null;
    args: readonly unknown[] | null;
    kwargs: Readonly<Record<string, unknown>> | null;
    /**
     * the worker's node name
     */
    worker: string | null;
    retries: number | null;
    queue: string | null;
    stampedHeaders?: readonly string[] | null;
    stamps?: Readonly<Record<string, unknown>>;
};
export type MetaOptions = {
    status: string;
    /**
     * an Error is stored as an exception where the status is one of an exception
     */
    result?: unknown;
    /**
     * the result as JSON text, where it is written already; `result` is then not looked at
     */
    resultText?: string;
    traceback?: string | null;
    /**
     * what the task sent, each as `asTuple()`; default none
     */
    children?: readonly unknown[] | null;
    /**
     * ISO text; default now for a state that is ready, else null
     */
    dateDone?: string | null;
    taskId: string;
    groupId?: string | null;
    parentId?: string | null;
    extended?: ExtendedMeta | null;
};
export declare class ResultEncoder {
    #private;
    /**
     * @param {Settings} settings
     * @param {string} hostname of this worker, for `resultExtended`
     */
    constructor(settings: Settings, hostname: string);
    /**
     * @param {TaskMessage} message
     * @param {TaskOptions} options
     * @param {unknown} value what the task returned
     * @param {unknown[]} children results of the tasks it called
     * @param {string} [resultText] the value as JSON, if it is already encoded
     * @returns {string} the encoded meta, or "" when the result is ignored
     * @throws {EncodeError} when the value is not JSON; checked even when the result is ignored, as a chain would carry it on
     */
    success(message: TaskMessage, options: TaskOptions, value: unknown, children: unknown[], resultText?: string): string;
    /**
     * @param {TaskMessage} message
     * @param {TaskOptions} options
     * @param {Error} error
     * @param {unknown[]} [children]
     * @returns {string}
     */
    failure(message: TaskMessage, options: TaskOptions, error: Error, children?: unknown[]): string;
    /**
     * The failure of a message that never became a task here.
     *
     * @param {string} taskId
     * @param {TaskMessage | null} message null when it could not be read
     * @param {Error} error
     */
    unrunnable(taskId: string, message: TaskMessage | null, error: Error): string;
    /**
     * The failure of a step after a failed one. It is stored even if the result is ignored, because nothing else will store
     * it.
     *
     * @param {import("../canvas/types.js").AnySignature} step that has an id
     * @param {Error} error
     * @param {string | null} traceback
     */
    neverRun({ id, task: name, args, kwargs, options }: import("../canvas/types.js").AnySignature, error: Error, traceback: string | null): string;
    /**
     * The failure of a chord's body that will not run.
     *
     * @param {string} taskId
     * @param {Error} error
     * @param {unknown[] | null} children including the errbacks that it calls
     */
    bodyFailure(taskId: string, error: Error, children: unknown[] | null): string;
    /**
     * @param {TaskMessage} message
     * @param {TaskOptions} options
     * @param {Error | null} cause what made the task retry
     */
    retry(message: TaskMessage, options: TaskOptions, cause: Error | null): string;
    /**
     * @param {TaskMessage} message
     * @param {TaskOptions} options
     * @param {string} reason such as "expired"
     */
    revoked(message: TaskMessage, options: TaskOptions, reason: string): string;
    /**
     * @param {TaskMessage} message
     * @param {TaskOptions} options
     */
    started(message: TaskMessage, options: TaskOptions): string;
    /**
     * A state that a task stores itself (Celery's `Task.update_state`).
     *
     * @param {TaskMessage} message of the task that stores it
     * @param {string} state
     * @param {unknown} meta an Error is stored as an exception, if the state is one of an exception
     * @param {{ taskId?: string, children?: unknown[] }} [of] `taskId`: of another task
     * @throws {EncodeError} when the meta is not JSON
     */
    custom(message: TaskMessage, state: string, meta: unknown, { taskId, children }?: {
        taskId?: string;
        children?: unknown[];
    }): string;
}
/**
 * @param {MetaOptions} meta
 * @returns {string}
 * @throws {EncodeError} when the result holds what JSON cannot; the message has the path to it
 */
export declare function encodeMeta(meta: MetaOptions): string;
/**
 * The moment at which a result is made (`date_done`).
 *
 * @param {number} [epochMs] a whole number
 * @returns {string} as Python's `isoformat` writes it: without a fraction at a full second
 */
export declare function nowIso(epochMs?: number): string;
/**
 * @param {unknown} value that a task returned
 * @returns {string} as it is stored, as JSON
 * @throws {EncodeError} for a value that JSON cannot represent
 */
export declare const encodeReturned: (value: unknown) => string;
/**
 * @param {unknown} value
 * @returns {unknown} results as the tuples that Celery stores for them
 */
export declare const plainResult: (value: unknown) => unknown;
/**
 * @param {unknown} value
 * @returns {value is { asTuple: () => unknown }}
 */
export declare const isResult: (value: unknown) => value is {
    asTuple: () => unknown;
};
