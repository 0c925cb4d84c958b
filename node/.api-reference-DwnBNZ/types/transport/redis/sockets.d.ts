import net from "node:net";
export type Target = {
    host?: string;
    port?: number;
    /**
     * of a unix socket
     */
    path?: string;
    tls?: import("./url-parameters.js").TlsOptions;
    keepAlive?: boolean;
};
/**
 * @typedef {object} Target
 * @property {string} [host]
 * @property {number} [port]
 * @property {string} [path] of a unix socket
 * @property {import("./url-parameters.js").TlsOptions} [tls]
 * @property {boolean} [keepAlive]
 */
/**
 * @param {Target} target
 * @param {import("node:net").LookupFunction} [lookup]
 * @returns {net.Socket} on its way
 */
export declare function openSocket({ host, port, path, tls: secure, keepAlive }: Target, lookup?: import("node:net").LookupFunction): net.Socket;
/**
 * @param {net.Socket} socket
 * @param {{ isTls: boolean, connectTimeoutMs: number }} options
 * @returns {Promise<void>} once it is connected, TLS included
 */
export declare function opened(socket: net.Socket, { isTls, connectTimeoutMs }: {
    isTls: boolean;
    connectTimeoutMs: number;
}): Promise<void>;
