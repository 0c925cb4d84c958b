import { RedisConnection } from "./connection.js";
export type ClientConnectionOptions = import("./connection.js").ConnectionOptions & {
    timeoutMs: number;
};
export type Handles = {
    reconnectTimeout?: NodeJS.Timeout | null;
};
export type Attempts = {
    over: boolean;
    failure: string | null;
};
/**
 * @typedef {import("./connection.js").ConnectionOptions & { timeoutMs: number }} ClientConnectionOptions `timeoutMs`: how long
 *   a command may take, connecting and repeating included
 */
/** @typedef {{ reconnectTimeout?: NodeJS.Timeout | null }} Handles of ioredis, which it does not declare */
/** @typedef {{ over: boolean, failure: string | null }} Attempts of one command: whether its time is over, why the last one failed */
export declare class ClientConnection {
    #private;
    connection: RedisConnection;
    client: import("./reply-check.js").CheckedRedis;
    display: string;
    /** @param {ClientConnectionOptions} options */
    constructor({ timeoutMs, ...options }: ClientConnectionOptions);
    /** Keeps the process alive until `release` is called as often. */
    hold(): void;
    /** Undoes one `hold`. */
    release(): void;
    /**
     * Sends a command until the server has answered it.
     *
     * @template T
     * @param {(client: import("./reply-check.js").CheckedRedis) => Promise<T>} command called once per attempt
     * @returns {Promise<T>}
     * @throws `OperationalError` after `timeoutMs` without an answer, naming the server and the reason; at once when the server
     *   refuses the command, or the connection, for good
     */
    run<T>(command: (client: import("./reply-check.js").CheckedRedis) => Promise<T>): Promise<T>;
    /**
     * Sends a command once, connecting first if needed, for callers with their own retry policy.
     *
     * @template T
     * @param {(client: import("./reply-check.js").CheckedRedis) => Promise<T>} command
     * @returns {Promise<T>}
     * @throws `OperationalError` when the server cannot be reached or refuses, or has not answered after `timeoutMs`;
     *   `isTemporary` if a later attempt may succeed
     */
    runOnce<T>(command: (client: import("./reply-check.js").CheckedRedis) => Promise<T>): Promise<T>;
    /** Closes the connection for good. Running commands are rejected. */
    close(): void;
    /**
     * Connects if needed.
     *
     * @returns {Promise<void>} once commands can be sent
     * @throws `OperationalError` when the connection is closed
     */
    ready(): Promise<void>;
    /** @returns {string} why commands cannot be sent, or are not answered */
    get outage(): string;
}
