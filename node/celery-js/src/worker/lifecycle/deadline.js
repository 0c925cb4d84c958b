/** The time that parts of a stop may take. */

/** How long after the grace period a stop gives up on a server that does not answer. */
const GIVE_UP_MS = 5_000;
/** Of this, what is kept for the steps after the last task. */
const CLOSING_MS = 1_500;
/** What each of them has at least. */
const MIN_MS = 250;

/** One deadline for all steps of a stop, so that a silent server does not cost each of them its own limit. */
export class StopTime {
  #graceMs;
  #untilMs = Number.POSITIVE_INFINITY;

  /** @param {number} graceMs how long running tasks are waited for */
  constructor(graceMs) {
    this.#graceMs = graceMs;
  }

  /** Called when the worker begins to end its tasks. */
  begin() {
    this.#untilMs = performance.now() + this.#graceMs + GIVE_UP_MS;
  }

  /** @returns {number} how long ending the tasks may take, putting back what has not ended included */
  get drainMs() {
    return this.#leftMs(this.#graceMs + GIVE_UP_MS) - CLOSING_MS;
  }

  /** @returns {number} how long another step may take */
  get stepMs() {
    return this.#leftMs(GIVE_UP_MS);
  }

  /** @param {number} mostMs */
  #leftMs(mostMs) {
    return Math.max(MIN_MS, Math.min(mostMs, this.#untilMs - performance.now()));
  }
}

/**
 * @param {Promise<unknown>} work
 * @param {number} limitMs
 * @returns {Promise<boolean>} whether it ended in time
 */
export async function withinMs(work, limitMs) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, limitMs, false);
  });
  const inTime = work.then(() => true);
  return Promise.race([inTime, late]).finally(() => clearTimeout(timer));
}
