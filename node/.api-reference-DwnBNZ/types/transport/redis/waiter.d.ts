/** Waits on all queues of a worker. */
export declare class Waiters {
    #private;
    /** Whether there may be messages, so that the next wait ends at once. */
    hasNews: boolean;
    /** @param {{ address: import("./url.js").RedisAddress, workerName: string, keys: import("./keys.js").Keys }} options */
    constructor(options: {
        address: import("./url.js").RedisAddress;
        workerName: string;
        keys: import("./keys.js").Keys;
    });
    /** @param {string} queue */
    add(queue: string): void;
    /** @param {string} queue */
    remove(queue: string): void;
    /** @returns {Promise<void>} once a queue may have messages, or `wake` or `close` is called */
    wait(): Promise<void>;
    wake(): void;
    close(): void;
}
