import { Context } from "./context.js";
export type Request = import("./request.js").Request;
export type Services = {
    app: import("../worker/model/types.js").WorkerApp;
    hostname: string;
    /**
     * the task runs where it was called
     */
    isEager?: boolean;
    log: import("../worker/observers/log.js").Logger;
    resultEncoder: import("../protocol/result-encoder.js").ResultEncoder;
    /**
     * sends a retry
     */
    send: (planned: import("./retry.js").PlannedRetry) => Promise<unknown>;
    /**
     * sends the task's
     * replacement
     */
    replace: (replacement: import("../canvas/types.js").AnySignature) => Promise<unknown>;
    /**
     * stores a state; false when the server refused it for good
     */
    store: (taskId: string, result: string) => Promise<boolean>;
    /**
     * sends an event to monitors, soon
     */
    sendEvent: (type: string, fields: Record<string, unknown>) => void;
    /**
     * fails the body of a chord; on a worker's event loop alone
     */
    failBody?: (body: import("../canvas/types.js").AnySignature, error: Error, execution: Execution) => Promise<unknown>;
};
export type RunSpan = {
    traceId: string;
    /**
     * the span's context as message headers, for a thread that runs the task
     */
    headers: Record<string, string>;
    /**
     * calls an operation; its spans become children
     */
    within: <T>(operation: () => T) => T;
    /**
     * notes a state that is not SUCCESS;
     * `isFailure`: the error fails the span too
     */
    note: (state: string, error?: Error | null, isFailure?: boolean) => void;
    noteRetry: (retry: import("../errors.js").Retry) => void;
};
export type Runner = {
    /**
     * passes the soft time limit on
     */
    abort: () => void;
    /**
     * ends the thread, whatever the task does
     */
    kill: () => void;
};
export declare class Execution {
    #private;
    request: import("./request.js").Request;
    services: Services;
    app: import("../worker/model/types.js").WorkerApp;
    startedAtMs: number;
    /** Messages being sent. They must arrive before this task's own message is acknowledged. @type {Promise<unknown>[]} */
    sends: Promise<unknown>[];
    /** Results of the tasks that it sent, in order; stored for `AsyncResult.children`. @type {import("./context.js").Child[]} */
    children: import("./context.js").Child[];
    ended: boolean;
    /** Whether its function has ended; follow-ups may still be running. */
    returned: boolean;
    /** Whether it was ended from outside, by a hard time limit, a termination or a lost thread. Then only `retryOnWorkerLost` retries it. */
    isCutOff: boolean;
    /** The source of the error that failed it, if not its function: "an unhandled rejection". @type {string | null} */
    failedIn: string | null;
    /** Made when the task first asks for `self.signal`. @type {AbortController | null} */
    abort: AbortController | null;
    /** Fails the task while its promise is pending. @type {((error: unknown) => void) | null} */
    reject: ((error: unknown) => void) | null;
    /** @type {Runner | null} */
    runner: Runner | null;
    /** Null if nothing is traced. @type {RunSpan | null} */
    span: RunSpan | null;
    /** The signature that replaces the task. @type {import("../canvas/types.js").AnySignature | null} */
    replacement: import("../canvas/types.js").AnySignature | null;
    /**
     * @param {Request} request
     * @param {Services} services
     */
    constructor(request: Request, services: Services);
    /** The `self` of its function and handlers: one object for all of them, created on first use. */
    get self(): import("./bound-task.js").BoundTask;
    /** The task's `self.request`, created on first use because most tasks never read it. */
    get context(): Context;
    /** @returns {boolean} whether the results of the tasks that it sends are kept as its children */
    get trail(): boolean;
    /**
     * The task's `self.log`, named after its module as Python's `get_task_logger(__name__)`.
     *
     * @returns {import("../worker/observers/log.js").Logger}
     */
    get log(): import("../worker/observers/log.js").Logger;
    /**
     * @param {string} name of the logger
     * @returns {import("../worker/observers/log.js").Logger} adds the task's fields to each line
     */
    logNamed(name: string): import("../worker/observers/log.js").Logger;
    /**
     * The task's `self.signal`. Each access checks the clock, so `while (!self.signal.aborted)` ends.
     *
     * @returns {AbortSignal}
     */
    get signal(): AbortSignal;
    /** @returns {boolean} whether a handler or receiver wants to know that the task starts */
    get hasStartHooks(): boolean;
    /** @returns {boolean} whether a handler or receiver wants to know that it has ended */
    get hasEndHooks(): boolean;
    /** @returns {boolean} whether anything follows its success: callbacks, the rest of a chain, a chord */
    get hasFollowUps(): boolean;
    /**
     * Binds the arguments, checks them by the task's schema, and calls the function in the context that attributes sub-tasks
     * and stray errors to this run.
     *
     * @returns {unknown} what it returns
     */
    call(): unknown;
    /**
     * Calls the task's `beforeStart`, where the task itself runs: both have one `self`.
     *
     * @returns {unknown} what it returns
     */
    announceStart(): unknown;
    /**
     * Fails the task from outside, if its promise is pending.
     *
     * @param {Error} error
     * @returns {boolean} whether it was
     */
    cutOff(error: Error): boolean;
    /** @param {unknown} reason of the abort; a signal that has already aborted keeps its reason */
    abortWith(reason: unknown): void;
    /** The soft time limit has passed. */
    abortSoftly(): void;
    /** Whether the soft time limit has passed, by the clock: while a task computes, no timer fires. @returns {boolean} */
    isOverdue(): boolean;
    /**
     * Implements `self.throwIfAborted()`.
     *
     * @throws {unknown} the abort reason of `self.signal`: a `SoftTimeLimitExceeded` once the soft time limit has passed
     */
    throwIfAborted(): void;
}
/**
 * @param {import("pino").Logger} log
 * @param {Record<string, unknown>} fields of each line
 * @param {string} name
 * @returns {import("pino").Logger} a child that takes an error as `err` too, which is pino's name for it
 */
export declare function named(log: import("pino").Logger, fields: Record<string, unknown>, name: string): import("pino").Logger;
/**
 * Adds the logger's name to a line that has none (pino's option `mixin`).
 *
 * @param {object} _fields
 * @param {number} _level
 * @param {object} logger
 */
export declare const withLoggerName: (_fields: object, _level: number, logger: object) => {
    logger: string;
};
