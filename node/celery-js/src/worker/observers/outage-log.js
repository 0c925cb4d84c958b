/**
 * Logs one kind of outage: a line when it begins, with the reason; at most one a minute while it lasts; a line when it is over,
 * with its length. Outages that come and go are not logged each time.
 */

const REMINDER_MS = 60_000;
/** How many starts a minute are logged; further ones count as the same outage. */
const STARTS_A_MINUTE = 3;
/** For failures without a visible end: after this long without a failure, the next one is a new outage. */
const FORGOTTEN_AFTER_MS = 2 * REMINDER_MS;

/**
 * @typedef {object} OutageLogOptions
 * @property {import("./log.js").Logger} log
 * @property {string} [over] the line for the end, followed by the outage's length; default: the end is not logged
 * @property {() => number} [now] a clock, in milliseconds
 */

export class OutageLog {
  #log;
  #over;
  #now;
  /** @type {{ sinceMs: number, loggedMs: number, lastMs: number, count: number, isSilent: boolean } | null} */
  #trouble = null;
  /** When the logged outages began. @type {number[]} */
  #startsMs = [];

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
   * @param {string} line what failed, and why
   * @param {object} [fields] more for the line, such as `{ task_id }`
   */
  failed(line, fields = {}) {
    const now = this.#now();
    if (this.#trouble !== null && this.#over === undefined && now - this.#trouble.lastMs > FORGOTTEN_AFTER_MS) {
      this.#trouble = null;
    }
    if (this.#trouble === null) return this.#start(line, fields, now);
    const trouble = this.#trouble;
    trouble.count += 1;
    trouble.lastMs = now;
    if (now - trouble.loggedMs < REMINDER_MS) return;
    trouble.loggedMs = now;
    this.#log.warn(fields, `${line} (${trouble.count} times in ${inSeconds(now - trouble.sinceMs)})`);
  }

  /** @returns {number} the time by its clock */
  get nowMs() {
    return this.#now();
  }

  /** @returns {number} when it last failed, by its clock; 0 if there is no outage */
  get lastMs() {
    return this.#trouble?.lastMs ?? 0;
  }

  /**
   * Logs that the outage is over, if there was one.
   *
   * @param {string} [over] instead of the usual line
   * @param {number} [endedMs] when it was over, by its clock; default: now
   */
  end(over = this.#over, endedMs = this.#now()) {
    if (this.#trouble === null) return;
    const { sinceMs, isSilent } = this.#trouble;
    this.#trouble = null;
    if (!isSilent && over !== undefined) this.#log.info(`${over} after ${inSeconds(endedMs - sinceMs)}`);
  }

  /**
   * @param {string} line
   * @param {object} fields
   * @param {number} now
   */
  #start(line, fields, now) {
    this.#startsMs = this.#startsMs.filter((ms) => now - ms < REMINDER_MS);
    const isSilent = this.#startsMs.length >= STARTS_A_MINUTE;
    this.#trouble = { sinceMs: now, loggedMs: isSilent ? this.#startsMs[0] : now, lastMs: now, count: 1, isSilent };
    if (isSilent) return;
    this.#startsMs.push(now);
    this.#log.error(fields, line);
  }
}

/** @param {number} ms */
const inSeconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
