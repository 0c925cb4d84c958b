/**
 * The consuming half of the Redis transport: take, settle, bury, requeue, park. Every operation is one script (lua/*.lua)
 * and may be repeated, so each of them is: until it went through, or the consumer is closed. See docs/delivery.md.
 */
import { OperationalError } from "../../errors.js";
import { declareQueue } from "./bindings.js";
import { isReplyError, RedisConnection } from "./connection.js";
import { deadLetterHeader } from "./dead-letter.js";
import { runScript, SCRIPTS } from "./scripts.js";
import { checkServer } from "./server-check.js";
import { Waiter } from "./waiter.js";

/** Queues with a connection of their own to wait on; the others are looked at once a second. */
const MAX_WAITERS = 8;
const POLL_MS = 1_000;
/** Pauses before an operation is repeated: after an answer that was an error, and after a broken connection. */
const RETRY_MS = 250;
const LOST_PAUSE_MS = 10;
/** Messages put back by one call. */
const REQUEUE_BATCH = 200;

/**
 * @typedef {object} Delivery one message, taken by this worker and leased to it
 * @property {number} number of its tag; the tag is `tagPrefix + number`
 * @property {string} queue
 * @property {number} workersLost how many workers died while they held it
 * @property {string} raw the message as it was in the list
 *
 * @typedef {object} Settlement
 * @property {number | null} number the delivery to acknowledge; null only stores the result
 * @property {string} taskId
 * @property {string} result the encoded meta, or "" to store none
 *
 * @typedef {{ number: number, taskId: string, queue: string, raw: string, reason: string, deliveries: number }} Burial
 * @typedef {{ number: number, queue: string, priority: number, raw: string, side: "next" | "last" }} Requeue
 * @typedef {{ number: number, dueMs: number, etaS: number }} Parking
 */

export class RedisConsumer {
  #closed = false;
  #next = 1;
  /** First tag number of calls whose replies never came, or null. */
  #lostFrom = /** @type {number | null} */ (null);
  #rotation = 0;
  #woken = /** @type {(() => void) | null} */ (null);
  #maybeMore = false;
  /** @type {Waiter[]} */
  #waiters = [];
  /** @type {string[]} */
  #queues = [];

  /**
   * @param {object} options
   * @param {import("./url.js").RedisAddress} options.address
   * @param {import("./keys.js").Keys} options.keys
   * @param {string} options.workerName
   * @param {string} options.tagPrefix unique to this process, so that a tag is never used twice
   * @param {number} options.leaseMs
   * @param {number} options.deadLetterLimit
   * @param {string} options.resultKeyPrefix what the keys of results begin with; the task's id follows
   * @param {number} options.resultExpiresS how long results are kept; 0 = always
   * @param {number} [options.connectTimeoutMs]
   * @param {(error: Error, retryInMs: number) => void} [options.onDown] the connection was lost or could not be opened
   * @param {() => void} [options.onUp]
   * @param {(error: Error, retryInMs: number) => void} [options.onRefused] the server answered a command with an error
   */
  constructor(options) {
    this.options = options;
    this.connection = new RedisConnection({
      address: options.address,
      name: `${options.workerName}:tasks`,
      connectTimeoutMs: options.connectTimeoutMs,
      scripts: SCRIPTS,
      onDown: options.onDown,
      onUp: options.onUp,
    });
  }

  /**
   * Connects (waiting as long as it takes), checks the server, and starts listening to the queues.
   *
   * @param {string[]} queues
   * @returns {Promise<string[]>} warnings about the server
   */
  async start(queues) {
    await this.connection.ready();
    const warnings = await this.#persist(() => checkServer(this.connection));
    await this.#persist(() =>
      Promise.all(queues.map((queue) => declareQueue(this.connection.client, this.options.keys, queue))),
    );
    this.#queues = [...queues];
    this.#waiters = this.#queues.slice(0, MAX_WAITERS).map(
      (queue) =>
        new Waiter({
          address: this.options.address,
          name: `${this.options.workerName}:wait:${queue}`,
          listKey: this.options.keys.queue(queue),
          onMessages: () => this.wake(),
        }),
    );
    return warnings;
  }

  /**
   * Takes what is there now. After a call whose reply was lost, the next one returns what the lost call took. It never
   * uses that call's tags again: the lost command may still sit in a socket of the server and be executed later.
   *
   * @param {number} limit most messages to take
   * @returns {Promise<{ deliveries: Delivery[], undecodable: number }>}
   * @throws when the connection is down or the server refuses; nothing is lost by calling again
   */
  async take(limit) {
    // Numbers are only spent on a call that can reach the server: the next one looks at all of them.
    if (!this.connection.isReady) throw new OperationalError(`${this.connection.display} is not connected`);
    this.#maybeMore = false;
    const { keys, tagPrefix, leaseMs, workerName, deadLetterLimit } = this.options;
    const queues = this.#rotated();
    const lists = keys.steps.flatMap((step) => queues.map((queue) => keys.queue(queue, step)));
    const names = [keys.unacked, keys.unackedIndex, keys.leases, keys.deliveries, ...queues.map(keys.dead), ...lists];
    const first = this.#next;
    const lostFrom = this.#lostFrom ?? first;
    const args = [tagPrefix, first, limit, leaseMs, lostFrom, JSON.stringify(workerName), deadLetterLimit];
    const texts = queues.map((queue) => JSON.stringify(queue));
    this.#next = first + limit;
    this.#lostFrom = lostFrom;
    const reply = /** @type {unknown[]} */ (
      await runScript(this.connection, "take", names, [...args, queues.length, ...texts]).catch((error) => {
        // An error that the server answered with came before anything was taken.
        if (isReplyError(error)) this.#lostFrom = lostFrom === first ? null : lostFrom;
        throw error;
      })
    );
    this.#lostFrom = null;
    this.#rotation += 1;
    const deliveries = readDeliveries(reply, queues);
    return { deliveries, undecodable: Number(reply[1]) };
  }

  /**
   * Waits until a queue may hold messages: a waiter saw one, `wake` was called, or a second has passed.
   *
   * @returns {Promise<void>}
   */
  async wait() {
    if (this.#maybeMore || this.#closed) return;
    for (const waiter of this.#waiters) waiter.arm();
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS, undefined);
      this.#woken = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
    this.#woken = null;
  }

  /** Ends a wait. */
  wake() {
    this.#maybeMore = true;
    this.#woken?.();
  }

  /**
   * Notes that a message whose worker was lost before is about to run.
   *
   * @param {number} number of the delivery
   * @returns {Promise<boolean>} false when its lease has run out
   */
  async markStarted(number) {
    const { keys, tagPrefix } = this.options;
    const args = [tagPrefix + number];
    return 1 === (await this.#persist(() => runScript(this.connection, "start", [keys.unacked, keys.started], args)));
  }

  /**
   * Stores results and acknowledges their messages.
   *
   * @param {Settlement[]} items
   * @returns {Promise<number[]>} indexes of those whose lease had run out, so that somebody else has or had the message
   */
  async settle(items) {
    const { keys, tagPrefix, resultKeyPrefix, resultExpiresS } = this.options;
    const names = [keys.unacked, keys.unackedIndex, keys.leases, keys.deliveries, keys.started, resultKeyPrefix];
    /** @type {import("./scripts.js").ScriptArgument[]} */
    const args = [tagPrefix, resultExpiresS];
    for (const { number, taskId, result } of items) args.push(number ?? "", taskId, result);
    return this.#runUntilDone("settle", names, args);
  }

  /**
   * Moves messages to their dead-letter lists.
   *
   * @param {Burial[]} items
   * @returns {Promise<number[]>} indexes of those whose lease had run out
   */
  async bury(items) {
    const { keys, tagPrefix, workerName, deadLetterLimit } = this.options;
    const names = [
      keys.unacked,
      keys.unackedIndex,
      keys.leases,
      keys.deliveries,
      keys.started,
      ...items.map((i) => keys.dead(i.queue)),
    ];
    const args = items.flatMap(({ number, taskId, raw, reason, deliveries }) => {
      return [tagPrefix + number, taskId, deadLetterHeader({ reason, worker: workerName, deliveries }), raw];
    });
    return this.#runUntilDone("bury", names, [deadLetterLimit, ...args]);
  }

  /**
   * Puts messages back into their queues.
   *
   * @param {Requeue[]} items
   * @returns {Promise<number[]>} indexes of those whose lease had run out
   */
  async requeue(items) {
    const { keys, tagPrefix } = this.options;
    /** @type {number[]} */
    const gone = [];
    for (let from = 0; from < items.length; from += REQUEUE_BATCH) {
      const batch = items.slice(from, from + REQUEUE_BATCH);
      const lists = batch.map(({ queue, priority }) => keys.queue(queue, priority));
      const names = [keys.unacked, keys.unackedIndex, keys.leases, keys.started, ...lists];
      const args = batch.flatMap(({ number, side, raw }) => [tagPrefix + number, side, raw]);
      gone.push(...(await this.#runUntilDone("requeue", names, args)).map((index) => from + index));
    }
    return gone;
  }

  /**
   * Lets go of messages until their eta is near.
   *
   * @param {Parking[]} items
   * @returns {Promise<number[]>} indexes of those whose lease had run out
   */
  async park(items) {
    const { keys, tagPrefix } = this.options;
    const args = items.flatMap(({ number, dueMs, etaS }) => [tagPrefix + number, dueMs, etaS]);
    return this.#runUntilDone("park", [keys.unackedIndex, keys.leases, keys.parked], args);
  }

  /** Closes every connection; what was taken and not settled stays leased until the lease runs out. */
  close() {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.close();
    this.connection.close();
    this.#woken?.();
  }

  /** Queues in the order in which they are looked at this time: each comes first in turn. */
  #rotated() {
    const start = this.#rotation % Math.max(1, this.#queues.length);
    return [...this.#queues.slice(start), ...this.#queues.slice(0, start)];
  }

  /** @param {import("./scripts.js").ScriptName} name @param {string[]} keys @param {import("./scripts.js").ScriptArgument[]} args */
  async #runUntilDone(name, keys, args) {
    const startedAt = performance.now();
    let repeated = false;
    const gone = await this.#persist(async () => {
      const again = repeated;
      repeated = true;
      const indexes = /** @type {number[]} */ (await runScript(this.connection, name, keys, args));
      // The first try may have gone through without its reply: then every tag is gone because we settled it ourselves. After
      // half a lease that is no longer sure, and it is better to say that the message may be somebody else's.
      return again && performance.now() - startedAt < this.options.leaseMs / 2 ? [] : indexes;
    });
    return gone.map((index) => index - 1);
  }

  /**
   * Repeats an operation until the server has done it. It is worse to lose a result than to wait for the server.
   *
   * @template T
   * @param {() => Promise<T>} operation
   * @returns {Promise<T>}
   */
  async #persist(operation) {
    for (;;) {
      await this.connection.ready();
      try {
        return await operation();
      } catch (error) {
        const isOurs = error instanceof TypeError || error instanceof RangeError;
        if (this.#closed || isOurs || !(error instanceof Error) || error.name === "ImproperlyConfigured") throw error;
        if (isReplyError(error)) this.options.onRefused?.(error, RETRY_MS);
        await new Promise((resolve) => setTimeout(resolve, isReplyError(error) ? RETRY_MS : LOST_PAUSE_MS));
      }
    }
  }
}

/**
 * @param {unknown[]} reply of take.lua
 * @param {string[]} queues in the order that was asked
 * @returns {Delivery[]}
 */
function readDeliveries(reply, queues) {
  const deliveries = [];
  for (let i = 2; i < reply.length; i += 4) {
    deliveries.push({
      number: Number(reply[i]),
      queue: queues[Number(reply[i + 1]) - 1],
      workersLost: Number(reply[i + 2]),
      raw: String(reply[i + 3]),
    });
  }
  return deliveries;
}
