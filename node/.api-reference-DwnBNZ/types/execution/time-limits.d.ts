/**
 * Time limits of running tasks: at the soft one `self.signal` aborts, at the hard one the task fails, whatever it does
 * later. One timer checks all of them; there is none per task.
 *
 * An event loop cannot be interrupted: the limits of a task that computes without a pause take effect only once it
 * pauses.
 */
export type Watched = {
    execution: import("./execution.js").Execution;
    softMs: number;
    hardMs: number;
};
/** @typedef {{ execution: import("./execution.js").Execution, softMs: number, hardMs: number }} Watched */
export declare class TimeLimits {
    #private;
    /** @param {import("../worker/observers/log.js").Logger} log */
    constructor(log: import("../worker/observers/log.js").Logger);
    /** Watches an execution that has just started, and has a limit. @param {import("./execution.js").Execution} execution */
    watch(execution: import("./execution.js").Execution): void;
    /** @param {import("./execution.js").Execution} execution that has ended */
    forget(execution: import("./execution.js").Execution): void;
}
