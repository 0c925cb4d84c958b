/**
 * Calls a task's own handlers (Celery's `before_start`, `on_success` and so on) and the receivers of signals, in the
 * order of celery.app.trace. Handlers after a task are called between storing its outcome and acknowledging its message:
 * if the worker dies meanwhile, the task runs again. Without handlers and receivers, a task pays for two checks:
 * `execution.hasStartHooks` and `execution.hasEndHooks`.
 */
import { Reject } from "../errors.js";
export type Execution = import("./execution.js").Execution;
export type Disposition = import("./disposition.js").Disposition;
export type Handler = import("../tasks/options.js").Handler;
export type ExceptionInfo = {
    /**
     * the error's class
     */
    type: Function;
    exception: Error;
    traceback: string;
    internal: boolean;
};
/**
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {import("./disposition.js").Disposition} Disposition
 * @typedef {import("../tasks/options.js").Handler} Handler
 *
 * @typedef {object} ExceptionInfo billiard's, which handlers and receivers know as `einfo`
 * @property {Function} type the error's class
 * @property {Error} exception
 * @property {string} traceback
 * @property {boolean} internal
 */
export declare class Hooks {
    #private;
    /**
     * @param {object} parts
     * @param {(message: import("../protocol/message.js").TaskMessage, disposition: Disposition) => Promise<Disposition>} parts.storeResult
     *   stores a result, and returns what is left of the disposition
     * @param {(error: unknown, sentence: string, execution: Execution) => void} [parts.onHandlerError] called with
     *   an error of a handler that can no longer change the outcome; default: logs it
     */
    constructor({ storeResult, onHandlerError }: {
        storeResult: (message: import("../protocol/message.js").TaskMessage, disposition: Disposition) => Promise<Disposition>;
        onHandlerError?: (error: unknown, sentence: string, execution: Execution) => void;
    });
    /**
     * Announces the start, then starts. An error of `beforeStart` counts as the task's own.
     *
     * @param {Execution} execution
     * @param {() => void} track stores STARTED
     * @param {() => unknown} call calls the task
     * @returns {unknown} what `call` returns, or a promise of it
     */
    start(execution: Execution, track: () => void, call: () => unknown): unknown;
    /**
     * @param {Execution} execution
     * @param {unknown} value
     * @param {number} runtimeS
     * @param {Disposition} disposition
     * @returns {Promise<Disposition>} what is left to do
     */
    announceSuccess(execution: Execution, value: unknown, runtimeS: number, disposition: Disposition): Promise<Disposition>;
    /**
     * @param {Execution} execution
     * @param {Error} error
     * @param {Disposition} disposition
     * @returns {Promise<Disposition>} what is left to do
     * @throws what `onFailure` throws; it replaces the task's own error
     */
    announceFailure(execution: Execution, error: Error, disposition: Disposition): Promise<Disposition>;
    /**
     * @param {Execution} execution
     * @param {Error} error
     * @throws what `onFailure` throws
     */
    notifyFailure(execution: Execution, error: Error): Promise<void>;
    /**
     * @param {Execution} execution
     * @param {import("../errors.js").Retry} retry
     * @param {Disposition} disposition
     * @returns {Promise<Disposition>} what is left to do
     * @throws what `onRetry` throws: the task fails with it, though the retry was sent
     */
    announceRetry(execution: Execution, retry: import("../errors.js").Retry, disposition: Disposition): Promise<Disposition>;
    /**
     * @param {Execution} execution
     * @param {unknown} ignore the `Ignore`
     * @param {Disposition} disposition
     */
    announceIgnore(execution: Execution, ignore: unknown, disposition: Disposition): Promise<import("./disposition.js").Disposition>;
    /**
     * @param {Execution} execution
     * @param {Reject} reject
     * @param {Disposition} disposition
     */
    announceReject(execution: Execution, reject: Reject, disposition: Disposition): Promise<import("./disposition.js").Disposition>;
    /**
     * Reports a broken handler or a broken part of this runtime.
     *
     * @param {Execution} execution
     * @param {Error} error
     */
    announceInternalError(execution: Execution, error: Error): Promise<void>;
}
