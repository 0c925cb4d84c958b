import { Metrics } from "../metrics.js";
export type Answer = import("../health-server.js").Answer;
/** @typedef {import("../health-server.js").Answer} Answer */
export declare class KeeperHealth {
    #private;
    metrics: Metrics | null;
    /** The queues that the worker consumes. @type {readonly string[]} */
    queues: readonly string[];
    /**
     * @param {object} options
     * @param {import("./connection.js").RedisConnection} options.connection the keeper's
     * @param {import("../vitals.js").Vitals} options.vitals
     * @param {import("../../validation/health-address.js").HealthAddress} options.address
     * @param {number} options.readyStallMs see `Limits` of health.js
     * @param {number} options.loopStallLimitMs see `Limits` of health.js
     * @param {import("../metrics.js").SharedFigures | null} options.figures null: there are no metrics
     * @param {import("./measuring.js").Measuring} options.measuring
     */
    constructor(options: {
        connection: import("./connection.js").RedisConnection;
        vitals: import("../vitals.js").Vitals;
        address: import("../../validation/health-address.js").HealthAddress;
        readyStallMs: number;
        loopStallLimitMs: number;
        figures: import("../metrics.js").SharedFigures | null;
        measuring: import("./measuring.js").Measuring;
    });
    /**
     * @returns {Promise<import("../../validation/health-address.js").HealthAddress>} where it listens, once it does
     * @throws `Error` when it cannot listen there
     */
    start(): Promise<import("../../validation/health-address.js").HealthAddress>;
}
