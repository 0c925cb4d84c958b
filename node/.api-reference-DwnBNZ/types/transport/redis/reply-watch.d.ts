/** How often a connection is asked for an echo. */
export declare const ECHO_INTERVAL_MS = 5000;
export type Internals = {
    commandQueue: {
        length: number;
    };
    stream: import("node:net").Socket;
};
/** @typedef {{ commandQueue: { length: number }, stream: import("node:net").Socket }} Internals of ioredis, which it does not declare */
/**
 * A loop that was blocked must not mistake its own delay for the server's. The connection counts as dead only after the
 * socket was read once more without an answer.
 *
 * @param {import("./connection.js").RedisConnection} connection just ready
 * @param {{ replyTimeoutMs: number, echoIntervalMs: number }} limits a reply timeout of 0: the connection blocks, and may be silent
 */
export declare function watchReplies(connection: import("./connection.js").RedisConnection, { replyTimeoutMs, echoIntervalMs }: {
    replyTimeoutMs: number;
    echoIntervalMs: number;
}): void;
