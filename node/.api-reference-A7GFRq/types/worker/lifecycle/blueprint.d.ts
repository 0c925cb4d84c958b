export type Step = {
    /**
     * that errors and the log call it by
     */
    name: string;
    /**
     * may be async; the next step is started once it is done
     */
    start?: () => unknown;
    /**
     * ends a `start` that waits, so that it fails; called when it is to be stopped meanwhile
     */
    interrupt?: () => unknown;
    /**
     * may be async; called also when its own `start` has failed
     */
    stop?: () => unknown;
};
/**
 * @typedef {object} Step
 * @property {string} name that errors and the log call it by
 * @property {() => unknown} [start] may be async; the next step is started once it is done
 * @property {() => unknown} [interrupt] ends a `start` that waits, so that it fails; called when it is to be stopped meanwhile
 * @property {() => unknown} [stop] may be async; called also when its own `start` has failed
 */
export declare class Blueprint {
    #private;
    /** @param {readonly Step[]} steps in the order of their start @param {Pick<import("../observers/log.js").Logger, "error">} log */
    constructor(steps: readonly Step[], log: Pick<import("../observers/log.js").Logger, "error">);
    /**
     * @returns {Promise<void>} once all steps are started
     * @throws what a step threw, its message beginning with the step's name, once those that were started are stopped again
     * @throws {OperationalError} when it is stopped before that
     */
    start(): Promise<void>;
    /** Stops what was started, the last one first. Idempotent. @returns {Promise<void>} once all are stopped; failures are logged */
    stop(): Promise<void>;
}
