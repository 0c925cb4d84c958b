export type Task = import("../app/task.js").Task;
export type AnySignature = import("../canvas/types.js").AnySignature;
export type RetryOptions = import("../tasks/retry-options.js").RetryOptions;
export type Retry = import("../errors.js").Retry;
export type RetryFunction = {
    (options: RetryOptions & {
        throw: false;
    }): Retry;
    (options?: RetryOptions): never;
};
export type OwnBoundTask = {
    /**
     * the message that is being executed
     */
    request: import("./context.js").Context;
    /**
     * aborts with a `SoftTimeLimitExceeded` at the soft time limit
     */
    signal: AbortSignal;
    /**
     * throws the reason of `signal` once it has aborted
     */
    throwIfAborted: () => void;
    /**
     * adds the task's id and name to each line
     */
    log: import("pino").Logger;
    /**
     * sends the task again and throws `Retry`; with `throw: false` returns it
     */
    retry: RetryFunction;
    /**
     * sends a workflow in place of the task, and throws `Ignore`
     */
    replace: (signature: AnySignature) => never;
    /**
     * adds a task to the chord that
     * the running one is a part of
     */
    addToChord: (signature: AnySignature, options?: {
        lazy?: boolean;
    }) => Promise<unknown>;
    /**
     * sends an event to monitors, such as `celery events`;
     * nothing is sent by a task that runs eagerly
     */
    sendEvent: (type: string, fields?: Record<string, unknown>) => void;
    /**
     * stores a custom state, which clients read as `state`
     * and `info`
     */
    updateState: (state: string, meta?: unknown) => Promise<void>;
};
export type BoundTask = Task & OwnBoundTask;
/**
 * The `self` of the running task, also in unbound tasks, in helpers and after an `await` (`celery.current_task`).
 *
 * @returns {BoundTask | null} null outside of tasks
 */
export declare function currentTask(): BoundTask | null;
