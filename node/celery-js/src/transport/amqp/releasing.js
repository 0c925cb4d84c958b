/**
 * How messages leave a worker, in the connection's thread: acknowledged, put back, left to the broker until their eta, or moved
 * to the dead letters. A message that moves elsewhere is published and confirmed first, then acknowledged: in between it exists
 * twice, but it is never missing. Each is repeated until the broker accepts it, or has taken the message back.
 */
import { setTimeout as delay } from "node:timers/promises";
import { deadLetterHeader } from "../dead-letter.js";
import { DEAD_HEADER } from "./dead-queue.js";
import { delayedPlace } from "./delays.js";
import { again, PUT_BACK_HEADER, workersLost } from "./message.js";

/** Pauses before an operation is repeated. */
const RETRY_MS = 250;
const RETRY_MAX_MS = 3_000;
/** How long a message waits here at a time, where the broker cannot keep it until its eta. */
const HOLD_MS = 60_000;

/**
 * @typedef {import("./held.js").HeldDelivery} HeldDelivery
 *
 * @typedef {object} Outlet what is needed of the current connection
 * @property {(place: { exchange: string, routingKey: string }, message: import("./message.js").Outgoing) => Promise<void>} publish
 * @property {(queue: string) => Promise<string>} deadQueue declares it
 * @property {boolean} canDelay
 */

export class Releasing {
  #held;
  #outlet;
  #workerName;
  #onRefused;
  #onAccepted;
  #hasRefused = false;

  /**
   * @param {object} options
   * @param {import("./held.js").Held} options.held
   * @param {() => Outlet | null} options.outlet null: the connection is down
   * @param {string} options.workerName
   * @param {(error: Error, retryInMs: number) => void} options.onRefused
   * @param {() => void} options.onAccepted
   */
  constructor({ held, outlet, workerName, onRefused, onAccepted }) {
    this.#held = held;
    this.#outlet = outlet;
    this.#workerName = workerName;
    this.#onRefused = onRefused;
    this.#onAccepted = onAccepted;
  }

  /**
   * @param {readonly number[]} numbers
   * @returns {number[]} those that the broker had taken back
   */
  settle(numbers) {
    return numbers.filter((number) => !this.#held.acknowledge(number));
  }

  /**
   * Publishes the messages again: returned to the broker, they would count as lost once more.
   *
   * @param {readonly { number: number, priority: number }[]} items
   * @returns {Promise<number[]>} those that the broker had taken back
   */
  requeue(items) {
    return this.#each(items, async ({ priority }, { message, queue }, outlet) => {
      const { content, options } = again(message);
      const headers = { ...options.headers, [PUT_BACK_HEADER]: true };
      await outlet.publish(
        { exchange: "", routingKey: queue },
        { content, options: { ...options, headers, priority } },
      );
    });
  }

  /**
   * @param {readonly { number: number, dueMs: number }[]} items
   * @returns {Promise<number[]>}
   */
  park(items) {
    return this.#each(items, async ({ dueMs }, { message, queue }, outlet) => {
      const later = outlet.canDelay ? delayedPlace((dueMs - Date.now()) / 1000, queue) : null;
      if (later === null) await delay(Math.max(0, Math.min(dueMs - Date.now(), HOLD_MS)));
      await outlet.publish(later ?? { exchange: "", routingKey: queue }, again(message));
    });
  }

  /**
   * @param {readonly { number: number, reason: string }[]} items
   * @returns {Promise<number[]>}
   */
  bury(items) {
    return this.#each(items, async ({ reason }, { message, queue }, outlet) => {
      const { content, options } = again(message);
      const header = deadLetterHeader({ reason, worker: this.#workerName, deliveries: workersLost(message) });
      const headers = { ...options.headers, [DEAD_HEADER]: header };
      const routingKey = await outlet.deadQueue(queue);
      await outlet.publish({ exchange: "", routingKey }, { content, options: { ...options, headers } });
    });
  }

  /**
   * @template {{ number: number }} T
   * @param {readonly T[]} items in order
   * @param {(item: T, delivery: HeldDelivery, outlet: Outlet) => Promise<void>} send
   * @returns {Promise<number[]>}
   */
  async #each(items, send) {
    // All at once: they are published in this order, over one channel.
    const kept = await Promise.all(items.map((item) => this.#one(item, send)));
    return items.filter((_, i) => !kept[i]).map(({ number }) => number);
  }

  /**
   * @template {{ number: number }} T
   * @param {T} item
   * @param {(item: T, delivery: HeldDelivery, outlet: Outlet) => Promise<void>} send
   * @returns {Promise<boolean>} false: the broker had taken it back
   */
  async #one(item, send) {
    for (let pauseMs = RETRY_MS; ; pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS)) {
      const delivery = this.#held.get(item.number);
      const outlet = this.#outlet();
      if (delivery === undefined || outlet === null) return false;
      try {
        await send(item, delivery, outlet);
        if (this.#hasRefused) this.#onAccepted();
        this.#hasRefused = false;
        return this.#held.acknowledge(item.number);
      } catch (error) {
        if (this.#held.get(item.number) === undefined) return false;
        this.#hasRefused = true;
        this.#onRefused(/** @type {Error} */ (error), pauseMs);
      }
      await delay(pauseMs);
    }
  }
}
