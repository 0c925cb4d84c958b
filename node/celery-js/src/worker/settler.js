/**
 * Collects what finished tasks leave behind (a result to store, a message to acknowledge) and hands it to the transport in
 * batches. While one batch is under way the next one gathers, so that a busy worker settles many tasks per round trip and
 * an idle one settles at once.
 */

/** Batches under way at a time: one travelling, one being worked on by the server. */
const MAX_IN_FLIGHT = 2;
const MAX_BATCH = 500;

/**
 * @typedef {import("../transport/redis/consumer.js").Settlement} Settlement
 * @typedef {object} Waiting
 * @property {Settlement} settlement
 * @property {((gone: boolean) => void) | null} done called when it is settled; `gone`: the lease had run out before
 */

export class Settler {
  /** @type {Waiting[]} */
  #waiting = [];
  #inFlight = 0;
  #scheduled = false;
  #settle;
  #onSettled;
  #onFailed;
  #onRoom;
  /** @type {Array<() => void>} */
  #idle = [];

  /**
   * @param {object} options
   * @param {(settlements: Settlement[]) => Promise<number[]>} options.settle stores and acknowledges; resolves with the
   *   indexes of those whose lease had run out
   * @param {(settlements: Settlement[], gone: number[]) => void} options.onSettled
   * @param {() => void} options.onRoom called when fewer are pending than before
   * @param {(error: Error) => void} options.onFailed called when the transport was closed before it could settle
   */
  constructor({ settle, onSettled, onFailed, onRoom }) {
    this.#settle = settle;
    this.#onSettled = onSettled;
    this.#onFailed = onFailed;
    this.#onRoom = onRoom;
  }

  /** How many wait for their batch or its answer. */
  pending = 0;

  /** @param {Settlement} settlement @param {((gone: boolean) => void) | null} [done] */
  add(settlement, done = null) {
    this.pending += 1;
    this.#waiting.push({ settlement, done });
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
      const batch = this.#waiting.splice(0, MAX_BATCH);
      this.#inFlight += 1;
      void this.#send(batch);
    }
  }

  /** @param {Waiting[]} batch */
  async #send(batch) {
    const settlements = batch.map(({ settlement }) => settlement);
    try {
      const gone = await this.#settle(settlements);
      this.#onSettled(settlements, gone);
      for (const [i, { done }] of batch.entries()) done?.(gone.includes(i));
    } catch (error) {
      this.#onFailed(/** @type {Error} */ (error));
    }
    this.#inFlight -= 1;
    this.pending -= batch.length;
    this.#flush();
    this.#onRoom();
    if (this.pending === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}
