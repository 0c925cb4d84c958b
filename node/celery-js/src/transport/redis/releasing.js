/**
 * How messages leave a worker: settled, buried, put back or parked, each by one script. All of them are repeated until they
 * went through, and each may be executed twice: a tag that is gone is left alone.
 */
import { isFailureText } from "../../protocol/result-meta.js";
import { deadLetterHeader } from "./dead-letter.js";
import { keysOfHeld } from "./keys.js";
import { isRefusedResult } from "./replies.js";
import { runScript } from "./scripts.js";

/** Messages and characters put back by one call, so that none keeps the server busy for long. */
const REQUEUE_BATCH = 200;
const REQUEUE_CHARACTERS = 4 * 1024 * 1024;

/**
 * @typedef {object} Settlement
 * @property {number | null} number the delivery to acknowledge; null only stores the result
 * @property {string} taskId
 * @property {string} result the encoded meta, or "" to store none
 *
 * @typedef {{ number: number, taskId: string, queue: string, raw: string, reason: string, deliveries: number }} Burial
 * @typedef {{ number: number, queue: string, priority: number, raw: string, side: "next" | "last" }} Requeue
 * @typedef {{ number: number, dueMs: number, etaS: number }} Parking
 */

export class Releasing {
  #connection;
  #persistence;
  #options;

  /**
   * @param {import("./connection.js").RedisConnection} connection
   * @param {import("./persistence.js").Persistence} persistence
   * @param {import("./consumer.js").ConsumerOptions} options
   */
  constructor(connection, persistence, options) {
    this.#connection = connection;
    this.#persistence = persistence;
    this.#options = options;
  }

  /** See `RedisConsumer.settle`. @param {Settlement[]} items @param {() => void} [onSent] @returns {Promise<number[]>} */
  async settle(items, onSent) {
    const { resultExpiresS, failureExpiresS = resultExpiresS } = this.#options;
    if (failureExpiresS === resultExpiresS) return this.#settle(items, resultExpiresS, onSent);
    /** @type {number[]} */
    const gone = [];
    for (const failures of [false, true]) {
      const indexes = [...items.keys()].filter((index) => isFailureText(items[index].result) === failures);
      if (indexes.length === 0) continue;
      const part = indexes.map((index) => items[index]);
      const goneHere = await this.#settle(part, failures ? failureExpiresS : resultExpiresS);
      gone.push(...goneHere.map((index) => indexes[index]));
    }
    return gone;
  }

  /** @param {Settlement[]} items @param {number} expiresS @param {() => void} [onSent] @returns {Promise<number[]>} */
  #settle(items, expiresS, onSent) {
    const { keys, tagPrefix, resultKeyPrefix } = this.#options;
    /** @type {import("./scripts.js").ScriptArgument[]} */
    const args = [tagPrefix, expiresS];
    for (const { number, taskId, result } of items) args.push(number ?? "", taskId, result);
    // Without a result it is a key of the protocol that is wrong, which somebody has to repair.
    const hasResult = items.some(({ result }) => result !== "");
    return this.#run(
      "settle",
      [...keysOfHeld(keys), resultKeyPrefix],
      args,
      hasResult ? isRefusedResult : undefined,
      onSent,
    );
  }

  /** See `RedisConsumer.bury`. @param {Burial[]} items @returns {Promise<number[]>} */
  bury(items) {
    const { keys, tagPrefix, workerName, deadLetterLimit } = this.#options;
    const args = items.flatMap(({ number, taskId, raw, reason, deliveries }) => {
      return [tagPrefix + number, taskId, deadLetterHeader({ reason, worker: workerName, deliveries }), raw];
    });
    const lists = items.map(({ queue }) => keys.dead(queue));
    return this.#run("bury", [...keysOfHeld(keys), ...lists], [deadLetterLimit, ...args]);
  }

  /** See `RedisConsumer.requeue`. @param {Requeue[]} items @returns {Promise<number[]>} */
  async requeue(items) {
    const { keys, tagPrefix } = this.#options;
    /** @type {number[]} */
    const gone = [];
    for (let from = 0; from < items.length; ) {
      const batch = items.slice(from, endOfBatch(items, from));
      const lists = batch.map(({ queue, priority }) => keys.queue(queue, priority));
      const names = [keys.unacked, keys.unackedIndex, keys.leases, keys.started, ...lists];
      const args = batch.flatMap(({ number, side, raw }) => [tagPrefix + number, side, raw]);
      const start = from;
      gone.push(...(await this.#run("requeue", names, args)).map((index) => start + index));
      from += batch.length;
    }
    return gone;
  }

  /** See `RedisConsumer.park`. @param {Parking[]} items @returns {Promise<number[]>} */
  park(items) {
    const { keys, tagPrefix } = this.#options;
    const args = items.flatMap(({ number, dueMs, etaS }) => [tagPrefix + number, dueMs, etaS]);
    return this.#run("park", [keys.unackedIndex, keys.leases, keys.parked], args);
  }

  /**
   * @param {import("./scripts.js").ScriptName} name
   * @param {string[]} keys
   * @param {import("./scripts.js").ScriptArgument[]} args
   * @param {(error: Error) => boolean} [isFinal] see `Persistence.run`
   * @param {() => void} [onSent] see `RedisConsumer.settle`
   * @returns {Promise<number[]>} indexes of those whose tag was gone
   */
  async #run(name, keys, args, isFinal, onSent) {
    const startedAt = performance.now();
    let repeated = false;
    const gone = await this.#persistence.run(async () => {
      const again = repeated;
      repeated = true;
      const sent = runScript(this.#connection, name, keys, args);
      onSent?.();
      const reply = await sent;
      this.#connection.expect(Array.isArray(reply) && reply.every((index) => index >= 1 && index <= args.length));
      const indexes = /** @type {number[]} */ (reply);
      // The first try may have gone through without its reply: then every tag is gone because we settled it ourselves. After
      // half a lease that is no longer sure, and it is better to say that the message may be somebody else's.
      return again && performance.now() - startedAt < this.#options.leaseMs / 2 ? [] : indexes;
    }, isFinal);
    return gone.map((index) => index - 1);
  }
}

/**
 * @param {Requeue[]} items
 * @param {number} from
 * @returns {number} the index after the last that still goes into this call; one goes in any case
 */
function endOfBatch(items, from) {
  let to = from;
  let characters = 0;
  while (to < items.length && to - from < REQUEUE_BATCH && characters < REQUEUE_CHARACTERS) {
    characters += items[to].raw.length;
    to += 1;
  }
  return to;
}
