export type KeeperOptions = {
    address: import("./url.js").RedisAddress;
    /**
     * of `redisKeys`
     */
    keyOptions: {
        globalKeyprefix?: string;
        prioritySteps?: number[];
        db: number;
    };
    workerName: string;
    tagPrefix: string;
    leaseMs: number;
    /**
     * how often kombu's time of delivery is renewed
     */
    rescoreMs: number;
    deadLetterLimit: number;
    /**
     * 0 = never end the process
     */
    loopStallLimitMs: number;
    /**
     * where health checks are answered, if anywhere
     */
    health: HealthOptions | null;
    /**
     * of the commands of remote control; null: none are heard
     */
    controlExchange: string | null;
};
export type HealthOptions = {
    address: import("../../validation/health-address.js").HealthAddress;
    /**
     * a worker whose event loop has not turned for this long is not ready
     */
    readyStallMs: number;
};
export type Report = {
    /**
     * deliveries whose lease ran out before it could be renewed, or was let go
     */
    lost?: number[];
    /**
     * messages that the sweep put back
     */
    restored?: import("./sweeper.js").Swept[];
    /**
     * null: sweeps work again
     */
    sweepError?: string | null;
    /**
     * where health checks are answered
     */
    listening?: import("../../validation/health-address.js").HealthAddress;
    /**
     * why they are not
     */
    notListening?: string;
    /**
     * commands of remote control are heard from now on
     */
    subscribed?: true;
    /**
     * of remote control, for this worker
     */
    command?: import("./keeper-mailbox.js").Command;
    /**
     * with remote control
     */
    problem?: string;
};
/**
 * @typedef {object} KeeperOptions everything here is sent to the thread
 * @property {import("./url.js").RedisAddress} address
 * @property {{ globalKeyprefix?: string, prioritySteps?: number[], db: number }} keyOptions of `redisKeys`
 * @property {string} workerName
 * @property {string} tagPrefix
 * @property {number} leaseMs
 * @property {number} rescoreMs how often kombu's time of delivery is renewed
 * @property {number} deadLetterLimit
 * @property {number} loopStallLimitMs 0 = never end the process
 * @property {HealthOptions | null} health where health checks are answered, if anywhere
 * @property {string | null} controlExchange of the commands of remote control; null: none are heard
 *
 * @typedef {object} HealthOptions
 * @property {import("../../validation/health-address.js").HealthAddress} address
 * @property {number} readyStallMs a worker whose event loop has not turned for this long is not ready
 *
 * @typedef {object} Report what the thread has to say; one of these
 * @property {number[]} [lost] deliveries whose lease ran out before it could be renewed, or was let go
 * @property {import("./sweeper.js").Swept[]} [restored] messages that the sweep put back
 * @property {string | null} [sweepError] null: sweeps work again
 * @property {import("../../validation/health-address.js").HealthAddress} [listening] where health checks are answered
 * @property {string} [notListening] why they are not
 * @property {true} [subscribed] commands of remote control are heard from now on
 * @property {import("./keeper-mailbox.js").Command} [command] of remote control, for this worker
 * @property {string} [problem] with remote control
 */
export declare class Keeper {
    #private;
    /**
     * @param {KeeperOptions} options
     * @param {(report: Report) => void} onReport
     * @param {() => import("../vitals.js").Snapshot} snapshot what the event loop knows of the worker
     */
    constructor(options: KeeperOptions, onReport: (report: Report) => void, snapshot: () => import("../vitals.js").Snapshot);
    /**
     * Starts the thread: it watches the event loop and answers health checks.
     *
     * @returns {Promise<import("../../validation/health-address.js").HealthAddress | null>} where health checks are answered, if they
     *   are, once the thread runs
     * @throws {ImproperlyConfigured} when it cannot listen there
     */
    start(): Promise<import("../../validation/health-address.js").HealthAddress | null>;
    /**
     * Starts to renew and to sweep, and to hear remote control: the server has been found fit.
     *
     * @returns {Promise<void>} once a command would be heard, or after a while without
     */
    begin(): Promise<void>;
    /**
     * Starts to renew. Must be called in the tick in which the messages arrived: a task may block the loop in the next one.
     *
     * @param {readonly number[]} numbers of deliveries
     * @param {readonly number[]} limitsMs their hard time limits, 0 for none: when the loop stands still for longer, they are
     *   let go
     */
    hold(numbers: readonly number[], limitsMs: readonly number[]): void;
    /** Stops renewing. @param {readonly number[]} numbers */
    release(numbers: readonly number[]): void;
    /** @returns {Promise<void>} */
    stop(): Promise<void>;
}
