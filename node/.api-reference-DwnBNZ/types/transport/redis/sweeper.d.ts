export type HeldMessage = import("./held-record.js").HeldMessage;
export type Swept = {
    /**
     * that it was held under
     */
    tag: string;
    queue: string;
    taskId: string | null;
    /**
     * its worker was lost, or its eta is near
     */
    why: "lost" | "due";
};
export type Found = Swept & {
    score: string;
    message: string;
    priority: number;
};
/**
 * @typedef {import("./held-record.js").HeldMessage} HeldMessage
 *
 * @typedef {object} Swept one message that went back into its queue
 * @property {string} tag that it was held under
 * @property {string} queue
 * @property {string | null} taskId
 * @property {"lost" | "due"} why its worker was lost, or its eta is near
 *
 * @typedef {Swept & { score: string, message: string, priority: number }} Found what `sweep` found of it
 */
export declare class Sweeper {
    #private;
    /**
     * @param {object} options
     * @param {import("./connection.js").RedisConnection} options.connection
     * @param {import("./keys.js").Keys} options.keys
     * @param {string} options.workerName
     * @param {number} options.deadLetterLimit
     * @param {number} options.leaseMs
     * @param {(swept: Swept[]) => void} options.onRestored
     * @param {(error: Error) => void} options.onError
     * @param {() => void} [options.onWell] a whole sweep went through, after an error
     */
    constructor(options: {
        connection: import("./connection.js").RedisConnection;
        keys: import("./keys.js").Keys;
        workerName: string;
        deadLetterLimit: number;
        leaseMs: number;
        onRestored: (swept: Swept[]) => void;
        onError: (error: Error) => void;
        onWell?: () => void;
    });
    /** Sweeps from now on, several times a lease. */
    start(): void;
    stop(): void;
    /** @returns {Promise<boolean>} whether there may be more to restore */
    sweep(): Promise<boolean>;
}
