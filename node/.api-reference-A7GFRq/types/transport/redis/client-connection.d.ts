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
/** @typedef {{ reconnectTimeout?: NodeJS.Timeout | null }} Handles what ioredis has and does not declare */
/** @typedef {{ over: boolean, failure: string | null }} Attempts of one command: whether its time is over, why the last one failed */
export declare class ClientConnection {
    #private;
    connection: RedisConnection;
    client: import("ioredis").Redis<"legacy">;
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
     * @param {(client: import("ioredis").Redis) => Promise<T>} command called once per attempt
     * @returns {Promise<T>}
     * @throws {OperationalError} after `timeoutMs` without an answer, naming the server and the reason; at once when the server
     *   refuses the command, or the connection, for good
     */
    run<T>(command: (client: import("ioredis").Redis) => Promise<T>): Promise<T>;
    /**
     * Sends a command once, and connects for it where that is needed: for those who say themselves how often to repeat.
     *
     * @template T
     * @param {(client: import("ioredis").Redis) => Promise<T>} command
     * @returns {Promise<T>}
     * @throws {OperationalError} when the server cannot be reached or refuses, or has not answered after `timeoutMs`;
     *   `isTemporary` where the same may go well later
     */
    runOnce<T>(command: (client: import("ioredis").Redis) => Promise<T>): Promise<T>;
    /** Closes the connection for good. Whatever still runs is rejected. */
    close(): void;
    /**
     * Connects when that has not happened yet.
     *
     * @returns {Promise<void>} once commands can be sent
     * @throws {OperationalError} when the connection is closed
     */
    ready(): Promise<void>;
    /** @returns {string} why commands cannot be sent, or are not answered */
    get outage(): string;
}
