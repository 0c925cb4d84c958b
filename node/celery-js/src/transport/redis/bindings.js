/**
 * Which queues a message of an exchange goes to: kombu's binding tables, and its rules for direct and topic exchanges
 * (`kombu.transport.virtual.exchange`, `kombu.transport.redis.Channel._queue_bind`).
 */
import { SEPARATOR } from "./keys.js";

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
export function encodeBinding({ routingKey, pattern, queue }) {
  return [routingKey, pattern, queue].join(SEPARATOR);
}

/**
 * @param {readonly string[]} members of an exchange's set
 * @param {string} routingKey the message's
 * @returns {string[]} the queues that it goes to, each once
 */
export function boundQueues(members, routingKey) {
  const queues = new Set();
  for (const member of members) {
    const [bound = "", pattern = "", queue = ""] = member.split(SEPARATOR);
    const matches = pattern === "" ? bound === routingKey : topicPattern(bound).test(routingKey);
    if (matches && queue !== "") queues.add(queue);
  }
  return [...queues];
}

/**
 * @param {string} bound a topic exchange's routing key: `*` stands for one word, `#` for any number
 * @returns {RegExp} what kombu's `TopicExchange.key_to_pattern` accepts; made anew, as a pattern from the server is Python's
 */
export function topicPattern(bound) {
  const words = bound.split(".").map((word) => {
    if (word === "*") return "[^.]+";
    return word === "#" ? ".*?" : word.replace(/[^\w]/g, "\\$&");
  });
  return new RegExp(`^${words.join("\\.")}$`);
}
