/**
 * The queue for workers' answers to one question of remote control (`kombu.pidbox.Mailbox.reply_queue`), on a connection
 * of its own. It exists as long as the connection.
 */
import { randomUUID } from "node:crypto";
import { ImproperlyConfigured, OperationalError } from "../../errors.js";
import { MAX_TIMER_MS } from "../../protocol/time.js";
import { describe } from "../errors.js";
import { AmqpConnection } from "./connection.js";
import { plain } from "./errors.js";
import { toAmqp, toEnvelope } from "./message.js";
import { unlessSilent } from "./silence.js";

/** kombu's `reply_queue_expires`. */
const EXPIRES_MS = 10_000;
const NO_HEARTBEAT = 0;

/** @typedef {import("../transport.js").ReplyQueue} ReplyQueue */

/** @implements {ReplyQueue} */
export class AmqpReplyQueue {
  #connection;
  #timeoutMs;
  /** @type {string[]} */
  #answers = [];
  #arrived = () => {};
  #isHeld = true;
  #stream = /** @type {import("node:net").Socket | null} */ (null);

  /**
   * @param {object} options
   * @param {readonly import("./url.js").AmqpAddress[]} options.addresses
   * @param {string} options.exchange of the answers
   * @param {number} options.timeoutMs how long opening may take
   */
  constructor({ addresses, exchange, timeoutMs }) {
    this.#timeoutMs = timeoutMs;
    this.exchange = exchange;
    this.routingKey = randomUUID();
    this.queue = `${this.routingKey}.${exchange}`;
    /** @type {AmqpConnection<{ model: import("./driver.js").Model, channel: import("./driver.js").Channel }>} */
    this.#connection = new AmqpConnection({
      addresses,
      name: "celery-js-replies",
      heartbeatS: NO_HEARTBEAT,
      connectTimeoutMs: timeoutMs,
      endsWhenRefused: () => true,
      setUp: (model) => this.#setUp(model),
    });
  }

  /** @type {import("../transport.js").ReplyQueue["open"]} */
  async open() {
    await this.#clearly(this.#connection.ready(this.#timeoutMs));
  }

  /** @type {import("../transport.js").ReplyQueue["ask"]} */
  async ask(exchange, text) {
    const { model, channel } = await this.#connection.ready(this.#timeoutMs);
    const declared = channel.assertExchange(exchange, "fanout", { durable: false });
    await this.#clearly(unlessSilent(model, this.#timeoutMs, declared));
    const { content, options } = toAmqp(text);
    channel.publish(exchange, "", content, options);
    // How many have received it, the broker does not say.
    return Number.POSITIVE_INFINITY;
  }

  /** @type {import("../transport.js").ReplyQueue["hold"]} */
  hold(isHeld) {
    this.#isHeld = isHeld;
    if (isHeld) this.#stream?.ref();
    else this.#stream?.unref();
  }

  /** @type {import("../transport.js").ReplyQueue["next"]} */
  async next(timeoutS) {
    if (this.#answers.length === 0) {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.min(timeoutS * 1000, MAX_TIMER_MS), undefined);
        if (!this.#isHeld) timer.unref();
        this.#arrived = () => {
          clearTimeout(timer);
          resolve(undefined);
        };
      });
    }
    return this.#answers.shift() ?? null;
  }

  /** @type {import("../transport.js").ReplyQueue["close"]} */
  async close() {
    this.#arrived();
    await this.#connection.close();
  }

  /** @param {import("./driver.js").Model} model */
  async #setUp(model) {
    this.#stream = model.connection.stream;
    if (!this.#isHeld) this.#stream.unref();
    const channel = await model.createChannel();
    channel.on("error", () => {});
    await channel.assertExchange(this.exchange, "direct", { durable: false });
    await channel.assertQueue(this.queue, {
      durable: false,
      exclusive: true,
      autoDelete: true,
      arguments: { "x-expires": EXPIRES_MS },
    });
    await channel.bindQueue(this.queue, this.exchange, this.routingKey);
    await channel.consume(
      this.queue,
      (message) => {
        if (message === null) return;
        this.#answers.push(toEnvelope(message, this.queue));
        this.#arrived();
      },
      { noAck: true },
    );
    return { model, channel };
  }

  /**
   * @template T
   * @param {Promise<T>} sent
   * @returns {Promise<T>}
   */
  async #clearly(sent) {
    try {
      return await sent;
    } catch (cause) {
      if (cause instanceof OperationalError || cause instanceof ImproperlyConfigured) throw cause;
      const message = plain(describe(/** @type {Error} */ (cause)));
      throw new OperationalError(`${this.#connection.display}: ${message}`, { cause });
    }
  }
}
