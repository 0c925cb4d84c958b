/**
 * What a task's own handlers (Celery's `before_start`, `on_success` and so on) and the receivers of signals are told of its
 * execution, in the order of celery.app.trace. The handlers after a task are called once its outcome is stored, and before
 * its message is acknowledged: a worker that dies among them runs the task again.
 *
 * Who is told of nothing is asked for nothing: `announcesStart` and `observesEnd` are all that such a task costs.
 */
import { Reject } from "../errors.js";
export type Request = Pick<import("./request.js").Request, "message" | "task" | "timeLimits">;
export type Execution = import("../tasks/current.js").Execution & Pick<import("./execution.js").Execution, "ended" | "self" | "sends">;
export type RegisteredTask = import("../worker/model/types.js").RegisteredTask;
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
 * @typedef {Pick<import("./request.js").Request, "message" | "task" | "timeLimits">} Request
 * @typedef {import("../tasks/current.js").Execution & Pick<import("./execution.js").Execution, "ended" | "self" | "sends">} Execution `self` is
 *   what handlers have as `this`
 * @typedef {import("../worker/model/types.js").RegisteredTask} RegisteredTask
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
     * @param {import("../worker/observers/log.js").Logger} parts.log
     * @param {(message: Request["message"], disposition: Disposition) => Promise<Disposition>} parts.stored stores a result, and returns what is
     *   left of the disposition
     * @param {(error: unknown, sentence: string, taskId: string) => void} [parts.onHandlerError] what becomes of what a handler
     *   throws that cannot change the outcome any more; default the log
     */
    constructor({ log, stored, onHandlerError }: {
        log: import("../worker/observers/log.js").Logger;
        stored: (message: Request["message"], disposition: Disposition) => Promise<Disposition>;
        onHandlerError?: (error: unknown, sentence: string, taskId: string) => void;
    });
    /** @param {RegisteredTask} task @returns {boolean} whether anybody is told before it starts */
    announcesStart({ beforeStart }: RegisteredTask): boolean;
    /** @param {RegisteredTask} task @returns {boolean} whether anybody is told when it has ended */
    observesEnd({ onSuccess, onFailure, onRetry, afterReturn }: RegisteredTask): boolean;
    /**
     * Tells of the start, and starts. What `beforeStart` throws is what the task threw.
     *
     * @param {Request} request
     * @param {Execution} execution
     * @param {() => void} track stores STARTED
     * @param {() => unknown} call calls the task
     * @returns {unknown} what `call` returns, or a promise of it
     */
    start(request: Request, execution: Execution, track: () => void, call: () => unknown): unknown;
    /**
     * @param {Request} request
     * @param {Execution} execution
     * @param {unknown} value
     * @param {number} runtimeS
     * @param {Disposition} disposition
     * @returns {Promise<Disposition>} what is left to do
     */
    succeeded(request: Request, execution: Execution, value: unknown, runtimeS: number, disposition: Disposition): Promise<Disposition>;
    /**
     * @param {Request} request
     * @param {Execution} execution
     * @param {Error} error
     * @param {Disposition} disposition
     * @returns {Promise<Disposition>} what is left to do
     * @throws what `onFailure` throws: it takes the place of the task's own error
     */
    failed(request: Request, execution: Execution, error: Error, disposition: Disposition): Promise<Disposition>;
    /** @param {Request} request @param {Execution} execution @param {Error} error @throws what `onFailure` throws */
    notifyFailure(request: Request, execution: Execution, error: Error): Promise<void>;
    /**
     * @param {Request} request
     * @param {Execution} execution
     * @param {import("../errors.js").Retry} signal
     * @param {Disposition} disposition
     * @returns {Promise<Disposition>} what is left to do
     * @throws what `onRetry` throws: the task fails with it, though the retry was sent
     */
    retried(request: Request, execution: Execution, signal: import("../errors.js").Retry, disposition: Disposition): Promise<Disposition>;
    /** @param {Request} request @param {Execution} execution @param {unknown} signal the `Ignore` @param {Disposition} disposition */
    ignored(request: Request, execution: Execution, signal: unknown, disposition: Disposition): Promise<import("./disposition.js").Disposition>;
    /** @param {Request} request @param {Execution} execution @param {Reject} signal @param {Disposition} disposition */
    rejected(request: Request, execution: Execution, signal: Reject, disposition: Disposition): Promise<import("./disposition.js").Disposition>;
    /** Tells of a handler, or a part of this runtime, that broke. @param {Request} request @param {Execution} execution @param {Error} error */
    internalError(request: Request, execution: Execution, error: Error): Promise<void>;
}
