/** Runs one task in its thread, and says how it ended. What a task finds here is what it finds on the event loop. */
export type Assignment = import("../../worker/pools/thread.js").Assignment;
export type Outcome = import("./entry.js").Outcome;
export type Running = {
    /**
     * of its task
     */
    options: import("../../tasks/options.js").TaskOptions;
    /**
     * results of the tasks that it has sent so far, as tuples
     */
    children: () => unknown[];
    /**
     * passes the soft time limit on
     */
    abort: () => void;
};
export type Run = (assignment: Assignment, onEnd: (outcome: Outcome) => void) => Running;
/**
 * @typedef {import("../../worker/pools/thread.js").Assignment} Assignment
 * @typedef {import("./entry.js").Outcome} Outcome
 *
 * @typedef {object} Running
 * @property {import("../../tasks/options.js").TaskOptions} options of its task
 * @property {() => unknown[]} children results of the tasks that it has sent so far, as tuples
 * @property {() => void} abort passes the soft time limit on
 *
 * @typedef {(assignment: Assignment, onEnd: (outcome: Outcome) => void) => Running} Run
 */
/**
 * @param {object} options
 * @param {import("./thread-app.js").ThreadApp} options.app
 * @param {string} options.hostname
 * @param {import("./main-thread.js").MainThread} options.mainThread
 * @param {string} options.logLevel pino's
 * @param {Int32Array} options.aborted shared with the main thread, see `OwnData`
 * @returns {Run}
 */
export declare function createRun({ app, hostname, mainThread, logLevel, aborted }: {
    app: import("./thread-app.js").ThreadApp;
    hostname: string;
    mainThread: import("./main-thread.js").MainThread;
    logLevel: string;
    aborted: Int32Array;
}): Run;
