/** A rate as Celery reads and keeps it (`celery.utils.time.rate`, `kombu.utils.limits.TokenBucket` with a capacity of one). */

/** @typedef {number | string | null | undefined} Rate tasks a second, or "10/s", "10/m", "10/h"; 0, null and "0/s": no limit */

const UNITS = /** @type {Record<string, number>} */ ({ s: 1, m: 60, h: 3600 });

/**
 * @param {Rate} rate
 * @returns {number} tasks a second; 0 = no limit
 */
export function tasksPerSecond(rate) {
  if (typeof rate !== "string") return rate ?? 0;
  const [count, unit = "s"] = rate.split("/");
  return Number(count) / UNITS[unit];
}

export class TokenBucket {
  #perMs;
  #tokens = 1;
  #countedAtMs = performance.now();

  /** @param {number} perSecond tokens that come in, of which the bucket holds one */
  constructor(perSecond) {
    this.#perMs = perSecond / 1000;
  }

  /** @returns {number} in a second */
  get perSecond() {
    return this.#perMs * 1000;
  }

  /** @returns {number} ms until there is a token; 0: there is one */
  get waitMs() {
    const now = performance.now();
    this.#tokens = Math.min(1, this.#tokens + (now - this.#countedAtMs) * this.#perMs);
    this.#countedAtMs = now;
    return this.#tokens >= 1 ? 0 : (1 - this.#tokens) / this.#perMs;
  }

  /** Takes the token that is there. */
  take() {
    this.#tokens -= 1;
  }
}
