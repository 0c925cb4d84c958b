/**
 * Receives events, from its own exclusive queue (`celery.events.receiver`). Guarantee: once `start` has resolved, it receives
 * everything while the connection lasts. After an outage it listens again by itself, and reports that. Messages sent in between are lost.
 * It keeps the process alive until it is closed.
 */
import { randomUUID } from "node:crypto";
import { AmqpConnection } from "./connection.js";
import { toEnvelope } from "./message.js";

const HEARTBEAT_S = 30;

/** @typedef {import("../transport.js").Listener} Listener */

/** @implements {Listener} */
export class AmqpListener {
  #options;
  #connection;
  #isListening = false;
  #isClosed = false;

  /**
   * @param {object} options
   * @param {readonly import("./url.js").AmqpAddress[]} options.addresses
   * @param {string} options.exchange
   * @param {boolean} options.isOfEvents whether it is the exchange of events, a durable one of the type topic
   * @param {string} options.routingKey
   * @param {{ prefix: string, ttlMs: number | null, expiresMs: number | null }} options.queue
   * @param {number} options.timeoutMs how long connecting may take at first
   * @param {(text: string) => void} options.onMessage
   * @param {() => void} options.onAgain called when it listens again after an outage
   */
  constructor(options) {
    this.#options = options;
    const { addresses, exchange, timeoutMs } = options;
    this.#connection = new AmqpConnection({
      addresses,
      name: `celery-js-${exchange}`,
      heartbeatS: HEARTBEAT_S,
      connectTimeoutMs: timeoutMs,
      endsWhenRefused: () => !this.#isListening,
      setUp: (model) => this.#setUp(model),
      onUp: () => {
        if (this.#isListening) options.onAgain();
      },
    });
  }

  /** @type {import("../transport.js").Listener["start"]} */
  async start() {
    await this.#connection.ready(this.#options.timeoutMs);
    this.#isListening = true;
  }

  /** Idempotent. */
  close() {
    this.#isClosed = true;
    void this.#connection.close();
  }

  /** @param {import("./driver.js").Model} model */
  async #setUp(model) {
    const { exchange, isOfEvents, routingKey, onMessage, queue } = this.#options;
    const { prefix, ttlMs, expiresMs } = queue;
    const channel = await model.createChannel();
    channel.on("error", () => this.#connection.reconnect("a channel was closed"));
    const name = `${prefix}.${randomUUID()}`;
    await channel.assertExchange(exchange, isOfEvents ? "topic" : "fanout", { durable: isOfEvents });
    await channel.assertQueue(name, {
      durable: false,
      exclusive: true,
      autoDelete: true,
      arguments: {
        ...(ttlMs !== null && { "x-message-ttl": ttlMs }),
        ...(expiresMs !== null && { "x-expires": expiresMs }),
      },
    });
    await channel.bindQueue(name, exchange, routingKey);
    const onDelivery = (/** @type {import("./driver.js").AmqpMessage | null} */ message) => {
      if (message !== null && !this.#isClosed) onMessage(toEnvelope(message, name));
    };
    await channel.consume(name, onDelivery, { noAck: true });
    return channel;
  }
}
