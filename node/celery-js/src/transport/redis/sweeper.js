/**
 * Puts messages of dead workers back into their queues once their lease has run out, and parked ones once they are due.
 * Every worker sweeps; the `restore` script sees to it that a message is restored once.
 */
import { decodeEnvelope, markRedelivered } from "../../protocol/message.js";
import { deadLetterHeader } from "./dead-letter.js";
import { runScript } from "./scripts.js";

/** Messages looked at in one round; the next round follows at once while there are more. */
const BATCH = 200;

/**
 * @typedef {object} Swept one message that went back into its queue
 * @property {string} tag that it was held under
 * @property {string} queue
 * @property {string | null} taskId
 * @property {"lost" | "due"} why its worker was lost, or its eta is near
 */

export class Sweeper {
  #options;
  #timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  #stopped = false;

  /**
   * @param {object} options
   * @param {import("./connection.js").RedisConnection} options.connection
   * @param {import("./keys.js").Keys} options.keys
   * @param {string} options.workerName
   * @param {number} options.deadLetterLimit
   * @param {number} options.leaseMs
   * @param {(swept: Swept[]) => void} options.onRestored
   * @param {(error: Error) => void} options.onError
   */
  constructor(options) {
    this.#options = options;
  }

  /** Sweeps from now on, several times a lease. */
  start() {
    if (this.#stopped) return;
    // Between a twelfth and a sixth of a lease: workers that were started together do not sweep together.
    const sixthMs = Math.min(this.#options.leaseMs / 6, 5_000);
    this.#timer = setTimeout(() => this.#round(), sixthMs * (0.5 + Math.random() / 2));
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #round() {
    try {
      while (this.#options.connection.isReady && (await this.sweep()) && !this.#stopped);
    } catch (error) {
      this.#options.onError(/** @type {Error} */ (error));
    }
    this.start();
  }

  /** @returns {Promise<boolean>} whether there may be more to restore */
  async sweep() {
    const { connection, keys, leaseMs } = this.#options;
    const names = [keys.leases, keys.parked, keys.sweep, keys.unacked];
    const [, expired, due] = /** @type {[number, string[], string[]]} */ (
      await runScript(connection, "sweep", names, [leaseMs, BATCH])
    );
    await this.#restore(keys.leases, expired, "lost");
    await this.#restore(keys.parked, due, "due");
    return expired.length === 3 * BATCH || due.length === 3 * BATCH;
  }

  /** @param {string} from the zset that held the tags @param {string[]} found @param {"lost" | "due"} why */
  async #restore(from, found, why) {
    const { connection, keys, onRestored } = this.#options;
    const names = [keys.unacked, keys.unackedIndex, from, keys.deliveries, keys.started];
    /** @type {string[]} */
    const args = [];
    /** @type {Swept[]} */
    const swept = [];
    for (let i = 0; i < found.length; i += 3) {
      const [tag, score, entry] = found.slice(i, i + 3);
      const record = readRecord(entry);
      if (record.queue === "") continue; // not a record that `take` wrote
      if (record.marked === null) {
        await this.#bury(tag, record);
        continue;
      }
      const { raw, marked, queue, priority, taskId } = record;
      names.push(keys.queue(queue, priority));
      args.push(tag, score, why === "lost" ? (taskId ?? "") : "", why === "lost" ? marked : raw);
      swept.push({ tag, queue, taskId, why });
    }
    if (swept.length === 0) return;
    const restored = /** @type {number[]} */ (await runScript(connection, "restore", names, args));
    if (restored.length > 0) onRestored(restored.map((index) => swept[index - 1]));
  }

  /** A message that nobody can read must not stay where kombu's sweep would find it. @param {string} tag @param {HeldMessage} record */
  async #bury(tag, { raw, queue }) {
    const { connection, keys, workerName, deadLetterLimit } = this.#options;
    const names = [keys.unacked, keys.unackedIndex, keys.leases, keys.deliveries, keys.started, keys.dead(queue)];
    const header = deadLetterHeader({ reason: "undecodable", worker: workerName });
    await runScript(connection, "bury", names, [deadLetterLimit, tag, "", header, raw]);
  }
}

/**
 * @typedef {object} HeldMessage what `unacked` holds of a message
 * @property {string} raw the message
 * @property {string | null} marked the message as redelivered; null when it cannot be read
 * @property {string} queue
 * @property {number} priority
 * @property {string | null} taskId
 */

/**
 * @param {string} entry of `unacked`, as `take` wrote it: `[message, "", "queue"]`
 * @returns {HeldMessage}
 */
function readRecord(entry) {
  // The message before the last `, "", "` stays the text that it is.
  const split = entry.lastIndexOf(', "", "');
  const raw = entry.slice(1, split);
  const queue = split === -1 ? "" : entry.slice(split + 7, -2);
  try {
    const { headers, properties } = decodeEnvelope(raw);
    const taskId = typeof headers.id === "string" ? headers.id : null;
    return { raw, marked: markRedelivered(raw), queue, priority: Number(properties.priority ?? 0), taskId };
  } catch {
    return { raw, marked: null, queue, priority: 0, taskId: null };
  }
}
