/**
 * Database, user and password are those of the first URL, as in kombu; the parameters may stand in any of them.
 *
 * @param {string} text
 * @param {{ options: import("../../settings.js").TransportOptions, refuse: import("./url-parameters.js").Refuse }} context `options`: Celery's
 *   `broker_transport_options` in camelCase; the URL's parameters come first
 * @returns {Omit<import("./url.js").RedisAddress, "display">}
 */
export declare function parseSentinelUrl(text: string, { options, refuse }: {
    options: import("../../settings.js").TransportOptions;
    refuse: import("./url-parameters.js").Refuse;
}): Omit<import("./url.js").RedisAddress, "display">;
