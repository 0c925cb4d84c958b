export type Shared = Pick<import("./consumer.js").ConsumerOptions, "address" | "workerName" | "tagPrefix" | "leaseMs" | "deadLetterLimit">;
export type KeeperSettings = {
    /**
     * of `redisKeys`
     */
    keyOptions: {
        globalKeyprefix?: string;
        prioritySteps?: readonly number[];
        db: number;
    };
    /**
     * how often kombu's time of delivery is renewed
     */
    rescoreMs?: number;
    /**
     * 0 = never end the process
     */
    loopStallLimitMs: number;
    /**
     * where health checks are answered, if anywhere
     */
    health: HealthOptions | null;
    /**
     * of the commands of remote control; null: it receives none
     */
    controlExchange: string | null;
};
export type OfThread = {
    rescoreMs: number;
    /**
     * of `Vitals`
     */
    cells: BigInt64Array;
    figures: import("../metrics.js").SharedFigures | null;
};
export type ThreadData = Shared & KeeperSettings & OfThread;
export type HealthOptions = {
    address: import("../../validation/health-address.js").HealthAddress;
    /**
     * a worker whose event loop has not turned for this long is not ready
     */
    readyStallMs: number;
};
export type Item = {
    delivery: import("../transport.js").Delivery | null;
};
export type Report = {
    /**
     * tags of deliveries whose lease ran out before it could be renewed, or was released
     */
    lost?: string[];
    /**
     * messages that the sweep put back
     */
    restored?: import("./sweeper.js").Swept[];
    /**
     * null: sweeps work again
     */
    sweepError?: string | null;
    /**
     * of its connection; null: it is up
     */
    outage?: {
        reason: string;
        retryInMs: number;
    } | null;
    /**
     * the server has answered on it, since that was asked for
     */
    answers?: true;
    /**
     * where health checks are answered
     */
    listening?: import("../../validation/health-address.js").HealthAddress;
    /**
     * why they are not
     */
    notListening?: string;
    /**
     * it receives commands of remote control from now on
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
    /**
     * the fault of a message of remote control that is not a command
     */
    malformed?: string;
};
/**
 * @typedef {Pick<import("./consumer.js").ConsumerOptions, "address" | "workerName" | "tagPrefix" | "leaseMs" | "deadLetterLimit">} Shared
 *
 * @typedef {object} KeeperSettings
 * @property {{ globalKeyprefix?: string, prioritySteps?: readonly number[], db: number }} keyOptions of `redisKeys`
 * @property {number} [rescoreMs] how often kombu's time of delivery is renewed
 * @property {number} loopStallLimitMs 0 = never end the process
 * @property {HealthOptions | null} health where health checks are answered, if anywhere
 * @property {string | null} controlExchange of the commands of remote control; null: it receives none
 *
 * @typedef {object} OfThread
 * @property {number} rescoreMs
 * @property {BigInt64Array} cells of `Vitals`
 * @property {import("../metrics.js").SharedFigures | null} figures
 *
 * @typedef {Shared & KeeperSettings & OfThread} ThreadData
 *
 * @typedef {object} HealthOptions
 * @property {import("../../validation/health-address.js").HealthAddress} address
 * @property {number} readyStallMs a worker whose event loop has not turned for this long is not ready
 *
 * @typedef {{ delivery: import("../transport.js").Delivery | null }} Item
 *
 * @typedef {object} Report a message of the thread, with one of these
 * @property {string[]} [lost] tags of deliveries whose lease ran out before it could be renewed, or was released
 * @property {import("./sweeper.js").Swept[]} [restored] messages that the sweep put back
 * @property {string | null} [sweepError] null: sweeps work again
 * @property {{ reason: string, retryInMs: number } | null} [outage] of its connection; null: it is up
 * @property {true} [answers] the server has answered on it, since that was asked for
 * @property {import("../../validation/health-address.js").HealthAddress} [listening] where health checks are answered
 * @property {string} [notListening] why they are not
 * @property {true} [subscribed] it receives commands of remote control from now on
 * @property {import("./keeper-mailbox.js").Command} [command] of remote control, for this worker
 * @property {string} [problem] with remote control
 * @property {string} [malformed] the fault of a message of remote control that is not a command
 */
export declare class Keeper {
    #private;
    /**
     * @param {Shared} shared
     * @param {KeeperSettings} settings
     * @param {Partial<import("../transport.js").ConsumerHooks>} hooks
     */
    constructor({ address, workerName, tagPrefix, leaseMs, deadLetterLimit }: Shared, settings: KeeperSettings, hooks: Partial<import("../transport.js").ConsumerHooks>);
    /**
     * Starts the thread: it watches the event loop and answers health checks.
     *
     * @returns {Promise<import("../../validation/health-address.js").HealthAddress | null>} where health checks are answered, if they
     *   are, once the thread runs
     * @throws `ImproperlyConfigured` when it cannot listen there
     */
    start(): Promise<import("../../validation/health-address.js").HealthAddress | null>;
    /**
     * Starts to renew, to sweep and to receive remote control, once the server was found fit.
     *
     * @returns {Promise<void>} once it receives commands, or after a while
     */
    begin(): Promise<void>;
    /** Has the queues measured for the metrics. @param {string[]} queues that the worker consumes */
    measure(queues: string[]): void;
    /**
     * Starts to renew. Must be called in the tick in which the messages arrived: a task may block the loop in the next one.
     *
     * @param {readonly import("../transport.js").Delivery[]} deliveries
     * @param {readonly number[]} limitsMs their hard time limits, 0 for none: when the loop stalls for longer, they are
     *   released
     */
    hold(deliveries: readonly import("../transport.js").Delivery[], limitsMs: readonly number[]): void;
    /** @returns {Promise<void>} once the server has answered a question that the thread asked after this call */
    answers(): Promise<void>;
    /** Stops renewing. @param {readonly Item[]} items without a delivery: nothing to release */
    release(items: readonly Item[]): void;
    /** @returns {Promise<void>} */
    stop(): Promise<void>;
}
