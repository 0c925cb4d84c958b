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
     * present for rediss://; certificates are checked unless the URL says not to
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
     * the URL without its password, for logs
     */
    display: string;
};
/**
 * @param {string} url `redis[s]://[[user]:password@]host[:port][/db]` or `redis+socket://[[user]:password@]/path?virtual_host=db`
 * @param {{ tls?: import("node:tls").ConnectionOptions, name?: string }} [options] `name` is the setting, for errors
 * @returns {RedisAddress}
 * @throws {ImproperlyConfigured} when the URL is none of these, or has a parameter that means nothing
 */
export declare function parseRedisUrl(url: string, { tls, name }?: {
    tls?: import("node:tls").ConnectionOptions;
    name?: string;
}): RedisAddress;
/**
 * How logs, errors and `inspect conf` show a URL.
 *
 * @param {string} url as it was given: it may be no URL at all
 * @returns {string} with `**` for the password, as Celery's `maybe_sanitize_url` shows it, and for parameters that we do not know
 */
export declare function hidePassword(url: string): string;
