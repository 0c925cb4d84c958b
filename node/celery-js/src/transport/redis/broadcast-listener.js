/**
 * Receives the broadcasts of a fanout exchange. Guarantee: once `start` has resolved, it receives every broadcast while
 * the connection lasts. After an outage it listens again by itself, and reports that; if the server refuses, it reports
 * the refusal and tries again. Broadcasts in between are lost: the server keeps none of them. It keeps the process alive until it is closed.
 */
import { ClientConnection } from "./client-connection.js";
import { isReplyError, translated } from "./replies.js";

/** How often a silent connection is pinged. */
const PING_INTERVAL_MS = 10_000;
/** The pauses after the server has refused to let it listen again: the first, doubled up to the longest. */
const REFUSED_PAUSE_MS = 250;
const REFUSED_MAX_PAUSE_MS = 10_000;

export class BroadcastListener {
  #connection;
  #pattern;
  #onAgain;
  #onRefused;
  /** In a row. */
  #refusals = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #againTimer;
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
   * @param {(error: Error) => void} [options.onRefused] called once when the server does not let it listen again; it tries on
   */
  constructor({ address, keys, exchange, routingKey, timeoutMs, onMessage, onAgain, onRefused = () => {} }) {
    // The pattern that kombu makes of it.
    this.#pattern = keys.fanout(exchange, routingKey.replaceAll("#", "*"));
    this.#onAgain = onAgain;
    this.#onRefused = onRefused;
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
    clearTimeout(this.#againTimer);
    this.#connection.close();
    if (this.#isListening) this.#connection.release();
  }

  async #listenAgain() {
    clearTimeout(this.#againTimer);
    if (!this.#isListening || this.#isClosed) return;
    try {
      await this.#connection.client.psubscribe(this.#pattern);
      this.#refusals = 0;
      this.#onAgain();
    } catch (error) {
      // Otherwise the connection was lost again; this is called once it is back.
      if (isReplyError(error) && !this.#isClosed) this.#listenLater(error);
    }
  }

  /** @param {Error} refusal */
  #listenLater(refusal) {
    if (this.#refusals === 0) this.#onRefused(/** @type {Error} */ (translated(refusal, this.#connection.display)));
    const pauseMs = Math.min(REFUSED_PAUSE_MS * 2 ** Math.min(this.#refusals, 10), REFUSED_MAX_PAUSE_MS);
    this.#refusals += 1;
    this.#againTimer = setTimeout(() => {
      if (this.#connection.client.isReady) void this.#listenAgain();
    }, pauseMs);
  }

  #ping() {
    if (this.#connection.client.isReady) this.#connection.client.ping().catch(() => {});
  }
}
