/**
 * Receives the broadcasts of a fanout exchange. Guarantee: once `start` has resolved, it receives every broadcast while
 * the connection lasts. After an outage it listens again by itself, and reports that. Broadcasts in between are lost: the
 * server keeps none of them. It keeps the process alive until it is closed.
 */
import { ClientConnection } from "./client-connection.js";

/** How often a silent connection is pinged. */
const PING_INTERVAL_MS = 10_000;

export class BroadcastListener {
  #connection;
  #pattern;
  #onAgain;
  #isListening = false;
  #isClosed = false;
  /** @type {NodeJS.Timeout | undefined} */
  #pingTimer;

  /**
   * @param {object} options
   * @param {import("./url.js").RedisAddress} options.address
   * @param {import("./keys.js").Keys} options.keys
   * @param {string} options.exchange
   * @param {string} options.routingKey with `#` for any part of it
   * @param {number} options.timeoutMs how long connecting may take at first
   * @param {(text: string) => void} options.onMessage
   * @param {() => void} options.onAgain called when it listens again after an outage
   */
  constructor({ address, keys, exchange, routingKey, timeoutMs, onMessage, onAgain }) {
    // The pattern that kombu makes of it.
    this.#pattern = keys.fanout(exchange, routingKey.replaceAll("#", "*"));
    this.#onAgain = onAgain;
    this.#connection = new ClientConnection({
      address,
      name: `celery-js-${exchange}`,
      timeoutMs,
      replyTimeoutMs: PING_INTERVAL_MS,
      onUp: () => void this.#listenAgain(),
    });
    const { client } = this.#connection;
    client.on("pmessage", (_pattern, _channel, text) => {
      if (!this.#isClosed) onMessage(text);
    });
  }

  /**
   * @returns {Promise<void>} once it listens
   * @throws {OperationalError} when the server cannot be reached in time, or refuses
   */
  async start() {
    await this.#connection.run((client) => client.psubscribe(this.#pattern));
    if (this.#isClosed) return;
    this.#isListening = true;
    this.#connection.hold();
    this.#pingTimer = setInterval(() => this.#ping(), PING_INTERVAL_MS);
  }

  /** Idempotent. */
  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#pingTimer);
    this.#connection.close();
    if (this.#isListening) this.#connection.release();
  }

  async #listenAgain() {
    if (!this.#isListening || this.#isClosed) return;
    try {
      await this.#connection.client.psubscribe(this.#pattern);
      this.#onAgain();
    } catch {
      // The connection was lost again; this is called once it is back.
    }
  }

  #ping() {
    if (this.#connection.client.isReady) this.#connection.client.ping().catch(() => {});
  }
}
