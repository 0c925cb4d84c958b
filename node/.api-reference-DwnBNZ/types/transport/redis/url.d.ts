export type RedisAddress = {
    host?: string;
    port?: number;
    /**
     * of a unix socket
     */
    path?: string;
    db: number;
    username?: string;
    password?: string;
    /**
     * present for rediss:// and for ssl=true; certificates are checked unless the URL says not to
     */
    tls?: import("./url-parameters.js").TlsOptions;
    /**
     * the query's `socket_timeout`
     */
    replyTimeoutMs?: number;
    /**
     * the query's `socket_connect_timeout`
     */
    connectTimeoutMs?: number;
    /**
     * the query's `socket_keepalive`
     */
    keepAlive?: boolean;
    /**
     * the query's `health_check_interval`
     */
    echoIntervalMs?: number;
    /**
     * in place of host, port and path
     */
    sentinel?: import("./sentinel.js").SentinelAddress;
    /**
     * the URL without its password, for logs
     */
    display: string;
};
export declare const SCHEMES: readonly string[];
/**
 * @param {string} url `redis[s]://[[user]:password@]host[:port][/db]`, `redis+socket://[[user]:password@]/path?virtual_host=db` or
 *   `sentinel://[[user]:password@]host[:port][/db][;sentinel://...]?master_name=name`
 * @param {{ options?: import("../../settings.js").TransportOptions, name?: string }} [options] the transport options that go with the
 *   URL; `name` is the setting, for errors
 * @returns {RedisAddress}
 * @throws `ImproperlyConfigured` when the URL is none of these, or has an unknown parameter
 */
export declare function parseRedisUrl(url: string, { options, name }?: {
    options?: import("../../settings.js").TransportOptions;
    name?: string;
}): RedisAddress;
/**
 * @param {import("../../settings.js").Settings} settings whose result backend may be another kind of server
 * @returns {boolean} whether one script can change messages and results
 */
export declare function isSameDatabase({ brokerUrl, resultBackend, ...settings }: import("../../settings.js").Settings): boolean;
