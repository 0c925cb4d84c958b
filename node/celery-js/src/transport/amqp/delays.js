/**
 * Celery's native delayed delivery (`kombu.transport.native_delayed_delivery`), byte for byte: 28 levels of queues, of which
 * level n keeps a message for 2^n seconds. A message passes the levels whose bits are set in its delay. Its routing key begins
 * with these bits. So a message with a far eta waits in the broker, and in no worker.
 */
import { MAX_NAME_BYTES } from "./errors.js";

const LEVELS = 28;
const FIRST_EXCHANGE = `celery_delayed_${LEVELS - 1}`;
const DELIVERY_EXCHANGE = "celery_delayed_delivery";
const DELAYED = /^celery_delayed_(\d+|delivery)$/;
const PREFIX = new RegExp(`^(?:[01]\\.){${LEVELS}}`);
/** The longest delay: 8.5 years. */
const MAX_DELAY_S = 2 ** LEVELS - 1;

/** @typedef {import("./driver.js").Channel} Channel */

/** @param {string} exchange */
export const isDelayExchange = (exchange) => exchange.startsWith("celery_delayed_") && DELAYED.test(exchange);

/**
 * @param {string} routingKey
 * @returns {string} without the bits of an earlier delay
 */
export const bareRoutingKey = (routingKey) => routingKey.replace(PREFIX, "");

/**
 * Where to publish a message that is to be delivered later. Whole seconds, as Celery: the rest is waited for in a worker.
 *
 * @param {number} delayS
 * @param {string} queue
 * @returns {{ exchange: string, routingKey: string } | null} null for a delay under a second, or if the queue's name leaves no
 *   room for the delay in the routing key
 */
export function delayedPlace(delayS, queue) {
  const seconds = Math.min(Math.trunc(delayS), MAX_DELAY_S);
  if (!(seconds >= 1)) return null;
  const bits = seconds.toString(2).padStart(LEVELS, "0").split("").join(".");
  const routingKey = `${bits}.${queue}`;
  return Buffer.byteLength(routingKey) > MAX_NAME_BYTES ? null : { exchange: FIRST_EXCHANGE, routingKey };
}

/**
 * @param {Channel} channel
 * @returns {Promise<void>} once all exchanges and queues are there
 */
export async function declareDelays(channel) {
  /** @type {Promise<unknown>[]} */
  const done = [];
  // A channel answers in order, so nothing has to be waited for in between.
  for (let level = LEVELS - 1; level >= 0; level -= 1) {
    const name = levelName(level);
    const stars = "*.".repeat(LEVELS - 1 - level);
    done.push(
      channel.assertExchange(name, "topic", { durable: true }),
      channel.assertQueue(name, {
        durable: true,
        arguments: {
          "x-queue-type": "quorum",
          "x-overflow": "reject-publish",
          "x-message-ttl": 2 ** level * 1000,
          "x-dead-letter-exchange": level > 0 ? levelName(level - 1) : DELIVERY_EXCHANGE,
          "x-dead-letter-strategy": "at-least-once",
        },
      }),
      channel.bindQueue(name, name, `${stars}1.#`),
    );
  }
  done.push(channel.assertExchange(DELIVERY_EXCHANGE, "topic", { durable: true }));
  for (let level = LEVELS - 1; level >= 0; level -= 1) {
    const next = level > 0 ? levelName(level - 1) : DELIVERY_EXCHANGE;
    done.push(channel.bindExchange(next, levelName(level), `${"*.".repeat(LEVELS - 1 - level)}0.#`));
  }
  await Promise.all(done);
}

/**
 * Lets delayed messages reach a queue. Celery needs an exchange of the type topic; a queue of a direct exchange is bound by itself.
 *
 * @param {Channel} channel
 * @param {import("./topology.js").TaskQueue} queue
 * @returns {Promise<void>}
 */
export async function bindToDelays(channel, { name, exchange, exchangeType, routingKey }) {
  const key = `#.${routingKey}`;
  if (exchangeType === "topic") {
    await Promise.all([channel.bindExchange(exchange, DELIVERY_EXCHANGE, key), channel.bindQueue(name, exchange, key)]);
  } else await channel.bindQueue(name, DELIVERY_EXCHANGE, key);
}

/** @param {number} level */
const levelName = (level) => `celery_delayed_${level}`;
