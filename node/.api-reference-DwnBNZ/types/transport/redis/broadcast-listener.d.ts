export declare class BroadcastListener {
    #private;
    /**
     * @param {object} options
     * @param {import("./url.js").RedisAddress} options.address
     * @param {import("./keys.js").Keys} options.keys
     * @param {string} options.exchange
     * @param {string} options.routingKey with `#` for any part of it
     * @param {number} options.timeoutMs how long connecting may take at first
     * @param {(text: string) => void} options.onMessage
     * @param {() => void} options.onAgain called when it listens again after an outage
     */
    constructor({ address, keys, exchange, routingKey, timeoutMs, onMessage, onAgain }: {
        address: import("./url.js").RedisAddress;
        keys: import("./keys.js").Keys;
        exchange: string;
        routingKey: string;
        timeoutMs: number;
        onMessage: (text: string) => void;
        onAgain: () => void;
    });
    /**
     * @returns {Promise<void>} once it listens
     * @throws `OperationalError` when the server cannot be reached in time, or refuses
     */
    start(): Promise<void>;
    /** Idempotent. */
    close(): void;
}
