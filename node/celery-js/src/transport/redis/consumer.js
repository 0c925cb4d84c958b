/**
 * The consuming half of the Redis transport: what a worker does with messages. Every operation is one script (lua/*.lua) and
 * may be executed twice, so each of them is repeated: until it went through, or the consumer is closed. See docs/delivery.md.
 */
import { declareQueue } from "./bindings.js";
import { RedisConnection } from "./connection.js";
import { Persistence } from "./persistence.js";
import { Releasing } from "./releasing.js";
import { sendReply } from "./reply.js";
import { runScript, SCRIPTS } from "./scripts.js";
import { checkServer } from "./server-check.js";
import { Taking } from "./taking.js";

/**
 * @typedef {import("./taking.js").Delivery} Delivery
 * @typedef {import("./releasing.js").Settlement} Settlement
 * @typedef {import("./releasing.js").Burial} Burial
 * @typedef {import("./releasing.js").Requeue} Requeue
 * @typedef {import("./releasing.js").Parking} Parking
 *
 * @typedef {object} ConsumerOptions
 * @property {import("./url.js").RedisAddress} address
 * @property {import("./keys.js").Keys} keys
 * @property {string} workerName
 * @property {string} tagPrefix unique to this process, so that a tag is never used twice
 * @property {number} leaseMs
 * @property {number} deadLetterLimit
 * @property {number} [deadLetterMaxAgeMs] 0, the default = for ever
 * @property {string} resultKeyPrefix what the keys of results begin with; the task's id follows
 * @property {number} resultExpiresS how long results are kept; 0 = always
 * @property {number} [failureExpiresS] the same for failures; default `resultExpiresS`
 * @property {number} [connectTimeoutMs]
 * @property {(error: Error, retryInMs: number) => void} [onDown] the connection was lost or could not be opened
 * @property {() => void} [onUp]
 * @property {(error: Error, retryInMs: number) => void} [onRefused] the server answered a command with an error; it is repeated
 * @property {() => void} [onAccepted] the server has done a command, after it had refused one
 */

export class RedisConsumer {
  #persistence;
  #taking;
  #releasing;

  /** @param {ConsumerOptions} options */
  constructor(options) {
    this.options = options;
    this.connection = new RedisConnection({
      address: options.address,
      name: `${options.workerName}:tasks`,
      connectTimeoutMs: options.connectTimeoutMs,
      endsWhenRefused: true,
      scripts: SCRIPTS,
      onDown: options.onDown,
      onUp: options.onUp,
    });
    this.#persistence = new Persistence(this.connection, options);
    this.#taking = new Taking(this.connection, options);
    this.#releasing = new Releasing(this.connection, this.#persistence, options);
  }

  /** @returns {number} when the server last answered a `take`, by `monotonicMs`; 0 = never */
  get answeredAtMs() {
    return this.#taking.answeredAtMs;
  }

  /**
   * Connects (waiting as long as it takes), checks the server, and starts listening to the queues.
   *
   * @param {string[]} queues
   * @returns {Promise<string[]>} warnings about the server
   * @throws {ImproperlyConfigured} when the server cannot be trusted with messages, see `checkServer`
   */
  async start(queues) {
    const { client } = this.connection;
    const warnings = await this.#persistence.run(() => checkServer(this.connection));
    await this.#persistence.run(() =>
      Promise.all(queues.map((queue) => declareQueue(client, this.options.keys, queue))),
    );
    this.#taking.listen(queues);
    return warnings;
  }

  /** @returns {readonly string[]} the queues that are listened to */
  get queues() {
    return this.#taking.queues;
  }

  /**
   * Listens to one more queue.
   *
   * @param {string} queue
   * @param {{ exchange: string, routingKey: string }} binding
   * @returns {Promise<void>}
   */
  async addQueue(queue, binding) {
    await this.#persistence.run(() => declareQueue(this.connection.client, this.options.keys, queue, binding));
    this.#taking.add(queue);
  }

  /**
   * Sends an answer of remote control, once: whoever asked does not wait for long.
   *
   * @param {import("../../protocol/pidbox.js").ReplyAddress} address
   * @param {string} text
   * @returns {Promise<boolean>} false when nobody is there any more
   */
  reply(address, text) {
    return sendReply(this.connection.client, this.options.keys, address, text);
  }

  /** Listens to a queue no more. @param {string} queue */
  cancelQueue(queue) {
    this.#taking.cancel(queue);
  }

  /**
   * Takes what is there now. After a call whose reply was lost, the next one returns what the lost call took. It never
   * uses that call's tags again: the lost command may still sit in a socket of the server and be executed later.
   *
   * @param {number} limit most messages to take
   * @returns {Promise<{ deliveries: Delivery[], undecodable: number }>}
   * @throws when the connection is down or the server refuses; nothing is lost by calling again
   */
  take(limit) {
    return this.#taking.take(limit);
  }

  /**
   * Waits until a queue may hold messages: a waiter saw one, `wake` was called, or a second has passed.
   *
   * @returns {Promise<void>}
   */
  wait() {
    return this.#taking.wait();
  }

  /** Ends a wait. */
  wake() {
    this.#taking.wake();
  }

  /**
   * Notes that a message whose worker was lost before is about to run.
   *
   * @param {number} number of the delivery
   * @returns {Promise<boolean>} false when its lease has run out
   */
  async markStarted(number) {
    const { keys, tagPrefix } = this.options;
    const run = async () => {
      const reply = await runScript(this.connection, "start", [keys.unacked, keys.started], [tagPrefix + number]);
      this.connection.expect(reply === 0 || reply === 1);
      return reply === 1;
    };
    return this.#persistence.run(run);
  }

  /**
   * Stores results and acknowledges their messages.
   *
   * @param {Settlement[]} items
   * @param {() => void} [onSent] called when the command is on its way: a later `take` is executed after it
   * @returns {Promise<number[]>} indexes of those whose lease had run out, so that somebody else has or had the message
   * @throws when the server refuses one of the results for good (`isRefusedResult`); some of the others are then stored, and
   *   nothing is acknowledged
   */
  settle(items, onSent) {
    return this.#releasing.settle(items, onSent);
  }

  /**
   * Moves messages to their dead-letter lists.
   *
   * @param {Burial[]} items
   * @returns {Promise<number[]>} indexes of those whose lease had run out
   */
  bury(items) {
    return this.#releasing.bury(items);
  }

  /**
   * Puts messages back into their queues.
   *
   * @param {Requeue[]} items
   * @returns {Promise<number[]>} indexes of those whose lease had run out
   */
  requeue(items) {
    return this.#releasing.requeue(items);
  }

  /**
   * Lets go of messages until their eta is near.
   *
   * @param {Parking[]} items
   * @returns {Promise<number[]>} indexes of those whose lease had run out
   */
  park(items) {
    return this.#releasing.park(items);
  }

  /** @returns {boolean} whether `broadcast` would reach the server now */
  get canBroadcast() {
    return this.connection.isReady;
  }

  /**
   * Tells whoever listens to a fanout exchange, once.
   *
   * @param {string} exchange
   * @param {string} routingKey
   * @param {string} text
   * @returns {Promise<void>}
   * @throws when the connection is down or the server refuses; it may have been told if only the answer was lost
   */
  async broadcast(exchange, routingKey, text) {
    await this.connection.client.publish(this.options.keys.fanout(exchange, routingKey), text);
  }

  /** Closes every connection; what was taken and not settled stays leased until the lease runs out. */
  close() {
    this.#persistence.close();
    this.#taking.close();
    this.connection.close();
  }
}
