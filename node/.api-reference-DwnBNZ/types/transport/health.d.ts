/**
 * Judges a worker from outside its event loop. Health means "is consuming": a worker that is connected but takes nothing
 * is the most common outage of Celery in the field, and must not look healthy.
 */
export type Signs = {
    snapshot: import("./vitals.js").Snapshot;
    /**
     * how long the event loop has not turned
     */
    stalledMs: number;
    /**
     * to the broker, seen from the keeper's thread
     */
    isConnected: boolean;
    /**
     * how long the broker has not answered the keeper's thread
     */
    silentMs: number;
};
export type Limits = {
    /**
     * how long a stall makes the worker not ready
     */
    readyStallMs: number;
    /**
     * how long a stall makes it not alive; 0 = never
     */
    loopStallLimitMs: number;
};
/**
 * @typedef {object} Signs
 * @property {import("./vitals.js").Snapshot} snapshot
 * @property {number} stalledMs how long the event loop has not turned
 * @property {boolean} isConnected to the broker, seen from the keeper's thread
 * @property {number} silentMs how long the broker has not answered the keeper's thread
 *
 * @typedef {object} Limits
 * @property {number} readyStallMs how long a stall makes the worker not ready
 * @property {number} loopStallLimitMs how long a stall makes it not alive; 0 = never
 */
/**
 * @param {Signs} signs
 * @param {Limits} limits
 * @returns {string[]} why the worker is not ready; empty when it is
 */
export declare function reasonsAgainst({ snapshot, stalledMs, isConnected, silentMs }: Signs, { readyStallMs }: Limits): string[];
/**
 * @param {number} stalledMs how long the event loop has not turned
 * @param {Limits} limits
 * @returns {boolean} false when it will not recover
 */
export declare function isAlive(stalledMs: number, { loopStallLimitMs }: Limits): boolean;
