/**
 * Opens connections for ioredis, which reports a refused SELECT and calls the connection ready all the same. Guarantee: a
 * socket reaches ioredis only after its whole handshake was accepted, and that takes no longer than its limit, whatever the
 * name server, the network, TLS or the server leave unanswered. After a failure the next attempt begins with the host's next address.
 * Behind sentinels every attempt asks them for the primary, and goes to no replica.
 */
import dns from "node:dns";
import { Socket } from "node:net";
import { AbstractConnector } from "ioredis";
/** From the first packet to a connection that is ready. */
export declare const HANDSHAKE_TIMEOUT_MS = 10000;
export type DialOptions = {
    address: Omit<import("./url.js").RedisAddress, "display">;
    /**
     * of the connection
     */
    name: string;
    /**
     * until the server's machine has accepted
     */
    connectTimeoutMs: number;
    /**
     * until the server has accepted, the time to connect included
     */
    handshakeTimeoutMs: number;
    /**
     * default: the system's
     */
    lookup?: typeof dns.lookup;
};
export type Handle = {
    ref: () => unknown;
    unref: () => unknown;
    destroy: (error?: Error) => unknown;
};
/**
 * @typedef {object} DialOptions
 * @property {Omit<import("./url.js").RedisAddress, "display">} address
 * @property {string} name of the connection
 * @property {number} connectTimeoutMs until the server's machine has accepted
 * @property {number} handshakeTimeoutMs until the server has accepted, the time to connect included
 * @property {typeof dns.lookup} [lookup] default: the system's
 */
/** @typedef {{ ref: () => unknown, unref: () => unknown, destroy: (error?: Error) => unknown }} Handle of a socket, or of several */
export declare class Dialer extends AbstractConnector {
    #private;
    /** The attempt under way. @type {Handle | null} */
    dialing: Handle | null;
    /** Why the last attempt failed: ioredis reports this. @type {Error | undefined} */
    firstError: Error | undefined;
    /** About the last handshake that was accepted. @type {string[]} */
    warnings: string[];
    /** @param {DialOptions} options */
    constructor(options: DialOptions);
    /** @returns {Promise<Socket>} ready for commands; destroyed when the attempt failed, as `firstError` then says */
    connect(): Promise<Socket>;
    /** Ends the connection, or the attempt to open it. */
    disconnect(): void;
}
