/**
 * Collects results to store and messages to acknowledge, and passes them to the transport in batches. While one batch is
 * under way the next one gathers, so that a busy worker settles many tasks per round trip and an idle one settles at
 * once.
 *
 * Results travel with the acknowledgements if the transport can store them, otherwise they go to the backend first. A
 * result that the server refuses for good (its key has another type, it is too long) is reported and does not block the
 * others.
 */
import { setTimeout as delay } from "node:timers/promises";
import { isRefusedResult } from "../../transport/errors.js";

/** How many batches may be in flight: one travelling, one being processed by the server. */
const MAX_IN_FLIGHT = 2;
/** The limits of one batch, in items and in characters of results, so that none keeps the server busy for long. */
const MAX_BATCH = 500;
const MAX_CHARACTERS = 4 * 1024 * 1024;
/** The pause before storing a result is tried again. */
const RETRY_MS = 1_000;

/**
 * @typedef {import("../../transport/transport.js").Delivery} Delivery
 * @typedef {import("../../transport/transport.js").Settlement} Settlement
 * @typedef {Settlement & { done: ((outcome: Outcome) => void) | null }} Waiting
 *
 * @typedef {"settled" | "gone" | "refused" | "unsent"} Outcome gone: the lease had run out before; refused: the result cannot be
 *   stored; unsent: it is stored, but the publication was not sent. In both cases, the message is not acknowledged
 */

export class SettleBatcher {
  /** @type {Waiting[]} */
  #waiting = [];
  #inFlight = 0;
  #scheduled = false;
  #settle;
  #onGone;
  #onFailed;
  #onFault;
  /** @type {Array<() => void>} */
  #idle = [];
  /** Called for each that cannot be stored. @type {(settlement: Settlement, error: Error) => void} */
  onRefused;
  /** Called when fewer are pending, or held, than before. @type {() => void} */
  onRoom;

  /**
   * @param {object} options
   * @param {Settle} options.settle stores and acknowledges
   * @param {(taskId: string) => void} options.onGone called for each stored item whose lease had run out
   * @param {SettleBatcher["onRefused"]} [options.onRefused]
   * @param {SettleBatcher["onRoom"]} [options.onRoom]
   * @param {(error: Error) => void} options.onFailed called when the transport was closed before it could settle
   * @param {(error: Error, taskId: string) => void} [options.onFault] called when a callback of a settled item throws
   */
  constructor({ settle, onGone, onFailed, onFault = () => {}, onRefused = () => {}, onRoom = () => {} }) {
    this.#settle = settle;
    this.#onGone = onGone;
    this.#onFailed = onFailed;
    this.#onFault = onFault;
    this.onRefused = onRefused;
    this.onRoom = onRoom;
  }

  /** How many items wait for their batch or its answer. */
  pending = 0;

  /** How many messages the server would still count as held by this worker at the next `take`. */
  held = 0;

  /**
   * @param {Delivery | null} delivery to acknowledge; null only stores
   * @param {string} taskId
   * @param {string} result
   * @param {Waiting["done"]} [done]
   * @param {Settlement["publication"]} [publication] sent along with the result
   */
  add(delivery, taskId, result, done = null, publication = null) {
    this.pending += 1;
    if (delivery !== null) this.held += 1;
    this.#waiting.push({ delivery, taskId, result, done, publication });
    if (this.#scheduled || this.#inFlight >= MAX_IN_FLIGHT) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  /**
   * Stores a state without ending the message.
   *
   * @param {string} taskId
   * @param {string} result
   * @returns {Promise<boolean>} false when the server refused it for good, which is logged
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
    let held = batch.filter(({ delivery }) => delivery !== null).length;
    const onSent = () => {
      this.held -= held;
      held = 0;
      this.onRoom();
    };
    try {
      const settled = await this.#settle(batch, onSent);
      for (const item of batch) this.#end(item, settled);
    } catch (error) {
      this.#onFailed(/** @type {Error} */ (error));
    }
    this.#inFlight -= 1;
    this.pending -= batch.length;
    this.#flush();
    onSent();
    if (this.pending === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /**
   * An error of one item's callback is reported and does not affect the other items.
   *
   * @param {Waiting} item
   * @param {Settled} settled
   */
  #end(item, settled) {
    try {
      const outcome = outcomeOf(item, settled);
      if (outcome === "refused") this.onRefused(item, /** @type {Error} */ (settled.refused.get(item)));
      else if (outcome === "gone") this.#onGone(item.taskId);
      item.done?.(outcome);
    } catch (error) {
      this.#onFault(/** @type {Error} */ (error), item.taskId);
    }
  }
}

/**
 * @param {Waiting[]} waiting
 * @returns {number} how many items go into the next batch: at least one
 */
function batchLength(waiting) {
  let length = 0;
  for (let characters = 0; length < Math.min(waiting.length, MAX_BATCH); length += 1) {
    characters += waiting[length].result.length + (waiting[length].publication?.text.length ?? 0);
    if (characters > MAX_CHARACTERS && length > 0) break;
  }
  return length;
}

/**
 * @param {Settlement} item
 * @param {Settled} settled
 * @returns {Outcome}
 */
function outcomeOf(item, { gone, refused, unsent }) {
  if (gone.length === 0 && refused.size === 0 && unsent.length === 0) return "settled"; // nearly always
  if (refused.has(item)) return "refused";
  if (unsent.includes(item)) return "unsent";
  return item.delivery !== null && gone.includes(item.delivery) ? "gone" : "settled";
}

/**
 * @typedef {object} Settled the outcome of a batch
 * @property {Delivery[]} gone stored and not acknowledged, as the lease had run out
 * @property {ReadonlyMap<Settlement, Error>} refused neither stored nor acknowledged
 * @property {readonly Settlement[]} unsent stored; neither sent nor acknowledged
 *
 * @typedef {(items: readonly Settlement[], onSent: () => void) => Promise<Settled>} Settle `onSent`: see `Consumer.settle`
 * @typedef {(item: Settlement) => Promise<unknown>} Store rejects with a refusal (`isRefusedResult`), or once closed
 */

/** @type {ReadonlyMap<Settlement, Error>} */
const NONE_REFUSED = new Map();

/**
 * @param {object} options
 * @param {import("../model/types.js").WorkerApp} options.app
 * @param {import("../../transport/transport.js").Consumer} options.taskConsumer
 * @param {import("../observers/reporter.js").Reporter} options.reporter
 * @param {AbortSignal} options.closed stops waiting for a backend that is away
 * @returns {Settle}
 */
export function createSettle({ app, taskConsumer, reporter, closed }) {
  const acknowledge = (/** @type {readonly Settlement[]} */ items, /** @type {() => void} */ onSent) =>
    taskConsumer.settle(items.map(withoutResult), onSent);
  if (app.settings.resultBackend === null)
    return async (items, onSent) => ({ ...(await acknowledge(items, onSent)), refused: NONE_REFUSED });
  if (!taskConsumer.capabilities.canStoreResultsWithSettle) {
    const store = (/** @type {Settlement} */ item) => storeUntilDone(app, item, { reporter, closed });
    return (items, onSent) => settleApart(items, store, (stored) => acknowledge(stored, onSent));
  }
  return async (items, onSent) => {
    try {
      return { ...(await taskConsumer.settle(items, onSent)), refused: NONE_REFUSED };
    } catch (error) {
      if (!isRefusedResult(error)) throw error;
      const store = (/** @type {Settlement} */ { taskId, result }) =>
        taskConsumer.settle([{ delivery: null, taskId, result }]);
      return settleRest(error, items, (rest) => settleApart(rest, store, (stored) => acknowledge(stored, onSent)));
    }
  };
}

/**
 * @param {import("../../transport/errors.js").Refusal} refusal
 * @param {readonly Settlement[]} items
 * @param {(rest: readonly Settlement[]) => Promise<Settled>} settle
 * @returns {Promise<Settled>} the outcome of all of them
 */
async function settleRest({ before }, items, settle) {
  if (before === null || before.items.length === 0) return settle(items);
  const done = new Set(before.items);
  const { gone, unsent } = before.settled;
  const rest = await settle(items.filter((item) => !done.has(item)));
  return { gone: [...gone, ...rest.gone], refused: rest.refused, unsent: [...unsent, ...rest.unsent] };
}

/**
 * Stores each result before its message is acknowledged: for transports that cannot store results, and once one of a batch was
 * refused. Publications are left to the caller.
 *
 * @param {readonly Settlement[]} items
 * @param {Store} store
 * @param {(items: Settlement[]) => Promise<{ gone: Delivery[] }>} acknowledge
 * @returns {Promise<Settled>}
 */
async function settleApart(items, store, acknowledge) {
  const outcomes = await Promise.allSettled(items.map((item) => (item.result === "" ? null : store(item))));
  /** @type {Map<Settlement, Error>} */
  const refused = new Map();
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.status === "fulfilled") continue;
    if (!isRefusedResult(outcome.reason)) throw outcome.reason;
    refused.set(items[i], outcome.reason);
  }
  const stored = items.filter((item) => item.delivery !== null && !refused.has(item));
  const unsent = stored.filter(({ publication }) => publication);
  const ended = stored.filter(({ publication }) => !publication);
  const { gone } = ended.length === 0 ? { gone: [] } : await acknowledge(ended);
  return { gone, refused, unsent };
}

/**
 * @param {import("../model/types.js").WorkerApp} app
 * @param {Settlement} item
 * @param {{ reporter: import("../observers/reporter.js").Reporter, closed: AbortSignal }} options
 */
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

/**
 * @param {Settlement} item
 * @returns {Settlement}
 */
const withoutResult = ({ delivery, taskId }) => ({ delivery, taskId, result: "" });
