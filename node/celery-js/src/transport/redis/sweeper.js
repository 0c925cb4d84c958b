/**
 * Puts messages of dead workers back into their queues once their lease has run out, and parked ones once they are due.
 * Every worker sweeps; the `restore` script makes sure that a message is restored once.
 *
 * Guarantee: a message that cannot be put back does not block the others. An unreadable one is buried, one that no worker
 * wrote is released, and one that the server refuses is left alone for one lease.
 */
import { deadLetterHeader } from "../dead-letter.js";
import { readRecord } from "./held-record.js";
import { keysOfHeld } from "./keys.js";

/** Messages and bytes looked at in one round, of each kind; the next round follows at once while there are more. */
const BATCH = 200;
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * @typedef {import("./held-record.js").HeldMessage} HeldMessage
 *
 * @typedef {object} Swept one message that went back into its queue
 * @property {string} tag that it was held under
 * @property {string} queue
 * @property {string | null} taskId the id that its losses are counted under
 * @property {"lost" | "due"} why "lost": its worker died; "due": its eta is near
 *
 * @typedef {Swept & { score: string, message: string, priority: number }} Found what `sweep` found of it
 */

export class Sweeper {
  #options;
  #timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  #stopped = false;
  #hasFailed = false;

  /**
   * @param {object} options
   * @param {import("./connection.js").RedisConnection} options.connection
   * @param {import("./keys.js").Keys} options.keys
   * @param {string} options.workerName
   * @param {number} options.deadLetterLimit
   * @param {number} options.leaseMs
   * @param {import("../../protocol/limits.js").Limits} [options.limits]
   * @param {(swept: Swept[]) => void} options.onRestored
   * @param {(error: Error) => void} options.onError
   * @param {() => void} [options.onWell] a whole sweep went through, after an error
   */
  constructor(options) {
    this.#options = options;
  }

  /** Sweeps from now on, several times a lease. */
  start() {
    if (this.#stopped) return;
    // Random, so that workers started together do not sweep together. At most a sixth of a lease.
    const sixthMs = Math.min(this.#options.leaseMs / 6, 5_000);
    this.#timer = setTimeout(() => this.#round(), sixthMs * (0.8 + Math.random() / 5));
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #round() {
    try {
      const { connection, onWell } = this.#options;
      if (connection.client.isReady) {
        while (connection.client.isReady && (await this.sweep()) && !this.#stopped);
        if (this.#hasFailed) onWell?.();
        this.#hasFailed = false;
      }
    } catch (error) {
      this.#hasFailed = true;
      this.#options.onError(/** @type {Error} */ (error));
    }
    this.start();
  }

  /** @returns {Promise<boolean>} whether there may be more to restore */
  async sweep() {
    const { connection, keys, leaseMs } = this.#options;
    const { leases, parked, sweep, unacked, unackedIndex, deliveries, counted, started } = keys;
    const names = [leases, parked, sweep, unacked, deliveries, counted, started, unackedIndex];
    const [nowMs, more, expired, due] = /** @type {[number, number, string[], string[]]} */ (
      await connection.client.runScript("sweep", names, [leaseMs, BATCH, BATCH_BYTES])
    );
    await this.#restore(leases, await this.#readable(leases, expired, "lost", nowMs));
    await this.#restore(parked, await this.#readable(parked, due, "due", nowMs));
    return more === 1;
  }

  /**
   * Handles records that cannot go back into a queue, and returns the others.
   *
   * @param {string} from the zset that held the tags
   * @param {string[]} entries of `sweep.lua`: tag, score and record of each
   * @param {"lost" | "due"} why
   * @param {number} nowMs of the server
   * @returns {Promise<Found[]>} the others
   */
  async #readable(from, entries, why, nowMs) {
    /** @type {Found[]} */
    const found = [];
    for (let i = 0; i < entries.length; i += 3) {
      const [tag, score, entry] = entries.slice(i, i + 3);
      const record = readRecord(entry, this.#options.limits);
      if (record === null) {
        // Not what `take` writes, so no list is known for it: its writer has to handle it.
        await this.#options.connection.client.zrem(from, tag);
      } else if (record.marked === null) {
        await this.#bury(from, tag, record).catch((error) => this.#defer(from, tag, nowMs, error));
      } else {
        const { raw, marked, queue, priority, countedId } = record;
        found.push({ tag, score, queue, priority, taskId: countedId, why, message: why === "lost" ? marked : raw });
      }
    }
    return found;
  }

  /**
   * @param {string} from the zset that held the tags
   * @param {Found[]} found
   */
  async #restore(from, found) {
    if (found.length === 0) return;
    const { connection, keys, leaseMs, onRestored, onError } = this.#options;
    const lists = found.map(({ queue, priority }) => keys.queue(queue, priority));
    const args = found.flatMap(({ tag, score, taskId, why, message }) => {
      return [tag, score, why === "lost" ? (taskId ?? "") : "", message];
    });
    const names = [...keysOfHeld({ ...keys, leases: from }), ...lists];
    const [refusal, ...restored] = /** @type {[string, ...number[]]} */ (
      await connection.client.runScript("restore", names, [leaseMs, ...args])
    );
    if (refusal !== "") onError(new Error(refusal));
    if (restored.length > 0) {
      const swept = restored.map((index) => found[index - 1]);
      onRestored(swept.map(({ tag, queue, taskId, why }) => ({ tag, queue, taskId, why })));
    }
  }

  /**
   * A message that no worker can read must not stay where kombu's sweep would find it.
   *
   * @param {string} from
   * @param {string} tag
   * @param {HeldMessage} record
   */
  async #bury(from, tag, { raw, queue }) {
    const { connection, keys, workerName, deadLetterLimit } = this.#options;
    const header = deadLetterHeader({ reason: "undecodable", worker: workerName });
    const names = [...keysOfHeld({ ...keys, leases: from }), keys.dead(queue)];
    await connection.client.runScript("bury", names, [deadLetterLimit, tag, "", header, raw]);
  }

  /**
   * Leaves a message alone for one lease.
   *
   * @param {string} from
   * @param {string} tag
   * @param {number} nowMs
   * @param {Error} error the server's answer
   */
  async #defer(from, tag, nowMs, error) {
    const { connection, leaseMs, onError } = this.#options;
    await connection.client.zadd(from, "XX", nowMs + leaseMs, tag);
    onError(error);
  }
}
