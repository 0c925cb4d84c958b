/** Limits log lines that clients or timers can cause in any number. */

const MINUTE_MS = 60_000;
/** How many errors of tasks that have ended are logged in a minute. */
export const STRAY_LINES_A_MINUTE = 20;
/** The kind of broadcasts that cannot be read. */
export const MALFORMED = "malformed broadcasts";

export class LineLimit {
  #log;
  #lines;
  #minuteMs;
  /** The lines of this minute, of each kind. @type {Map<string, number>} */
  #counts = new Map();

  /**
   * @param {import("./log.js").Logger} log
   * @param {object} [options]
   * @param {number} [options.lines] how many of each kind are logged in a minute
   * @param {number} [options.minuteMs] another length of a minute, for tests
   */
  constructor(log, { lines = 1, minuteMs = MINUTE_MS } = {}) {
    this.#log = log;
    this.#lines = lines;
    this.#minuteMs = minuteMs;
  }

  /**
   * Logs a line, or counts it: the number of those that were left out follows when the minute is over.
   *
   * @param {"warn" | "error" | "fatal"} level
   * @param {string} kind a plural noun from a small set, such as "stray errors"
   * @param {object} fields
   * @param {string} line
   */
  log(level, kind, fields, line) {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    if (count === 1) setTimeout(() => this.#endMinute(kind), this.#minuteMs).unref();
    this.#counts.set(kind, count);
    if (count <= this.#lines) this.#log[level](fields, line);
  }

  /** @param {string} kind */
  #endMinute(kind) {
    const leftOut = (this.#counts.get(kind) ?? 0) - this.#lines;
    this.#counts.delete(kind);
    if (leftOut > 0) this.#log.error(`${leftOut} more ${kind} in the last minute`);
  }
}
