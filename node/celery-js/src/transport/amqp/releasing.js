/**
 * How messages leave a worker, in the connection's thread: acknowledged, put back, left to the broker until their eta, or moved
 * to the dead letters. A message that moves elsewhere is published and confirmed first, then acknowledged: in between it exists
 * twice, but it is never missing. Each is repeated until the broker accepts it, or has taken the message back. A message that can be
 * received and not sent again loses the headers that cannot be encoded; if a worker may need them, it is not sent to one.
 */
import { setTimeout as delay } from "node:timers/promises";
import { EncodeError } from "../../errors.js";
import { deadLetterHeader } from "../dead-letter.js";
import { DEAD_HEADER } from "./dead-queue.js";
import { delayedPlace } from "./delays.js";
import { again, PUT_BACK_HEADER, workersLost } from "./message.js";
import { reduced } from "./reduced.js";

/** Pauses before an operation is repeated. */
const RETRY_MS = 250;
const RETRY_MAX_MS = 3_000;
/** How long a message waits here at a time, where the broker cannot keep it until its eta. */
const HOLD_MS = 60_000;
/** Why a message is buried that has to wait for its eta and cannot be sent again as it is. */
const UNSENDABLE = "unsendable";

/**
 * @typedef {import("./held.js").HeldDelivery} HeldDelivery
 * @typedef {import("./message.js").Outgoing} Outgoing
 * @typedef {{ exchange: string, routingKey: string }} Place
 *
 * @typedef {object} Outlet what is needed of the current connection
 * @property {(place: Place, message: Outgoing) => Promise<void>} publish
 * @property {(queue: string) => Promise<string>} deadQueue declares it
 * @property {boolean} canDelay
 */

export class Releasing {
  #held;
  #outlet;
  #workerName;
  #onProblem;
  #onRefused;
  #onAccepted;
  #hasRefused = false;

  /**
   * @param {object} options
   * @param {import("./held.js").Held} options.held
   * @param {() => Outlet | null} options.outlet null: the connection is down
   * @param {string} options.workerName
   * @param {(problem: string) => void} options.onProblem
   * @param {(error: Error, retryInMs: number) => void} options.onRefused
   * @param {() => void} options.onAccepted
   */
  constructor({ held, outlet, workerName, onProblem, onRefused, onAccepted }) {
    this.#held = held;
    this.#outlet = outlet;
    this.#workerName = workerName;
    this.#onProblem = onProblem;
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
   * Publishes the messages again: returned to the broker, they would count as lost once more. One that cannot be sent whole is
   * returned all the same.
   *
   * @param {readonly { number: number, priority: number }[]} items
   * @returns {Promise<number[]>} those that the broker had taken back
   */
  requeue(items) {
    return this.#each(items, async ({ priority }, { message, queue }, outlet) => {
      const { content, options } = again(message);
      const headers = { ...options.headers, [PUT_BACK_HEADER]: true };
      const copy = { content, options: { ...options, headers, priority } };
      return publishWhole(outlet, { exchange: "", routingKey: queue }, copy);
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
      const isSent = await publishWhole(outlet, later ?? { exchange: "", routingKey: queue }, again(message));
      if (isSent) return true;
      const isBuried = await this.#bury(UNSENDABLE, { message, queue }, outlet);
      this.#onProblem(`A message for ${queue} cannot be sent again, so it became a dead letter (${UNSENDABLE})`);
      return isBuried;
    });
  }

  /**
   * @param {readonly { number: number, reason: string }[]} items
   * @returns {Promise<number[]>}
   */
  bury(items) {
    return this.#each(items, ({ reason }, delivery, outlet) => this.#bury(reason, delivery, outlet));
  }

  /**
   * @param {string} reason
   * @param {Pick<HeldDelivery, "message" | "queue">} delivery
   * @param {Outlet} outlet
   * @returns {Promise<true>}
   */
  async #bury(reason, { message, queue }, outlet) {
    const whole = again(message);
    const header = deadLetterHeader({ reason, worker: this.#workerName, deliveries: workersLost(message) });
    const place = { exchange: "", routingKey: await outlet.deadQueue(queue) };
    const publish = (/** @type {Outgoing} */ { content, options }) =>
      outlet.publish(place, {
        content,
        options: { ...options, headers: { ...options.headers, [DEAD_HEADER]: header } },
      });
    await publish(whole).catch((error) => {
      if (!(error instanceof EncodeError)) throw error;
      return publish(reduced(whole).message);
    });
    return true;
  }

  /**
   * @template {{ number: number }} T
   * @param {readonly T[]} items in order
   * @param {(item: T, delivery: HeldDelivery, outlet: Outlet) => Promise<boolean>} send false: it goes back to the broker
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
   * @param {(item: T, delivery: HeldDelivery, outlet: Outlet) => Promise<boolean>} send
   * @returns {Promise<boolean>} false: the broker had taken it back
   */
  async #one(item, send) {
    for (let pauseMs = RETRY_MS; ; pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS)) {
      const delivery = this.#held.get(item.number);
      const outlet = this.#outlet();
      if (delivery === undefined || outlet === null) return false;
      try {
        const isSent = await send(item, delivery, outlet);
        if (this.#hasRefused) this.#onAccepted();
        this.#hasRefused = false;
        return isSent ? this.#held.acknowledge(item.number) : this.#held.release(item.number);
      } catch (error) {
        if (this.#held.get(item.number) === undefined) return false;
        this.#hasRefused = true;
        this.#onRefused(/** @type {Error} */ (error), pauseMs);
      }
      await delay(pauseMs);
    }
  }
}

/**
 * @param {Outlet} outlet
 * @param {Place} place
 * @param {Outgoing} message
 * @returns {Promise<boolean>} false: it cannot be sent without losing what a worker may need
 */
async function publishWhole(outlet, place, message) {
  try {
    await outlet.publish(place, message);
    return true;
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error;
  }
  const rest = reduced(message);
  if (rest.isWhole) await outlet.publish(place, rest.message);
  return rest.isWhole;
}
