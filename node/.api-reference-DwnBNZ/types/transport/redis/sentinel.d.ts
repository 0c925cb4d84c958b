export type SentinelAddress = {
    nodes: Array<{
        host: string;
        port: number;
    }>;
    masterName: string;
    minOtherSentinels: number;
    /**
     * for one sentinel to answer, connecting included
     */
    timeoutMs: number;
    /**
     * at the sentinels
     */
    username?: string;
    /**
     * at the sentinels
     */
    password?: string;
    /**
     * to the sentinels
     */
    tls?: import("./url-parameters.js").TlsOptions;
};
export type Primary = {
    host: string;
    port: number;
    epoch: number;
};
export type Answer = {
    primary: Primary;
} | {
    error: Error;
};
/**
 * @typedef {object} SentinelAddress
 * @property {Array<{ host: string, port: number }>} nodes
 * @property {string} masterName
 * @property {number} minOtherSentinels
 * @property {number} timeoutMs for one sentinel to answer, connecting included
 * @property {string} [username] at the sentinels
 * @property {string} [password] at the sentinels
 * @property {import("./url-parameters.js").TlsOptions} [tls] to the sentinels
 *
 * @typedef {{ host: string, port: number, epoch: number }} Primary `epoch` rises with each election
 * @typedef {{ primary: Primary } | { error: Error }} Answer of one sentinel
 */
/** One search. Like a socket, it can be ended, and keep the process alive or not. */
export declare class SentinelSearch {
    #private;
    /**
     * @param {SentinelAddress} sentinel
     * @param {string} name of the connections
     * @param {import("node:net").LookupFunction} lookup
     */
    constructor(sentinel: SentinelAddress, name: string, lookup: import("node:net").LookupFunction);
    ref(): void;
    unref(): void;
    /** @param {Error} [error] */
    destroy(error?: Error): void;
    /**
     * @returns {Promise<Primary>}
     * @throws `ConnectionRefused` when the sentinels refuse us, or watch no primary of this name
     * @throws `Error` when no sentinel answers, or the primary is down and no other one is elected yet
     */
    primary(): Promise<Primary>;
}
