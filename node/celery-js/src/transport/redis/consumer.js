/**
 * The consuming half of the Redis transport: it waits on lists without owning anything (waiter.js), and takes with the `take`
 * script. Every operation is one script (lua/*.lua) and may be executed twice. See docs/delivery.md.
 */
import { OperationalError } from "../../errors.js";
import { Refusal } from "../errors.js";
import { checkPlace, checkQueueName, checkQueueType, declareQueue } from "./bindings.js";
import { RedisConnection } from "./connection.js";
import { Keeper } from "./keeper.js";
import { Releasing } from "./releasing.js";
import { isReplyError, translated } from "./replies.js";
import { sendReply } from "./reply.js";
import { forget, isTakeReply, readTakeReply } from "./reply-check.js";
import { deliveryScripts } from "./scripts.js";
import { checkServer } from "./server-check.js";
import { Waiters } from "./waiter.js";

/** How often the lists of dead letters are checked for letters that are too old. */
const EXPIRE_PAUSE_MS = 60_000;
/** A reply that took longer says too little about the server's time. */
const TELLS_TIME_WITHIN_MS = 1_000;
/** Smaller differences between the clocks are ignored: the reply's travel time may cause them. */
const CLOCKS_AGREE_MS = 1_000;

/**
 * @typedef {import("../transport.js").Consumer} Consumer
 * @typedef {import("../transport.js").Delivery} Delivery
 *
 * @typedef {object} ConsumerOptions
 * @property {import("./url.js").RedisAddress} address
 * @property {import("./keys.js").Keys} keys
 * @property {string} workerName
 * @property {string} tagPrefix unique to this process, so that a tag is never used twice
 * @property {number} leaseMs
 * @property {number} deadLetterLimit
 * @property {import("../../protocol/limits.js").Limits} [limits] of messages that the sweep reads
 * @property {number} [deadLetterMaxAgeMs] 0, the default = forever
 * @property {boolean} [hasResults] whether results are stored in this database, together with acknowledgements
 * @property {string} resultKeyPrefix what the keys of results begin with; the task's id follows
 * @property {number} resultExpiresS how long results are kept; 0 = always
 * @property {number} [failureExpiresS] the same for failures; default `resultExpiresS`
 * @property {number} [connectTimeoutMs]
 * @property {import("./keeper.js").KeeperSettings} [keeper] without it no lease is renewed
 */

/** @implements {Consumer} */
export class RedisConsumer extends Releasing {
  #nextNumber = 1;
  /** The first tag number of `take` calls whose replies were lost; null: none. */
  #lostFrom = /** @type {number | null} */ (null);
  /** Each queue, with its name as JSON and its keys. @type {{ name: string, text: string, dead: string, lists: string[] }[]} */
  #queueKeys = [];
  #turns = 0;
  /** How much the server's clock is ahead of ours. */
  #aheadMs = 0;
  #waiters;
  #expireAtMs = 0;

  /** @type {readonly string[]} */
  queues = [];
  declares = Object.freeze({ exchangeType: "direct", queueArguments: null });
  answeredAtMs = 0;

  /**
   * @param {ConsumerOptions} options
   * @param {Partial<import("../transport.js").ConsumerHooks>} [hooks]
   */
  constructor(options, hooks = {}) {
    const { address, workerName, connectTimeoutMs } = options;
    const connection = new RedisConnection({
      address,
      name: `${workerName}:tasks`,
      connectTimeoutMs,
      endsWhenRefused: true,
      scripts: deliveryScripts,
      onDown: (error, retryInMs) => hooks.onDown?.(error, retryInMs),
      onUp: () => hooks.onUp?.(),
    });
    super(options, hooks, connection, options.keeper ? new Keeper(options, options.keeper, hooks) : null);
    this.#waiters = new Waiters(options);
    const canStoreResultsWithSettle = options.hasResults ?? false;
    this.capabilities = Object.freeze({ canPark: true, canStoreResultsWithSettle, holdLimit: null });
  }

  /** @type {Consumer["watch"]} */
  async watch() {
    return this.keeper === null ? null : this.keeper.start();
  }

  /** @type {Consumer["start"]} */
  async start(queues) {
    const { client } = this.connection;
    const warnings = await this.persist(() => checkServer(this.connection));
    await this.persist(() => Promise.all(queues.map((queue) => declareQueue(client, this.options.keys, queue))));
    this.#listen(queues);
    return warnings;
  }

  /** @type {Consumer["startRenewing"]} */
  async startRenewing() {
    await this.keeper?.begin();
  }

  /** @type {Consumer["hold"]} */
  hold(deliveries, limitsMs) {
    this.keeper?.held.hold(deliveries, limitsMs);
  }

  /** @type {Consumer["release"]} */
  release(delivery) {
    this.keeper?.held.release([{ delivery }]);
  }

  /** @type {Consumer["addQueue"]} */
  async addQueue(queue, binding) {
    const { keys } = this.options;
    checkPlace(queue, binding);
    checkQueueName(queue, keys);
    const add = async () => {
      await checkQueueType(this.connection.client, queue, keys);
      await declareQueue(this.connection.client, keys, queue, binding);
    };
    await this.persist(add, (error) => error instanceof Refusal && error.scope !== "server");
    this.#listen([queue]);
    this.wake();
  }

  /** @type {Consumer["cancelQueue"]} */
  cancelQueue(queue) {
    this.#setQueues(this.queues.filter((each) => each !== queue));
    this.#waiters.remove(queue);
  }

  /** Nothing to put back: messages stay in their lists until they are taken. @type {Consumer["stopTaking"]} */
  async stopTaking() {}

  /**
   * See `Consumer`. It never uses the tags of a lost call again: its command may still sit in a socket of the server and be
   * executed later.
   *
   * @type {Consumer["take"]}
   */
  async take(limit) {
    const now = performance.now();
    if (now >= this.#expireAtMs) await this.#expire(now);
    // Only a call that can reach the server uses up numbers: the next call checks all of them.
    if (!this.connection.client.isReady) throw new OperationalError(`${this.connection.display} is not connected`);
    this.#waiters.hasNews = false;
    if (this.queues.length === 0) return { deliveries: [], undecodable: 0, hasMore: false };
    const { tagPrefix, leaseMs, workerName, deadLetterLimit } = this.options;
    const { queues, texts, keys } = this.#inTurn();
    const first = this.#nextNumber;
    const lostFrom = this.#lostFrom ?? first;
    const args = [tagPrefix, first, limit, leaseMs, lostFrom, JSON.stringify(workerName), deadLetterLimit];
    this.#nextNumber = first + limit;
    this.#lostFrom = lostFrom;
    const reply = await this.connection.client
      .runScript("take", keys, [...args, queues.length, ...texts])
      .catch((error) => {
        // After an error reply, nothing was taken.
        if (isReplyError(error)) this.#lostFrom = lostFrom === first ? null : lostFrom;
        throw translated(error);
      });
    const isRight = isTakeReply(reply, { from: lostFrom, to: first + limit, queues: queues.length });
    this.connection.client.expect(isRight);
    this.#turns += 1;
    this.answeredAtMs = performance.now();
    this.#learnTime(Number(/** @type {unknown[]} */ (reply)[0]), this.answeredAtMs - now);
    const taken = readTakeReply(/** @type {unknown[]} */ (reply), queues, tagPrefix, this.#aheadMs);
    forget(/** @type {unknown[]} */ (reply));
    // A reply may come late, or be read late by a blocked event loop: others may have these messages by now, or before the
    // keeper, which renews three times per lease, has renewed them for the first time.
    if (this.answeredAtMs - now > leaseMs / 3) taken.deliveries = await this.renew(taken.deliveries);
    this.#lostFrom = null;
    return taken;
  }

  /**
   * A message that went along to one of its own queues is taken at once, by a command right behind.
   *
   * @override
   * @param {readonly import("../transport.js").Settlement[]} items
   */
  onSentAlong(items) {
    if (items.some(({ publication }) => publication && this.queues.includes(publication.routingKey))) this.wake();
  }

  /** @type {Consumer["wait"]} */
  wait() {
    return this.#waiters.wait();
  }

  /** @type {Consumer["wake"]} */
  wake() {
    this.#waiters.wake();
  }

  /** @type {Consumer["nowMs"]} */
  nowMs() {
    return Date.now() + this.#aheadMs;
  }

  /** See `Consumer`. */
  get isConnected() {
    return this.connection.client.isReady;
  }

  /** @type {Consumer["reconnected"]} */
  reconnected(timeoutMs) {
    return this.connection.ready(timeoutMs);
  }

  /** @type {Consumer["answers"]} */
  answers() {
    return Promise.all([this.connection.answers(), this.keeper?.answers()]);
  }

  /** @type {Consumer["reply"]} */
  reply(address, text) {
    return sendReply(this.connection.client, this.options.keys, address, text);
  }

  /** @type {Consumer["broadcast"]} */
  async broadcast(exchange, routingKey, text) {
    try {
      await this.connection.client.publish(this.options.keys.fanout(exchange, routingKey), text);
    } catch (error) {
      throw translated(error);
    }
  }

  /** See `Consumer`. @override */
  close() {
    this.#waiters.close();
    super.close();
  }

  /** @type {Consumer["stop"]} */
  async stop() {
    this.close();
    await this.keeper?.stop();
  }

  /**
   * Parked messages come back by the server's clock. Ours may be minutes behind and would park them again.
   *
   * @param {number} serverMs epoch; 0: the server did not tell
   * @param {number} tookMs how long the reply was on its way at most
   */
  #learnTime(serverMs, tookMs) {
    if (serverMs === 0 || tookMs > TELLS_TIME_WITHIN_MS) return;
    const aheadMs = serverMs - Date.now();
    this.#aheadMs = Math.abs(aheadMs) < CLOCKS_AGREE_MS ? 0 : aheadMs;
  }

  /** @param {readonly string[]} queues */
  #listen(queues) {
    const added = [...new Set(queues)].filter((queue) => !this.queues.includes(queue));
    if (added.length === 0) return;
    this.#setQueues([...this.queues, ...added]);
    for (const queue of added) this.#waiters.add(queue);
  }

  /** @param {string[]} all each comes first in turn */
  #setQueues(all) {
    const { dead, queue, steps } = this.options.keys;
    this.queues = all;
    this.keeper?.measure(all);
    const listsOf = (/** @type {string} */ name) => steps.map((step) => queue(name, step));
    this.#queueKeys = all.map((name) => ({ name, text: JSON.stringify(name), dead: dead(name), lists: listsOf(name) }));
  }

  /** Made for each call, because all orders of 1,000 queues would fill the memory. */
  #inTurn() {
    const { unacked, unackedIndex, leases, deliveries, steps } = this.options.keys;
    const start = this.#turns % this.#queueKeys.length;
    const all = start === 0 ? this.#queueKeys : [...this.#queueKeys.slice(start), ...this.#queueKeys.slice(0, start)];
    const keys = [unacked, unackedIndex, leases, deliveries];
    for (const { dead } of all) keys.push(dead);
    for (const step of steps.keys()) for (const { lists } of all) keys.push(lists[step]);
    return { queues: all.map(({ name }) => name), texts: all.map(({ text }) => text), keys };
  }

  /** Deletes the dead letters of its queues that are too old. @param {number} now */
  async #expire(now) {
    const { keys, deadLetterMaxAgeMs = 0 } = this.options;
    if (deadLetterMaxAgeMs > 0) {
      if (!this.connection.client.isReady) return;
      await this.connection.client
        .runScript("expire", this.queues.map(keys.dead), [deadLetterMaxAgeMs])
        .catch((error) => {
          throw translated(error);
        });
    }
    this.#expireAtMs = now + EXPIRE_PAUSE_MS;
  }
}
