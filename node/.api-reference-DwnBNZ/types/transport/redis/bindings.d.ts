export type Binding = {
    routingKey: string;
    /**
     * the regular expression that kombu made of a topic's routing key; empty for a direct exchange
     */
    pattern: string;
    queue: string;
};
/**
 * @typedef {object} Binding
 * @property {string} routingKey
 * @property {string} pattern the regular expression that kombu made of a topic's routing key; empty for a direct exchange
 * @property {string} queue
 */
/**
 * @param {Binding} binding
 * @returns {string} the member of the exchange's set
 */
export declare function encodeBinding({ routingKey, pattern, queue }: Binding): string;
/**
 * Binds a queue, by default to the exchange of its own name, as Celery's workers do at start, so that kombu's producers find
 * it. Both sets are kombu's: it forgets the bindings of the first that are not in the second when a queue expires.
 *
 * @param {import("ioredis").Redis} client
 * @param {import("./keys.js").Keys} keys
 * @param {string} queue
 * @param {{ exchange?: string, routingKey?: string, pattern?: string }} [binding]
 * @returns {Promise<void>}
 */
export declare function declareQueue(client: import("ioredis").Redis, keys: import("./keys.js").Keys, queue: string, { exchange, routingKey, pattern }?: {
    exchange?: string;
    routingKey?: string;
    pattern?: string;
}): Promise<void>;
/**
 * @param {readonly string[]} members of an exchange's set
 * @param {string} routingKey the message's
 * @returns {string[]} the queues that it goes to, each once
 */
export declare function boundQueues(members: readonly string[], routingKey: string): string[];
/**
 * @param {string} bound a topic exchange's routing key: `*` stands for one word, `#` for any number
 * @returns {RegExp} what kombu's `TopicExchange.key_to_pattern` accepts; made here, because the server's pattern is
 *   Python's
 */
export declare function topicPattern(bound: string): RegExp;
