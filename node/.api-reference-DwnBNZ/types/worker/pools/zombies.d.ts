/**
 * Executions of the event loop that were given up (a hard time limit, a stray error, a termination) and still run:
 * nothing can end a running JavaScript function. Each keeps memory and connections until it ends by itself. Once there
 * are as many as slots, the worker should be restarted.
 */
export type Execution = import("../../execution/execution.js").Execution;
/** @typedef {import("../../execution/execution.js").Execution} Execution */
export declare class Zombies {
    #private;
    /**
     * @param {number} limit how many are too many
     * @param {(size: number) => void} onLimit called when there have been that many for a second
     */
    constructor(limit: number, onLimit: (size: number) => void);
    /** @returns {number} executions that run though their tasks have ended */
    get size(): number;
    /** @param {Execution} execution that outlives its task, which was just ended */
    add(execution: Execution): void;
    /** @param {Execution} execution that has really ended */
    delete(execution: Execution): void;
}
