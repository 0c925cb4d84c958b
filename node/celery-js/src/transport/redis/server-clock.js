/**
 * The server's clock, by which parked messages come back and etas are judged: with the worker's own, which may be minutes late, a
 * message would be parked again as soon as it has come back.
 */

/** A reply that took longer says too little about the time. */
const MAX_TOOK_MS = 1_000;
/** Clocks that differ by less agree: the difference may come from the way of the reply. */
const AGREES_MS = 1_000;

export class ServerClock {
  #aheadMs = 0;

  /**
   * @param {number} serverMs epoch, as the server has just told; 0: it did not
   * @param {number} tookMs how long the reply was on its way at most
   */
  learn(serverMs, tookMs) {
    if (serverMs === 0 || tookMs > MAX_TOOK_MS) return;
    const aheadMs = serverMs - Date.now();
    this.#aheadMs = Math.abs(aheadMs) < AGREES_MS ? 0 : aheadMs;
  }

  /** @returns {number} epoch */
  nowMs() {
    return Date.now() + this.#aheadMs;
  }
}
