/** The prefetch limit of a worker's consumers, and when it is changed. */

/** How long a wrong limit is kept, because a change restarts the consumers. */
const MISFIT_MS = 900;

export class Prefetch {
  #limit = 0;
  /** When the limit last fitted. */
  #fitsAtMs = 0;

  /**
   * The first limit is the worker's window. Later it is changed only when it does not fit: messages that wait for their eta
   * keep the broker from sending others, or the pool has become smaller.
   *
   * @param {{ open: number, waiting: number, limit: number }} now `open`: messages that were taken and have not ended; `waiting`:
   *   those not taken yet; `limit`: how many more the worker wants
   * @returns {number | null} the new limit; null: it stays
   */
  adjust({ open, waiting, limit }) {
    const nowMs = performance.now();
    const wanted = open + limit;
    const isStarved = waiting === 0 && open >= this.#limit;
    const isTooHigh = waiting > 0 && wanted < this.#limit / 2;
    if (!isStarved && !isTooHigh) this.#fitsAtMs = nowMs;
    if (this.#limit > 0 && nowMs - this.#fitsAtMs < MISFIT_MS) return null;
    this.#limit = wanted;
    this.#fitsAtMs = nowMs;
    return wanted;
  }
}
