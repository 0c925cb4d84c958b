/**
 * Collects what finished tasks leave behind (a result to store, a message to acknowledge) and hands it to the transport in
 * batches. While one batch is under way the next one gathers, so that a busy worker settles many tasks per round trip and
 * an idle one settles at once.
 *
 * Results go into the settle script when broker and backend are one database, else to the backend first. A result that the
 * server refuses for good (its key holds something else, it is too long) is found out and reported, and holds up none of the
 * others.
 */
import { setTimeout as delay } from "node:timers/promises";
import { isRefusedResult } from "../../transport/redis/replies.js";
import { parseRedisUrl } from "../../transport/redis/url.js";

/** Batches under way at a time: one travelling, one being worked on by the server. */
const MAX_IN_FLIGHT = 2;
/** What goes into one batch, so that none keeps the server busy for long: so many, and so many characters of results. */
const MAX_BATCH = 500;
const MAX_CHARACTERS = 4 * 1024 * 1024;
/** How long to wait before a result that could not be stored is tried again. */
const RETRY_MS = 1_000;

/**
 * @typedef {import("../../transport/redis/consumer.js").Settlement} Settlement
 * @typedef {object} Waiting
 * @property {Settlement} settlement
 * @property {import("../../transport/redis/consumer.js").Delivery | null} delivery to acknowledge; null only stores the result
 * @property {((outcome: Outcome) => void) | null} done
 *
 * @typedef {"settled" | "gone" | "refused"} Outcome gone: the lease had run out before; refused: the result cannot be stored,
 *   and the message is not acknowledged
 */

export class SettleBatcher {
  /** @type {Waiting[]} */
  #waiting = [];
  #inFlight = 0;
  #scheduled = false;
  #settle;
  #onSettled;
  #onFailed;
  /** @type {Array<() => void>} */
  #idle = [];
  /** Called for each that cannot be stored. @type {(waiting: Waiting, error: Error) => void} */
  onRefused;
  /** Called when fewer are pending, or held, than before. @type {() => void} */
  onRoom;

  /**
   * @param {object} options
   * @param {Settle} options.settle stores and acknowledges
   * @param {(settlements: Settlement[], gone: number[]) => void} options.onSettled called for a batch without what was refused;
   *   `gone`: indexes of those whose lease had run out
   * @param {SettleBatcher["onRefused"]} [options.onRefused]
   * @param {SettleBatcher["onRoom"]} [options.onRoom]
   * @param {(error: Error) => void} options.onFailed called when the transport was closed before it could settle
   */
  constructor({ settle, onSettled, onFailed, onRefused = () => {}, onRoom = () => {} }) {
    this.#settle = settle;
    this.#onSettled = onSettled;
    this.#onFailed = onFailed;
    this.onRefused = onRefused;
    this.onRoom = onRoom;
  }

  /** How many wait for their batch or its answer. */
  pending = 0;

  /** How many messages the server would still count as held if a `take` were sent now. */
  held = 0;

  /** @param {Waiting["delivery"]} delivery @param {string} taskId @param {string} result @param {Waiting["done"]} [done] */
  add(delivery, taskId, result, done = null) {
    this.pending += 1;
    if (delivery !== null) this.held += 1;
    this.#waiting.push({ settlement: { number: delivery?.number ?? null, taskId, result }, delivery, done });
    if (this.#scheduled || this.#inFlight >= MAX_IN_FLIGHT) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  /**
   * Stores a state, and keeps the message.
   *
   * @param {string} taskId
   * @param {string} result
   * @returns {Promise<boolean>} false when the server refused it for good, which the log says
   */
  store(taskId, result) {
    return new Promise((resolve) => this.add(null, taskId, result, (outcome) => resolve(outcome !== "refused")));
  }

  /** @returns {Promise<void>} when nothing is left to settle */
  async drain() {
    if (this.pending === 0) return;
    await new Promise((resolve) => this.#idle.push(() => resolve(undefined)));
  }

  #flush() {
    while (this.#waiting.length > 0 && this.#inFlight < MAX_IN_FLIGHT) {
      const batch = this.#waiting.splice(0, batchLength(this.#waiting));
      this.#inFlight += 1;
      void this.#send(batch);
    }
  }

  /** @param {Waiting[]} batch */
  async #send(batch) {
    const settlements = batch.map(({ settlement }) => settlement);
    let held = batch.filter(({ delivery }) => delivery !== null).length;
    const onSent = () => {
      this.held -= held;
      held = 0;
      this.onRoom();
    };
    try {
      const { gone, refused } = await this.#settle(settlements, onSent);
      const settled = refused.size === 0 ? settlements : settlements.filter((_, i) => !refused.has(i));
      this.#onSettled(settled, refused.size === 0 ? gone : gone.map((i) => settled.indexOf(settlements[i])));
      for (const [i, error] of refused) this.onRefused(batch[i], error);
      for (const [i, { done }] of batch.entries()) {
        done?.(refused.has(i) ? "refused" : gone.includes(i) ? "gone" : "settled");
      }
    } catch (error) {
      this.#onFailed(/** @type {Error} */ (error));
    }
    this.#inFlight -= 1;
    this.pending -= batch.length;
    this.#flush();
    onSent();
    if (this.pending === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** @param {Waiting[]} waiting @returns {number} how many of the first go into one batch: one in any case */
function batchLength(waiting) {
  let length = 0;
  for (let characters = 0; length < Math.min(waiting.length, MAX_BATCH); length += 1) {
    characters += waiting[length].settlement.result.length;
    if (characters > MAX_CHARACTERS && length > 0) break;
  }
  return length;
}

/**
 * @typedef {object} Settled what became of a batch, by the indexes of its items
 * @property {number[]} gone stored and not acknowledged, as the lease had run out
 * @property {Map<number, Error>} refused neither stored nor acknowledged
 *
 * @typedef {(settlements: Settlement[], onSent: () => void) => Promise<Settled>} Settle `onSent`: see `RedisConsumer.settle`
 * @typedef {(settlement: Settlement) => Promise<unknown>} Store rejects with a refusal (`isRefusedResult`), or once closed
 */

/**
 * @param {object} options
 * @param {import("../model/types.js").WorkerApp} options.app
 * @param {import("../../transport/redis/consumer.js").RedisConsumer} options.transport
 * @param {import("../observers/reporter.js").Reporter} options.reporter
 * @param {AbortSignal} options.closed ends the waiting for a backend that is away
 * @returns {Settle}
 */
export function createSettle({ app, transport, reporter, closed }) {
  const { brokerUrl, resultBackend } = app.settings;
  const acknowledge = (/** @type {Settlement[]} */ items, /** @type {() => void} */ onSent) =>
    transport.settle(items.map(withoutResult), onSent);
  if (resultBackend === null)
    return async (items, onSent) => ({ gone: await acknowledge(items, onSent), refused: new Map() });
  if (!isSameDatabase(brokerUrl, resultBackend)) {
    const store = (/** @type {Settlement} */ item) => storeUntilDone(app, item, { reporter, closed });
    return (items, onSent) => settleApart(items, store, (stored) => acknowledge(stored, onSent));
  }
  return async (items, onSent) => {
    try {
      return { gone: await transport.settle(items, onSent), refused: new Map() };
    } catch (error) {
      if (!isRefusedResult(error)) throw error;
      const store = (/** @type {Settlement} */ item) => transport.settle([{ ...item, number: null }]);
      return settleApart(items, store, (stored) => acknowledge(stored, onSent));
    }
  };
}

/**
 * The results first, each by itself: a message without its result must not be acknowledged.
 *
 * @param {Settlement[]} items
 * @param {Store} store
 * @param {(items: Settlement[]) => Promise<number[]>} acknowledge
 * @returns {Promise<Settled>}
 */
async function settleApart(items, store, acknowledge) {
  const outcomes = await Promise.allSettled(items.map((item) => (item.result === "" ? null : store(item))));
  /** @type {Map<number, Error>} */
  const refused = new Map();
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.status === "fulfilled") continue;
    if (!isRefusedResult(outcome.reason)) throw outcome.reason;
    refused.set(i, outcome.reason);
  }
  const stored = [...items.keys()].filter((i) => !refused.has(i));
  const gone = stored.length === 0 ? [] : await acknowledge(stored.map((i) => items[i]));
  return { gone: gone.map((i) => stored[i]), refused };
}

/** @param {import("../model/types.js").WorkerApp} app @param {Settlement} item @param {{ reporter: import("../observers/reporter.js").Reporter, closed: AbortSignal }} options */
async function storeUntilDone(app, { taskId, result }, { reporter, closed }) {
  for (;;) {
    closed.throwIfAborted();
    try {
      await app.backend.storeText(taskId, result);
      return reporter.onStored();
    } catch (error) {
      if (isRefusedResult(error)) throw error;
      closed.throwIfAborted();
      reporter.onNotStored(/** @type {Error} */ (error), taskId);
    }
    await delay(RETRY_MS, undefined, { signal: closed }).catch(() => {});
  }
}

/** @param {Settlement} item @returns {Settlement} */
const withoutResult = (item) => ({ ...item, result: "" });

/**
 * @param {string} a of the broker
 * @param {string} b of the result backend
 * @returns {boolean} whether one script can change both
 */
export function isSameDatabase(a, b) {
  const [x, y] = [parseRedisUrl(a), parseRedisUrl(b, { name: "resultBackend" })];
  return x.host === y.host && x.port === y.port && x.path === y.path && x.db === y.db;
}
