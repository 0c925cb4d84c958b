/**
 * The queue for workers' answers to one question of remote control (`kombu.pidbox.Mailbox.reply_queue`), on a connection
 * of its own. It exists as long as the question and leaves nothing behind. Guarantee: each call ends, whatever the server leaves
 * unanswered.
 */
import { randomUUID } from "node:crypto";
import { OperationalError } from "../../errors.js";
import { MAX_TIMER_MS } from "../../protocol/time.js";
import { describe } from "../errors.js";
import { declareQueue, encodeBinding } from "./bindings.js";
import { RedisConnection } from "./connection.js";

/** `BRPOP`'s shortest wait: its 0 is forever. */
const MIN_WAIT_S = 0.01;
/** How much later than asked the server may report that no answer came. */
const LATE_MS = 5_000;
/** How long deleting the queue may take. */
const CLOSE_TIMEOUT_MS = 1_000;

export class RedisReplyQueue {
  #address;
  #connection;
  #keys;
  #timeoutMs;
  #isDeclared = false;
  #isHeld = true;
  /** Whether the connection can be used: no command is unanswered, and none has failed. */
  #isIdle = true;

  /**
   * @param {object} options
   * @param {import("./url.js").RedisAddress} options.address
   * @param {import("./keys.js").Keys} options.keys
   * @param {string} options.exchange of the answers
   * @param {number} options.timeoutMs how long opening and asking may take
   */
  constructor({ address, keys, exchange, timeoutMs }) {
    this.#address = address;
    this.#keys = keys;
    this.#timeoutMs = timeoutMs;
    this.exchange = exchange;
    this.routingKey = randomUUID();
    this.queue = `${this.routingKey}.${exchange}`;
    this.#connection = this.#connect();
  }

  /**
   * @returns {Promise<void>} once answers would arrive
   * @throws {OperationalError} when the server cannot be reached in time, or refuses
   */
  async open() {
    const { exchange, routingKey, queue } = this;
    const untilMs = performance.now() + this.#timeoutMs;
    await this.#connection.ready(this.#timeoutMs);
    this.#isDeclared = true;
    const declared = declareQueue(this.#connection.client, this.#keys, queue, { exchange, routingKey });
    await this.#answered(declared, Math.max(1, untilMs - performance.now()));
  }

  /**
   * Broadcasts a question that is answered here.
   *
   * @param {string} exchange
   * @param {string} text
   * @returns {Promise<number>} how many received it
   * @throws {OperationalError} when the connection is down, or the server refuses or does not answer in time
   */
  ask(exchange, text) {
    return this.#answered(this.#connection.client.publish(this.#keys.fanout(exchange), text), this.#timeoutMs);
  }

  /** @param {boolean} isHeld whether waiting for answers keeps the process alive */
  hold(isHeld) {
    this.#isHeld = isHeld;
    const { socket } = this.#connection;
    if (isHeld) socket?.ref();
    else socket?.unref();
  }

  /**
   * @param {number} timeoutS
   * @returns {Promise<string | null>} the next answer; null when none came in time
   * @throws {OperationalError} when the connection is lost, or the server refuses or does not answer
   */
  async next(timeoutS) {
    const seconds = Math.max(MIN_WAIT_S, timeoutS);
    const limitMs = seconds * 1000 + Math.min(LATE_MS, this.#timeoutMs);
    const found = await this.#answered(
      this.#connection.client.brpop(this.#keys.queue(this.queue), seconds),
      Math.min(limitMs, MAX_TIMER_MS),
    );
    return found === null ? null : found[1];
  }

  /** Deletes the queue, and answers that came too late. @returns {Promise<void>} at the latest after a second */
  async close() {
    const isToDelete = this.#isDeclared;
    this.#isDeclared = false;
    if (isToDelete) await withinMs(this.#delete(), CLOSE_TIMEOUT_MS);
    this.#connection.close();
  }

  async #delete() {
    const { exchange, routingKey, queue } = this;
    if (!this.#isIdle || !this.#connection.client.isReady) {
      // The server executes nothing more on a connection that still waits for an answer.
      this.#connection.close();
      this.#connection = this.#connect();
      await this.#connection.ready(CLOSE_TIMEOUT_MS);
    }
    const { client } = this.#connection;
    const member = encodeBinding({ routingKey, pattern: "", queue });
    await Promise.allSettled([
      client.srem(this.#keys.bindings(exchange), member),
      client.srem(this.#keys.permanentBindings(exchange), member),
      client.del(this.#keys.queue(queue)),
    ]);
  }

  #connect() {
    return new RedisConnection({
      address: this.#address,
      name: "celery-js-replies",
      // It blocks, so each command has its own time limit.
      replyTimeoutMs: 0,
      endsWhenRefused: true,
    });
  }

  /**
   * @template T
   * @param {Promise<T>} sent
   * @param {number} limitMs after which the connection counts as half-open
   * @returns {Promise<T>}
   * @throws {OperationalError}
   */
  async #answered(sent, limitMs) {
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    let isOver = false;
    const late = new Promise((_, reject) => {
      const giveUp = () => {
        if (isOver) return;
        const reason = new Error(`no answer within ${Math.ceil(limitMs) / 1000} s`);
        reject(reason);
        this.#connection.discard(reason);
      };
      // Reads the socket once more: the answer may be there, and this process was just too busy.
      timer = setTimeout(() => setImmediate(giveUp), limitMs);
      if (!this.#isHeld) timer.unref();
    });
    this.#isIdle = false;
    try {
      const answer = await Promise.race([sent, late]);
      this.#isIdle = true;
      return /** @type {T} */ (answer);
    } catch (cause) {
      throw new OperationalError(`${this.#connection.display}: ${describe(/** @type {Error} */ (cause))}`, { cause });
    } finally {
      isOver = true;
      clearTimeout(timer);
    }
  }
}

/**
 * @param {Promise<unknown>} work
 * @param {number} limitMs
 * @returns {Promise<void>} once it has ended in any way, or the time is over
 */
async function withinMs(work, limitMs) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, limitMs, undefined);
  });
  await Promise.race([work.catch(() => {}), late]);
  clearTimeout(timer);
}
