import { Execution } from "./execution.js";
import { Hooks } from "./hooks.js";
export type RegisteredTask = import("../worker/model/types.js").RegisteredTask;
export type Outcome = {
    state: string;
    /**
     * what the task returned, as a client reads it, or what it threw
     */
    value: unknown;
};
export type EagerServices = {
    /**
     * stores a state, as `encodeMeta` wrote it
     */
    store: (taskId: string, metaText: string) => Promise<void>;
    /**
     * whether time limits hold
     */
    hasTimeLimits: boolean;
};
export declare const NO_QUEUE = "eager";
/** @type {import("./disposition.js").Disposition} */
export declare const SETTLE: import("./disposition.js").Disposition;
/** Errors of handlers reach the test, as in Celery. */
export declare const HOOKS: Hooks;
/** One eager run. Its retry is the next run. */
export declare class EagerExecution extends Execution {
    #private;
    /** The message of the retry, once the task has retried. @type {string | null} */
    retryText: string | null;
    /**
     * @param {RegisteredTask} task
     * @param {string} raw its message
     */
    constructor(task: RegisteredTask, raw: string);
    /** @override */
    isOverdue(): boolean;
    /**
     * Stores a state, as a worker does.
     *
     * @param {string} text of the result encoder; "" for a result that is ignored
     */
    store(text: string): Promise<void>;
    /** @returns {Promise<Outcome>} */
    run(): Promise<Outcome>;
}
