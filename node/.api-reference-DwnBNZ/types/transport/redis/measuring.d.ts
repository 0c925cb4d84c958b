import { Figures } from "../figures.js";
export declare class Measuring {
    #private;
    /**
     * @param {object} options
     * @param {import("./connection.js").RedisConnection} options.connection
     * @param {import("./keys.js").Keys} options.keys
     * @param {string} options.tagPrefix unique to this process
     */
    constructor(options: {
        connection: import("./connection.js").RedisConnection;
        keys: import("./keys.js").Keys;
        tagPrefix: string;
    });
    /**
     * @param {readonly string[]} queues
     * @returns {Promise<Figures>} of the queues and the database that this worker tells about; empty without an answer
     */
    measure(queues: readonly string[]): Promise<Figures>;
}
