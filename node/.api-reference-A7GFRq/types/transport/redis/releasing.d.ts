export type Settlement = {
    /**
     * the delivery to acknowledge; null only stores the result
     */
    number: number | null;
    taskId: string;
    /**
     * the encoded meta, or "" to store none
     */
    result: string;
};
export type Burial = {
    number: number;
    taskId: string;
    queue: string;
    raw: string;
    reason: string;
    deliveries: number;
};
export type Requeue = {
    number: number;
    queue: string;
    priority: number;
    raw: string;
    side: "next" | "last";
};
export type Parking = {
    number: number;
    dueMs: number;
    etaS: number;
};
/**
 * @typedef {object} Settlement
 * @property {number | null} number the delivery to acknowledge; null only stores the result
 * @property {string} taskId
 * @property {string} result the encoded meta, or "" to store none
 *
 * @typedef {{ number: number, taskId: string, queue: string, raw: string, reason: string, deliveries: number }} Burial
 * @typedef {{ number: number, queue: string, priority: number, raw: string, side: "next" | "last" }} Requeue
 * @typedef {{ number: number, dueMs: number, etaS: number }} Parking
 */
export declare class Releasing {
    #private;
    /**
     * @param {import("./connection.js").RedisConnection} connection
     * @param {import("./persistence.js").Persistence} persistence
     * @param {import("./consumer.js").ConsumerOptions} options
     */
    constructor(connection: import("./connection.js").RedisConnection, persistence: import("./persistence.js").Persistence, options: import("./consumer.js").ConsumerOptions);
    /** See `RedisConsumer.settle`. @param {Settlement[]} items @param {() => void} [onSent] @returns {Promise<number[]>} */
    settle(items: Settlement[], onSent?: () => void): Promise<number[]>;
    /** See `RedisConsumer.bury`. @param {Burial[]} items @returns {Promise<number[]>} */
    bury(items: Burial[]): Promise<number[]>;
    /** See `RedisConsumer.requeue`. @param {Requeue[]} items @returns {Promise<number[]>} */
    requeue(items: Requeue[]): Promise<number[]>;
    /** See `RedisConsumer.park`. @param {Parking[]} items @returns {Promise<number[]>} */
    park(items: Parking[]): Promise<number[]>;
}
