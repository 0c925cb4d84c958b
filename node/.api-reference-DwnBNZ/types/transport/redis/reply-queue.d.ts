export declare class RedisReplyQueue {
    #private;
    exchange: string;
    routingKey: `${string}-${string}-${string}-${string}-${string}`;
    queue: string;
    /**
     * @param {object} options
     * @param {import("./url.js").RedisAddress} options.address
     * @param {import("./keys.js").Keys} options.keys
     * @param {string} options.exchange of the answers
     * @param {number} options.timeoutMs how long opening may take
     */
    constructor({ address, keys, exchange, timeoutMs }: {
        address: import("./url.js").RedisAddress;
        keys: import("./keys.js").Keys;
        exchange: string;
        timeoutMs: number;
    });
    /**
     * @returns {Promise<void>} once answers would arrive
     * @throws `OperationalError` when the server cannot be reached in time, or refuses
     */
    open(): Promise<void>;
    /**
     * Broadcasts a question that is answered here.
     *
     * @param {string} exchange
     * @param {string} text
     * @returns {Promise<number>} how many received it
     * @throws when the connection is down or the server refuses
     */
    ask(exchange: string, text: string): Promise<number>;
    /**
     * @param {number} timeoutS
     * @returns {Promise<string | null>} the next answer; null when none came in time
     * @throws `OperationalError` when the connection is lost, or the server refuses
     */
    next(timeoutS: number): Promise<string | null>;
    /** Deletes the queue, and answers that came too late. @returns {Promise<void>} */
    close(): Promise<void>;
}
