/**
 * Collects what finished tasks leave behind (a result to store, a message to acknowledge) and hands it to the transport in
 * batches. While one batch is under way the next one gathers, so that a busy worker settles many tasks per round trip and
 * an idle one settles at once.
 */

/** Batches under way at a time: one travelling, one being worked on by the server. */
const MAX_IN_FLIGHT = 2;
/** What goes into one batch, so that none keeps the server busy for long: so many, and so many characters of results. */
const MAX_BATCH = 500;
const MAX_CHARACTERS = 4 * 1024 * 1024;

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
  #onRefused;
  #onFailed;
  #onRoom;
  /** @type {Array<() => void>} */
  #idle = [];

  /**
   * @param {object} options
   * @param {import("./results-sink.js").Settle} options.settle stores and acknowledges
   * @param {(settlements: Settlement[], gone: number[]) => void} options.onSettled called for a batch without what was refused;
   *   `gone`: indexes of those whose lease had run out
   * @param {(waiting: Waiting, error: Error) => void} options.onRefused called for each that cannot be stored
   * @param {() => void} options.onRoom called when fewer are pending, or held, than before
   * @param {(error: Error) => void} options.onFailed called when the transport was closed before it could settle
   */
  constructor({ settle, onSettled, onRefused, onFailed, onRoom }) {
    this.#settle = settle;
    this.#onSettled = onSettled;
    this.#onRefused = onRefused;
    this.#onFailed = onFailed;
    this.#onRoom = onRoom;
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
      this.#onRoom();
    };
    try {
      const { gone, refused } = await this.#settle(settlements, onSent);
      const settled = refused.size === 0 ? settlements : settlements.filter((_, i) => !refused.has(i));
      this.#onSettled(settled, refused.size === 0 ? gone : gone.map((i) => settled.indexOf(settlements[i])));
      for (const [i, error] of refused) this.#onRefused(batch[i], error);
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
