export type Step = {
    /**
     * used in errors and the log
     */
    name: string;
    /**
     * may be async; the next step is started once it is done
     */
    start?: () => unknown;
    /**
     * makes a waiting `start` fail; called when the step is stopped meanwhile
     */
    interrupt?: () => unknown;
    /**
     * may be async; called also when its own `start` has failed
     */
    stop?: () => unknown;
};
/**
 * @typedef {object} Step
 * @property {string} name used in errors and the log
 * @property {() => unknown} [start] may be async; the next step is started once it is done
 * @property {() => unknown} [interrupt] makes a waiting `start` fail; called when the step is stopped meanwhile
 * @property {() => unknown} [stop] may be async; called also when its own `start` has failed
 */
export declare class Blueprint {
    #private;
    /**
     * @param {readonly Step[]} steps in the order of their start
     * @param {Pick<import("../observers/log.js").Logger, "error">} log
     */
    constructor(steps: readonly Step[], log: Pick<import("../observers/log.js").Logger, "error">);
    /**
     * @returns {Promise<void>} once all steps are started
     * @throws a step's error, prefixed with the step's name, once the started steps are stopped again
     * @throws `OperationalError` when it is stopped before that
     */
    start(): Promise<void>;
    /**
     * Stops the started steps, the last one first. Idempotent.
     *
     * @returns {Promise<void>} once all are stopped; failures are logged
     */
    stop(): Promise<void>;
}
