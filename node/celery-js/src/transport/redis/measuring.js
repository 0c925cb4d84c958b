/**
 * Measures the broker for a worker's metrics, at each scrape: waiting messages, their age, the server's memory.
 * In Python `measuring.py`.
 */
import { createHash } from "node:crypto";
import { isoToEpochMs, sentAtMs } from "../../protocol/time.js";
import { isLabel, Metrics } from "../metrics.js";

/** How long the server may take; without an answer its metrics are left out. */
const ANSWERS_WITHIN_MS = 2_000;
/** How many scrape intervals a worker stays the reporter of a queue: one missed scrape changes nothing. */
const PAUSES = 2.5;
const FIRST_HOLD_MS = 30_000;
const LEAST_HOLD_MS = 15_000;
const LONGEST_HOLD_MS = 180_000;
/** The headers and properties of a message, which stand at its end. */
const END_BYTES = 8_192;
/** How many values `measure.lua` returns for a queue. */
const PER_QUEUE = 4;
/** How many messages without a time of sending are remembered, by a hash: their own texts may be large. */
const MOST_SEEN = 10_000;
/** How long a message without a time of sending is remembered. */
const SEEN_KEPT_MS = 7 * 86_400_000;

export class Measuring {
  #options;
  #askedAtMs = /** @type {number | null} */ (null);
  /** Message without a time of sending -> when it became the next one. @type {Map<string, number>} */
  #seen = new Map();

  /**
   * @param {object} options
   * @param {import("./connection.js").RedisConnection} options.connection
   * @param {import("./keys.js").Keys} options.keys
   * @param {string} options.tagPrefix unique to this process
   */
  constructor(options) {
    this.#options = options;
  }

  /**
   * @param {readonly string[]} consumed
   * @returns {Promise<Metrics>} of the queues, and of the database, that this worker reports; empty without an answer
   */
  async measure(consumed) {
    const queues = consumed.filter(isLabel);
    const metrics = new Metrics({ cells: new Float64Array(1_000 + queues.length * PER_QUEUE) });
    const { client } = this.#options.connection;
    if (queues.length === 0 || !client.isReady) return metrics;
    const late = /** @type {Promise<null>} */ (
      new Promise((resolve) => setTimeout(resolve, ANSWERS_WITHIN_MS, null).unref())
    );
    const [reply, memory] = await Promise.all([
      Promise.race([this.#ask(queues).catch(() => null), late]),
      Promise.race([client.info("memory").catch(() => ""), late]), // may be forbidden
    ]);
    if (isReply(reply, queues.length)) this.#read(metrics, queues, reply, memory ?? "");
    return metrics;
  }

  /** @param {readonly string[]} queues */
  #ask(queues) {
    const { connection, keys, tagPrefix } = this.#options;
    const now = performance.now();
    const pauseMs = this.#askedAtMs === null ? FIRST_HOLD_MS / PAUSES : now - this.#askedAtMs;
    const holdMs = Math.trunc(Math.min(LONGEST_HOLD_MS, Math.max(LEAST_HOLD_MS, PAUSES * pauseMs)));
    this.#askedAtMs = now;
    const lists = queues.flatMap((queue) => [keys.dead(queue), ...keys.steps.map((step) => keys.queue(queue, step))]);
    const names = [keys.measured, keys.leases, keys.parked, keys.unacked, ...lists];
    return connection.client.runScript("measure", names, [tagPrefix, holdMs, END_BYTES, keys.steps.length, ...queues]);
  }

  /**
   * @param {Metrics} metrics
   * @param {readonly string[]} queues
   * @param {[number, number, number, ...(number | string[])[]]} reply of measure.lua
   * @param {string} memory of INFO
   */
  #read(metrics, queues, [nowMs, held, parked, ...rest], memory) {
    const show = (/** @type {import("../metrics.js").FamilyName} */ family, /** @type {number} */ value, label = "") =>
      metrics.set(metrics.add(family, label === "" ? [] : [label]), value);
    for (const [i, queue] of queues.entries()) {
      const values = rest.slice(PER_QUEUE * i, PER_QUEUE * (i + 1));
      const [waiting, dead, parkedHere, ends] = /** @type {[number, number, number, string[]]} */ (values);
      if (waiting < 0) continue;
      const since = Math.min(...ends.map((end) => this.#since(end, nowMs)));
      show("celery_queue_length", waiting, queue);
      show("celery_queue_dead_letters", dead, queue);
      show("celery_queue_messages_parked", parkedHere, queue);
      show("celery_queue_oldest_message_age_seconds", Math.max(0, nowMs - Math.min(nowMs, since)) / 1000, queue);
    }
    for (const [end, at] of this.#seen) if (nowMs - at > SEEN_KEPT_MS) this.#seen.delete(end);
    if (held < 0) return;
    show("celery_broker_messages_held", held);
    show("celery_broker_messages_parked", parked);
    for (const [field, family] of /** @type {const} */ ([
      ["used_memory", "celery_broker_memory_used_bytes"],
      ["maxmemory", "celery_broker_memory_limit_bytes"],
    ])) {
      const found = new RegExp(`^${field}:(\\d+)\\s*$`, "m").exec(memory);
      if (found) show(family, Number(found[1]));
    }
  }

  /**
   * @param {string} end of the message that is taken next
   * @param {number} nowMs of the server
   * @returns {number} since when it has waited: since its sending or its eta, or, if it names neither, since it became the next
   *   one
   */
  #since(end, nowMs) {
    const sentMs = sentAtMs(Number(lastOf(/"timestamp": ?(\d+(?:\.\d+)?)/g, end)));
    if (sentMs !== null) {
      const eta = lastOf(/"eta": ?"([^"]+)"/g, end);
      return Math.max(sentMs, eta === null ? 0 : isoToEpochMs(eta) || 0);
    }
    const key = createHash("sha1")
      .update(lastOf(/"delivery_tag": ?"([^"]+)"/g, end) ?? end)
      .digest("base64");
    const seenMs = this.#seen.get(key);
    if (seenMs !== undefined) return seenMs;
    if (this.#seen.size >= MOST_SEEN) this.#seen.delete(String(this.#seen.keys().next().value)); // the oldest
    this.#seen.set(key, nowMs);
    return nowMs;
  }
}

/**
 * @param {RegExp} pattern
 * @param {string} text
 */
const lastOf = (pattern, text) => [...text.matchAll(pattern)].at(-1)?.[1] ?? null;

/**
 * @param {unknown} reply
 * @param {number} queues
 * @returns {reply is [number, number, number, ...(number | string[])[]]}
 */
const isReply = (reply, queues) => Array.isArray(reply) && reply.length === 3 + PER_QUEUE * queues;
