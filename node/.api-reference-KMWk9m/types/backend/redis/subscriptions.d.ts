export type Listener = {
    /**
     * called with what is stored, maybe several times
     */
    onPayload: (payload: Buffer) => void;
    /**
     * called when waiting makes no sense any more; the listener must then stop
     */
    onError: (error: Error) => void;
};
/**
 * @typedef {object} Listener
 * @property {(payload: Buffer) => void} onPayload called with what is stored, maybe several times
 * @property {(error: Error) => void} onError called when waiting makes no sense any more; the listener must then stop
 */
export declare class ResultSubscriptions {
    #private;
    /**
     * @param {object} options
     * @param {import("../../transport/redis/url.js").RedisAddress} options.address
     * @param {string} options.name shown by `CLIENT LIST`
     * @param {number} options.timeoutMs how long the first connection may take
     * @param {number} [options.pingIntervalMs]
     * @param {(keys: string[]) => Promise<Array<Buffer | null>>} options.read what is stored under the keys
     */
    constructor({ address, name, timeoutMs, pingIntervalMs, read }: {
        address: import("../../transport/redis/url.js").RedisAddress;
        name: string;
        timeoutMs: number;
        pingIntervalMs?: number;
        read: (keys: string[]) => Promise<Array<Buffer | null>>;
    });
    /** @returns {number} how many keys are waited for or still subscribed to */
    get size(): number;
    /**
     * @param {string} key
     * @param {Listener} listener
     * @returns {() => void} ends it; may be called again
     */
    listen(key: string, listener: Listener): () => void;
    /** Closes the connection for good; remaining listeners get an error. */
    close(): void;
}
