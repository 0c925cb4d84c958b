/**
 * What the log says of one trouble that lasts: a line when it begins, with the reason; at most one a minute while it goes on; a line
 * when it is over, with its length. One that comes and goes is not said each time either.
 */

const REMINDER_MS = 60_000;
/** So many beginnings in a minute are said; the others count as the same trouble. */
const BEGINNINGS_A_MINUTE = 3;
/** Of a trouble whose end nobody can see: after so long without it, the next one is new. */
export const FORGOTTEN_AFTER_MS = 2 * REMINDER_MS;

/**
 * @typedef {object} OutageLogOptions
 * @property {import("./log.js").Logger} log
 * @property {string} [over] the line of the end, which the length follows; without it there is none
 * @property {() => number} [now] a clock, in milliseconds
 */

export class OutageLog {
  #log;
  #over;
  #now;
  /** @type {{ sinceMs: number, saidMs: number, lastMs: number, count: number, isSilent: boolean } | null} */
  #trouble = null;
  /** When troubles began that were said. @type {number[]} */
  #begun = [];

  /** @param {OutageLogOptions} options */
  constructor({ log, over, now = () => performance.now() }) {
    this.#log = log;
    this.#over = over;
    this.#now = now;
  }

  /** @returns {boolean} */
  get isOngoing() {
    return this.#trouble !== null;
  }

  /**
   * Notes one failure.
   *
   * @param {string} line says what, and why
   * @param {object} [about] more for the line, such as `{ taskId }`
   */
  failed(line, about = {}) {
    const now = this.#now();
    if (this.#trouble !== null && this.#over === undefined && now - this.#trouble.lastMs > FORGOTTEN_AFTER_MS) {
      this.#trouble = null;
    }
    if (this.#trouble === null) return this.#begin(line, about, now);
    const trouble = this.#trouble;
    trouble.count += 1;
    trouble.lastMs = now;
    if (now - trouble.saidMs < REMINDER_MS) return;
    trouble.saidMs = now;
    this.#log.warn(about, `${line} (${trouble.count} times in ${inSeconds(now - trouble.sinceMs)})`);
  }

  /** Says that the trouble is over, if there was one. */
  end() {
    if (this.#trouble === null) return;
    const { sinceMs, isSilent } = this.#trouble;
    this.#trouble = null;
    if (!isSilent && this.#over !== undefined)
      this.#log.info(`${this.#over} after ${inSeconds(this.#now() - sinceMs)}`);
  }

  /** @param {string} line @param {object} about @param {number} now */
  #begin(line, about, now) {
    this.#begun = this.#begun.filter((ms) => now - ms < REMINDER_MS);
    const isSilent = this.#begun.length >= BEGINNINGS_A_MINUTE;
    this.#trouble = { sinceMs: now, saidMs: isSilent ? this.#begun[0] : now, lastMs: now, count: 1, isSilent };
    if (isSilent) return;
    this.#begun.push(now);
    this.#log.error(about, line);
  }
}

/** @param {number} ms */
const inSeconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
