/** What every broker offers to those who send and to those who hear broadcasts, and the choice of one by the scheme of its URL. */
import { BroadcastListener } from "./redis/broadcast-listener.js";
import { redisKeys } from "./redis/keys.js";
import { RedisPublisher } from "./redis/publisher.js";
import { RedisReplyQueue } from "./redis/reply-queue.js";
import { parseRedisUrl } from "./redis/url.js";

/**
 * @typedef {object} Publication one message and where it goes
 * @property {string} exchange empty: `routingKey` is the queue's name
 * @property {"direct" | "topic" | "fanout"} [exchangeType] default "direct"
 * @property {string} routingKey
 * @property {number} [priority] 0 to 9; on Redis the lowest is taken first
 * @property {string} text the encoded envelope
 * @property {Readonly<import("./publish-policy.js").PublishPolicy> | null} [retryPolicy] how often sending is repeated; null:
 *   for `taskPublishTimeout`
 */

/**
 * @typedef {object} Publisher
 * @property {(publication: Publication) => Promise<void>} publish resolves once the broker has the message
 * @property {(text: string) => void} check throws EncodeError for a message that `publish` would refuse
 * @property {(queue: string, binding?: { exchange?: string, routingKey?: string, pattern?: string }) => Promise<void>} declareQueue
 * @property {() => Promise<void>} drain resolves once nothing is on its way any more
 * @property {() => Promise<void>} close drains, then closes the connection
 */

/**
 * @typedef {object} ReplyQueue where workers answer one question of remote control
 * @property {string} exchange
 * @property {string} routingKey
 * @property {() => Promise<void>} open
 * @property {(exchange: string, text: string) => Promise<number>} ask broadcasts a question; resolves to how many have heard it
 * @property {(timeoutS: number) => Promise<string | null>} next the next answer; null when none came in time
 * @property {() => Promise<void>} close
 */

/**
 * @param {import("../settings.js").Settings} settings
 * @param {string} exchange of the answers
 * @returns {ReplyQueue} not open yet
 */
export function createReplyQueue(settings, exchange) {
  const { globalKeyprefix, prioritySteps, tls } = settings.brokerTransportOptions;
  const address = parseRedisUrl(settings.brokerUrl, { tls });
  const keys = redisKeys({ globalKeyprefix, prioritySteps, db: address.db });
  return new RedisReplyQueue({ address, keys, exchange, timeoutMs: settings.taskPublishTimeout * 1000 });
}

/**
 * @param {import("../settings.js").Settings} settings
 * @param {{ log?: { warn: (message: string) => void } | null }} [options]
 * @returns {Publisher} not connected yet: the first message opens the connection
 * @throws {ImproperlyConfigured} when no broker has the URL's scheme
 */
export function createPublisher(settings, { log = null } = {}) {
  const { globalKeyprefix, prioritySteps, tls } = settings.brokerTransportOptions;
  const address = parseRedisUrl(settings.brokerUrl, { tls });
  return new RedisPublisher({
    address,
    keys: redisKeys({ globalKeyprefix, prioritySteps, db: address.db }),
    timeoutMs: settings.taskPublishTimeout * 1000,
    connectTimeoutMs: settings.brokerConnectionTimeout * 1000,
    messageSizeLimit: settings.messageSizeLimit,
    log,
  });
}

/**
 * @typedef {object} Listener
 * @property {() => Promise<void>} start resolves once it listens
 * @property {() => void} close
 */

/**
 * @param {import("../settings.js").Settings} settings
 * @param {object} options
 * @param {string} options.exchange of the type "fanout"
 * @param {string} options.routingKey with `#` for any part of it
 * @param {(text: string) => void} options.onMessage
 * @param {() => void} options.onAgain called when it listens again after an outage
 * @returns {Listener} not connected yet
 * @throws {ImproperlyConfigured} when no broker has the URL's scheme
 */
export function createListener(settings, options) {
  const { globalKeyprefix, tls } = settings.brokerTransportOptions;
  const address = parseRedisUrl(settings.brokerUrl, { tls });
  const timeoutMs = settings.taskPublishTimeout * 1000;
  return new BroadcastListener({
    address,
    keys: redisKeys({ globalKeyprefix, db: address.db }),
    timeoutMs,
    ...options,
  });
}
