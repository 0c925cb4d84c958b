/**
 * How messages come to a worker: it waits on lists without owning anything (waiter.js), and takes with the `take` script.
 * A call whose reply was lost is made good by the next one.
 */
import { OperationalError } from "../../errors.js";
import { monotonicMs } from "../vitals.js";
import { Expiry } from "./expiry.js";
import { isReplyError } from "./replies.js";
import { runScript } from "./scripts.js";
import { Waiter } from "./waiter.js";

/** Queues with a connection of their own to wait on; the others are looked at once a second. */
const MAX_WAITERS = 8;
const POLL_MS = 1_000;

/**
 * @typedef {object} Delivery one message, taken by this worker and leased to it
 * @property {number} number of its tag
 * @property {string} tag that it is held under: `tagPrefix + number`
 * @property {string} queue
 * @property {number} workersLost how many workers died while they held it
 * @property {string} raw the message as it was in the list
 */

export class Taking {
  #connection;
  #options;
  #expiry;
  #closed = false;
  #next = 1;
  /** First tag number of calls whose replies never came, or null. */
  #lostFrom = /** @type {number | null} */ (null);
  #rotation = 0;
  #woken = /** @type {(() => void) | null} */ (null);
  #maybeMore = false;
  /** By the queue that each waits on. @type {Map<string, Waiter>} */
  #waiters = new Map();
  /** @type {string[]} */
  #queues = [];

  /**
   * @param {import("./connection.js").RedisConnection} connection
   * @param {import("./consumer.js").ConsumerOptions} options
   */
  constructor(connection, options) {
    this.#connection = connection;
    this.#options = options;
    this.#expiry = new Expiry(connection, options);
  }

  /** When the server last answered a `take`, by `monotonicMs`. */
  answeredAtMs = 0;

  /** @returns {readonly string[]} the queues that are taken from */
  get queues() {
    return this.#queues;
  }

  /** Opens the connections that wait. @param {string[]} queues */
  listen(queues) {
    for (const queue of queues) this.add(queue);
  }

  /** Takes from one more queue. @param {string} queue */
  add(queue) {
    if (this.#queues.includes(queue)) return;
    this.#queues = [...this.#queues, queue];
    if (this.#waiters.size >= MAX_WAITERS) return;
    const { address, workerName, keys } = this.#options;
    const name = `${workerName}:wait:${queue}`;
    this.#waiters.set(queue, new Waiter({ address, name, listKey: keys.queue(queue), onMessages: () => this.wake() }));
  }

  /** Takes from a queue no more. @param {string} queue */
  cancel(queue) {
    this.#queues = this.#queues.filter((each) => each !== queue);
    this.#waiters.get(queue)?.close();
    this.#waiters.delete(queue);
  }

  /**
   * See `RedisConsumer.take`.
   *
   * @param {number} limit
   * @returns {Promise<{ deliveries: Delivery[], undecodable: number }>}
   */
  async take(limit) {
    await this.#expiry.run(this.#queues);
    // Numbers are only spent on a call that can reach the server: the next one looks at all of them.
    if (!this.#connection.isReady) throw new OperationalError(`${this.#connection.display} is not connected`);
    this.#maybeMore = false;
    if (this.#queues.length === 0) return { deliveries: [], undecodable: 0 };
    const { keys, tagPrefix, leaseMs, workerName, deadLetterLimit } = this.#options;
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
      await runScript(this.#connection, "take", names, [...args, queues.length, ...texts]).catch((error) => {
        // An error that the server answered with came before anything was taken.
        if (isReplyError(error)) this.#lostFrom = lostFrom === first ? null : lostFrom;
        throw error;
      })
    );
    this.#connection.expect(isReply(reply, { from: lostFrom, to: first + limit, queues: queues.length }));
    this.#lostFrom = null;
    this.#rotation += 1;
    this.answeredAtMs = monotonicMs();
    return { deliveries: readDeliveries(reply, queues, tagPrefix), undecodable: Number(reply[1]) };
  }

  /** See `RedisConsumer.wait`. @returns {Promise<void>} */
  async wait() {
    if (this.#maybeMore || this.#closed) return;
    for (const waiter of this.#waiters.values()) waiter.arm();
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

  close() {
    this.#closed = true;
    for (const waiter of this.#waiters.values()) waiter.close();
    this.#woken?.();
  }

  /** Queues in the order in which they are looked at this time: each comes first in turn. */
  #rotated() {
    const start = this.#rotation % Math.max(1, this.#queues.length);
    return [...this.#queues.slice(start), ...this.#queues.slice(0, start)];
  }
}

/**
 * @param {unknown} reply
 * @param {{ from: number, to: number, queues: number }} asked numbers of tags, and of queues
 * @returns {boolean} whether `take.lua` may have answered that
 */
function isReply(reply, { from, to, queues }) {
  if (!Array.isArray(reply) || reply.length < 2 || (reply.length - 2) % 4 !== 0) return false;
  for (let i = 2; i < reply.length; i += 4) {
    const [number, queue] = [Number(reply[i]), Number(reply[i + 1])];
    if (!(number >= from && number < to && queue >= 1 && queue <= queues)) return false;
  }
  return true;
}

/**
 * @param {unknown[]} reply of take.lua
 * @param {string[]} queues in the order that was asked
 * @param {string} tagPrefix
 * @returns {Delivery[]}
 */
function readDeliveries(reply, queues, tagPrefix) {
  const deliveries = [];
  for (let i = 2; i < reply.length; i += 4) {
    deliveries.push({
      number: Number(reply[i]),
      tag: `${tagPrefix}${reply[i]}`,
      queue: queues[Number(reply[i + 1]) - 1],
      workersLost: Number(reply[i + 2]),
      raw: String(reply[i + 3]),
    });
  }
  return deliveries;
}
