/**
 * The messages that this worker holds and has not started: reserved ones, suspects, and those whose eta is near. None of the
 * three grows without a limit. What is beyond it is handed back to be parked: memory stays flat however many there are, and
 * what comes after them in the queue gets its turn.
 */
import { EtaSchedule } from "./eta.js";

/** @typedef {import("./request.js").Request} Request */

/** How many messages are held until their eta; a worker whose window is larger holds a window. */
const MIN_SCHEDULED = 1_000;

export class Reservation {
  /** @type {Request[]} the next one first */
  #reserved = [];
  /** Their worker was lost before, and they run one at a time. @type {Request[]} */
  #suspects = [];
  #scheduled;
  #window;
  #asideMs;
  #onSurplus;

  /**
   * @param {object} options
   * @param {number} options.window messages that are reserved or running at a time
   * @param {number} options.asideMs for how long a suspect is parked that is one too many
   * @param {(request: Request) => void} options.onDue called when a message's eta has come, and it is reserved
   * @param {(request: Request, dueMs: number) => void} options.onSurplus called with a message that is one too many, and when
   *   it is to be back in its queue
   */
  constructor({ window, asideMs, onDue, onSurplus }) {
    this.#window = window;
    this.#asideMs = asideMs;
    this.#onSurplus = onSurplus;
    this.#scheduled = new EtaSchedule((/** @type {Request} */ request) => {
      this.reserve(request);
      onDue(request);
    });
  }

  /** @returns {number} messages that wait for a slot; suspects that wait for their turn do not keep the slots empty */
  get size() {
    return this.#reserved.length;
  }

  /** @param {Request} request that may run now */
  reserve(request) {
    if (request.delivery.workersLost === 0) this.#reserved.push(request);
    else if (this.#suspects.length < this.#window) this.#suspects.push(request);
    else this.#onSurplus(request, Date.now() + this.#asideMs);
  }

  /** @param {Request} request @param {number} etaMs epoch, near enough to hold the message until then */
  schedule(request, etaMs) {
    if (this.#scheduled.size < Math.max(MIN_SCHEDULED, this.#window)) this.#scheduled.add(etaMs, request);
    else this.#onSurplus(request, etaMs);
  }

  /** @param {boolean} suspectRuns @returns {Request | undefined} what to start next; no suspect while another one runs */
  next(suspectRuns) {
    const suspect = suspectRuns ? undefined : this.#suspects.shift();
    return suspect ?? this.#reserved.shift();
  }

  /** @param {(request: Request) => boolean} isKept what it returns false for is forgotten */
  keep(isKept) {
    this.#reserved = this.#reserved.filter(isKept);
    this.#suspects = this.#suspects.filter(isKept);
    this.#scheduled.keep(isKept);
  }

  /** @returns {Request[]} everything; what would start first comes first, but for etas. Nothing is held afterwards */
  clear() {
    return [...this.#suspects.splice(0), ...this.#reserved.splice(0), ...this.#scheduled.clear()];
  }
}
