/**
 * @param {import("./connection.js").RedisConnection} connection ready
 * @returns {Promise<string[]>} warnings to log, also about checks that this user may not run
 * @throws `ImproperlyConfigured` when the server may drop what it was given, or spreads keys over a cluster
 */
export declare function checkServer(connection: import("./connection.js").RedisConnection): Promise<string[]>;
