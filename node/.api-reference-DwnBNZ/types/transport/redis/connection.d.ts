import { ConnectionRefused } from "./handshake.js";
import { CheckedRedis } from "./reply-check.js";
export type ConnectionOptions = {
    address: import("./url.js").RedisAddress;
    /**
     * shown by `CLIENT LIST`, with "-" for anything that is not printable ASCII
     */
    name: string;
    connectTimeoutMs?: number;
    /**
     * from the first packet until commands can be sent
     */
    handshakeTimeoutMs?: number;
    /**
     * 0 for connections that block
     */
    replyTimeoutMs?: number;
    /**
     * stops trying when the server refuses the very first handshake for good; default: tries for ever
     */
    endsWhenRefused?: boolean;
    /**
     * called when the first of them is needed
     */
    scripts?: () => import("./scripts.js").Scripts;
    /**
     * called for every failed attempt, and for a loss whose reason is known
     */
    onDown?: (error: Error, retryInMs: number) => void;
    /**
     * called whenever the connection is ready
     */
    onUp?: () => void;
};
/**
 * @typedef {object} ConnectionOptions
 * @property {import("./url.js").RedisAddress} address
 * @property {string} name shown by `CLIENT LIST`, with "-" for anything that is not printable ASCII
 * @property {number} [connectTimeoutMs]
 * @property {number} [handshakeTimeoutMs] from the first packet until commands can be sent
 * @property {number} [replyTimeoutMs] 0 for connections that block
 * @property {boolean} [endsWhenRefused] stops trying when the server refuses the very first handshake for good; default: tries for ever
 * @property {() => import("./scripts.js").Scripts} [scripts] called when the first of them is needed
 * @property {(error: Error, retryInMs: number) => void} [onDown] called for every failed attempt, and for a loss whose reason is known
 * @property {() => void} [onUp] called whenever the connection is ready
 */
export declare class RedisConnection {
    #private;
    display: string;
    /** Whether another server may become the primary. */
    isBehindSentinels: boolean;
    client: CheckedRedis;
    /** @param {ConnectionOptions} options */
    constructor(options: ConnectionOptions);
    /** @returns {import("./dialer.js").Handle | undefined} of the connection, or of the attempt to open it */
    get socket(): import("./dialer.js").Handle | undefined;
    /**
     * @returns {ConnectionRefused | null} why the server has refused the very first connection for good: a wrong password or
     *   database, a certificate. Once a server has accepted us, a refusal is an outage, and may pass
     */
    get refusal(): ConnectionRefused | null;
    /** @returns {string | null} why the connection is down, as far as it is known */
    get outage(): string | null;
    /** @returns {readonly string[]} the optional steps of the last handshake that the server refused */
    get warnings(): readonly string[];
    /**
     * Connects if needed, and waits until commands can be sent.
     *
     * @param {number} [timeoutMs] default: as long as it takes
     * @returns {Promise<void>}
     * @throws `OperationalError` after the timeout, once the connection is closed, or when the server refuses and the
     *   connection ends with that; the next call tries again
     */
    ready(timeoutMs?: number): Promise<void>;
    /** Closes the connection once what was sent is answered or 200 ms have passed; it is opened again. */
    reconnect(): void;
    /**
     * Throws the connection away at once, with every command that is not answered yet; it is opened again.
     *
     * @param {Error} reason
     */
    discard(reason: Error): void;
    /**
     * @returns {Promise<void>} once the server has answered a question asked after this call
     * @throws `OperationalError` once the connection is closed
     */
    answers(): Promise<void>;
    /** Closes the connection for good. Commands still in flight are rejected. */
    close(): void;
}
