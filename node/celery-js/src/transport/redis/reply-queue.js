/**
 * The queue for workers' answers to one question of remote control (`kombu.pidbox.Mailbox.reply_queue`), on a connection
 * of its own. It exists as long as the question and leaves nothing behind.
 */
import { randomUUID } from "node:crypto";
import { OperationalError } from "../../errors.js";
import { describe } from "../errors.js";
import { declareQueue, encodeBinding } from "./bindings.js";
import { RedisConnection } from "./connection.js";

/** `BRPOP`'s shortest wait: its 0 is forever. */
const MIN_WAIT_S = 0.01;

export class RedisReplyQueue {
  #connection;
  #keys;
  #timeoutMs;

  /**
   * @param {object} options
   * @param {import("./url.js").RedisAddress} options.address
   * @param {import("./keys.js").Keys} options.keys
   * @param {string} options.exchange of the answers
   * @param {number} options.timeoutMs how long opening may take
   */
  constructor({ address, keys, exchange, timeoutMs }) {
    this.#keys = keys;
    this.#timeoutMs = timeoutMs;
    this.exchange = exchange;
    this.routingKey = randomUUID();
    this.queue = `${this.routingKey}.${exchange}`;
    this.#connection = new RedisConnection({
      address,
      name: "celery-js-replies",
      replyTimeoutMs: 0,
      endsWhenRefused: true,
    });
  }

  /**
   * @returns {Promise<void>} once answers would arrive
   * @throws {OperationalError} when the server cannot be reached in time, or refuses
   */
  async open() {
    const { exchange, routingKey, queue } = this;
    await this.#connection.ready(this.#timeoutMs);
    await this.#clearly(declareQueue(this.#connection.client, this.#keys, queue, { exchange, routingKey }));
  }

  /**
   * Broadcasts a question that is answered here.
   *
   * @param {string} exchange
   * @param {string} text
   * @returns {Promise<number>} how many received it
   * @throws when the connection is down or the server refuses
   */
  ask(exchange, text) {
    return this.#connection.client.publish(this.#keys.fanout(exchange), text);
  }

  /** @param {boolean} isHeld whether waiting for answers keeps the process alive */
  hold(isHeld) {
    const { socket } = this.#connection;
    if (isHeld) socket?.ref();
    else socket?.unref();
  }

  /**
   * @param {number} timeoutS
   * @returns {Promise<string | null>} the next answer; null when none came in time
   * @throws {OperationalError} when the connection is lost, or the server refuses
   */
  async next(timeoutS) {
    const seconds = Math.max(MIN_WAIT_S, timeoutS);
    const found = await this.#clearly(this.#connection.client.brpop(this.#keys.queue(this.queue), seconds));
    return found === null ? null : found[1];
  }

  /** Deletes the queue, and answers that came too late. @returns {Promise<void>} */
  async close() {
    const { exchange, routingKey, queue } = this;
    const { client } = this.#connection;
    const member = encodeBinding({ routingKey, pattern: "", queue });
    await Promise.allSettled([
      client.srem(this.#keys.bindings(exchange), member),
      client.srem(this.#keys.permanentBindings(exchange), member),
      client.del(this.#keys.queue(queue)),
    ]);
    this.#connection.close();
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
      throw new OperationalError(`${this.#connection.display}: ${describe(/** @type {Error} */ (cause))}`, { cause });
    }
  }
}
