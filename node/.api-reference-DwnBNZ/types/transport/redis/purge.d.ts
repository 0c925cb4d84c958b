/**
 * @param {import("../transport.js").BrokerSettings} settings whose broker it is
 * @param {readonly string[]} queues
 * @returns {Promise<number>} how many messages there were, for good
 * @throws `OperationalError` when the server cannot be reached in time or refuses
 */
export declare function purgeQueues(settings: import("../transport.js").BrokerSettings, queues: readonly string[]): Promise<number>;
