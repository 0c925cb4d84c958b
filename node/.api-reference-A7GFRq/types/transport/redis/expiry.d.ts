export declare class Expiry {
    #private;
    /**
     * @param {import("./connection.js").RedisConnection} connection
     * @param {{ keys: import("./keys.js").Keys, deadLetterMaxAgeMs?: number }} options `deadLetterMaxAgeMs`: 0 = they are kept for ever
     */
    constructor(connection: import("./connection.js").RedisConnection, options: {
        keys: import("./keys.js").Keys;
        deadLetterMaxAgeMs?: number;
    });
    /**
     * Looks at the lists when a minute has passed since it last did, and the server is there.
     *
     * @param {string[]} queues
     * @throws when the server refuses; it is tried again with the next call
     */
    run(queues: string[]): Promise<void>;
}
