export type TaskMessage = import("../protocol/message.js").TaskMessage;
export type TaskOptions = import("../worker/model/types.js").TaskOptions;
export type Settings = import("../settings.js").Settings;
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
     * @param {TaskMessage} message
     * @param {string} state one of the task's own
     * @param {unknown} meta
     */
    custom(message: TaskMessage, state: string, meta: unknown): string;
}
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
