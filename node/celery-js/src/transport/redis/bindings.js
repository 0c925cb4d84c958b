/**
 * Which queues a message of an exchange goes to: kombu's binding tables, and its rules for direct and topic exchanges
 * (`kombu.transport.virtual.exchange`, `kombu.transport.redis.Channel._queue_bind`).
 */
import { ImproperlyConfigured } from "../../errors.js";
import { withGaps } from "../../protocol/glob.js";
import { checkExchangeType } from "../../validation/task-queues.js";
import { SEPARATOR } from "./keys.js";

/**
 * @typedef {object} Binding
 * @property {string} routingKey
 * @property {string} pattern the regular expression that kombu made of a topic's routing key; empty for a direct exchange
 * @property {string} queue
 *
 * @typedef {{ exchange?: string, routingKey?: string, exchangeType?: string }} Place where a queue is bound; default: an exchange of
 *   the type "direct" with the queue's name, which is the routing key too
 */

/** The part of a topic's pattern for each wildcard, as kombu writes it. @type {Record<string, string>} */
const WILDCARDS = { "*": "[^\\.]+", "#": ".*?" };

/**
 * @param {Binding} binding
 * @returns {string} the member of the exchange's set
 */
export function encodeBinding({ routingKey, pattern, queue }) {
  return [routingKey, pattern, queue].join(SEPARATOR);
}

/**
 * Binds a queue, by default to the exchange of the same name, as Celery's workers do at start, so that kombu's producers find
 * it. Both sets are kombu's: when a queue expires, kombu drops the bindings of the first set that are missing in the second.
 *
 * @param {import("ioredis").Redis} client
 * @param {import("./keys.js").Keys} keys
 * @param {string} queue
 * @param {Place} [place]
 * @returns {Promise<void>}
 */
export async function declareQueue(client, keys, queue, { exchange = queue, routingKey = queue, exchangeType } = {}) {
  const pattern = exchangeType === "topic" ? patternOf(routingKey) : "";
  const member = encodeBinding({ routingKey, pattern, queue });
  await Promise.all([
    client.sadd(keys.bindings(exchange), member),
    client.sadd(keys.permanentBindings(exchange), member),
  ]);
}

/**
 * Kombu compares the routing key of a direct exchange letter for letter, so that a queue with a wildcard would get nothing.
 *
 * @param {string} queue
 * @param {{ routingKey: string, exchangeType: string }} place that a user has chosen for it
 * @throws {ImproperlyConfigured} for an exchange of another type than direct and topic, and for wildcards in the key of a
 *   direct one
 */
export function checkPlace(queue, { routingKey, exchangeType }) {
  checkExchangeType(queue, exchangeType);
  // A name with a wildcard is bound as it is.
  const isChosen = exchangeType === "direct" && routingKey !== queue;
  if (isChosen && routingKey.split(".").some((word) => Object.hasOwn(WILDCARDS, word))) {
    throw new ImproperlyConfigured(
      `queue '${queue}': a direct exchange takes the wildcards in routingKey '${routingKey}' literally; add exchangeType 'topic'`,
    );
  }
}

/**
 * @param {string} routingKey of a queue that is bound to a topic exchange
 * @returns {string} the regular expression that kombu stores for it, in Python's form (`TopicExchange.key_to_pattern`)
 */
function patternOf(routingKey) {
  const escaped = routingKey.replace(/[^\p{L}\p{N}.#*]/gu, (char) => (char === "\0" ? "\\000" : `\\${char}`));
  return `^${escaped
    .split(".")
    .map((word) => (Object.hasOwn(WILDCARDS, word) ? WILDCARDS[word] : word))
    .join("\\.")}$`;
}

/**
 * Checks a queue that a control command adds. A worker takes from all of its queues in one step, so one queue whose key is not a
 * list, or belongs to the delivery protocol, would block all the others. Python's workers do the same
 * (`celery_reliable/queue_check.py`).
 *
 * @param {string} queue
 * @param {import("./keys.js").Keys} keys
 * @throws {ImproperlyConfigured} for a name that no queue may have
 */
export function checkQueueName(queue, keys) {
  const { unacked, unackedIndex, leases, parked, deliveries, counted, started, sweep, measured } = keys;
  const ours = [unacked, unackedIndex, leases, parked, deliveries, counted, started, sweep, measured];
  if (ours.includes(keys.queue(queue))) {
    const reason = "its key is one of the delivery protocol's; choose another name";
    throw new ImproperlyConfigured(`invalid queue '${queue}': ${reason}`);
  }
  if (queue.endsWith(".dead"))
    throw new ImproperlyConfigured(`invalid queue '${queue}': it keeps dead letters; choose another name`);
}

/**
 * @param {import("ioredis").Redis} client
 * @param {string} queue
 * @param {import("./keys.js").Keys} keys
 * @returns {Promise<void>}
 * @throws {ImproperlyConfigured} when one of its keys is no list
 */
export async function checkQueueType(client, queue, keys) {
  const names = [...keys.steps.map((step) => keys.queue(queue, step)), keys.dead(queue)];
  const types = await Promise.all(names.map((name) => client.type(name)));
  const wrong = types.findIndex((type) => type !== "list" && type !== "none");
  if (wrong !== -1) throw new ImproperlyConfigured(`the key ${names[wrong]} is a ${types[wrong]}, not a list`);
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
 * @returns {RegExp} what kombu's `TopicExchange.key_to_pattern` accepts; made here, because the server's pattern is
 *   Python's
 */
function topicPattern(bound) {
  const pieces = bound.split(".").flatMap((word) => ["\\.", word === "#" ? null : sourceOf(word)]);
  return withGaps(pieces.slice(1));
}

/** @param {string} word */
const sourceOf = (word) => (word === "*" ? "[^.]+" : word.replace(/[^\w]/g, "\\$&"));
