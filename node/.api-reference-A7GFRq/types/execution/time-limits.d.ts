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
    /** Watches an execution that has just started. @param {import("./execution.js").Execution} execution */
    watch(execution: import("./execution.js").Execution): void;
    /** @param {import("./execution.js").Execution} execution that has ended */
    forget(execution: import("./execution.js").Execution): void;
}
