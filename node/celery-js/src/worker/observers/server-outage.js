/**
 * Merges the outages that parts of the process notice into one: the connection for tasks, the keeper's, or a
 * command that the server refuses to all clients. Guarantee: one line when the first part fails, with its reason; one
 * when all of them work again and every connection has proved it since, because a silent connection may be found broken
 * only then.
 */

/** @typedef {"connection" | "keeper" | "commands" | "sweeps"} Part */
/** @typedef {() => Promise<unknown>} Proof resolves once the server has answered on a connection */

export class ServerOutage {
  #log;
  #over;
  /** @type {Set<Part>} */
  #failing = new Set();
  /** All parts that failed in this outage; the last line names the most important one. @type {Set<Part>} */
  #parts = new Set();
  #isProving = false;
  /** @type {readonly Proof[]} */
  #proofs = [];

  /**
   * @param {import("./outage-log.js").OutageLog} log
   * @param {Record<Part, string>} over the last line of each, the most important first
   */
  constructor(log, over) {
    this.#log = log;
    this.#over = over;
  }

  /** @returns {boolean} */
  get isOngoing() {
    return this.#log.isOngoing;
  }

  /** @param {readonly Proof[]} proofs of all connections, required before an outage is over */
  prove(proofs) {
    this.#proofs = proofs;
  }

  /**
   * @param {Part} part
   * @param {string} line what failed, and why
   */
  failed(part, line) {
    this.#failing.add(part);
    this.#parts.add(part);
    this.#log.failed(line);
  }

  /** @param {Part} part that works, or works again */
  well(part) {
    if (!this.#failing.delete(part) || this.#failing.size > 0 || this.#isProving) return;
    void this.#end();
  }

  async #end() {
    this.#isProving = true;
    try {
      let endedMs = 0;
      do {
        endedMs = this.#log.nowMs;
        await Promise.all(this.#proofs.map((prove) => prove()));
      } while (this.#failing.size === 0 && this.#failedSince(endedMs));
      if (this.#failing.size > 0) return; // any failure ends it
      const [first] = /** @type {Part[]} */ (Object.keys(this.#over)).filter((part) => this.#parts.has(part));
      this.#parts.clear();
      this.#log.end(this.#over[first], endedMs);
    } catch {
      // The connections were closed: the worker has stopped.
    } finally {
      this.#isProving = false;
    }
  }

  /**
   * @param {number} ms
   * @returns {boolean} whether something failed meanwhile, and works again
   */
  #failedSince(ms) {
    return this.#log.lastMs > ms;
  }
}
