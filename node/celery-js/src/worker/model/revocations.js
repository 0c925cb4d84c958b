/**
 * The tasks that must not run (`celery.worker.state.revoked`, `revoked_stamps`). Bounded like Celery's set of ids: beyond
 * 50,000 ids the oldest are forgotten, and `purge` forgets those older than three hours. Celery's environment variables
 * change both limits. 50,000 stamps are kept, without an end, as in Celery.
 */
import { listOf } from "../../canvas/options.js";
import { ImproperlyConfigured } from "../../errors.js";
import { MAX_ID_BYTES } from "../../protocol/decode-envelope.js";

/** The most ids in one command, and the most stamps that are kept: as many as Celery keeps ids. */
export const MAX_IDS = 50_000;

/**
 * @typedef {object} RevocationLimits
 * @property {number} maxIds ids that are kept; 0: any number
 * @property {number} expiresS seconds until an id is forgotten; 0: never
 */

/** Celery's REVOKES_MAX and REVOKE_EXPIRES. @type {Readonly<RevocationLimits>} */
const DEFAULTS = Object.freeze({ maxIds: MAX_IDS, expiresS: 10_800 });

/**
 * Reads CELERY_WORKER_REVOKES_MAX and CELERY_WORKER_REVOKE_EXPIRES (`celery.worker.state`).
 *
 * @param {Readonly<Record<string, string | undefined>>} [environment]
 * @returns {RevocationLimits}
 * @throws {ImproperlyConfigured} for a value that is not a number of 0 or more
 */
export function revocationLimits({ CELERY_WORKER_REVOKES_MAX, CELERY_WORKER_REVOKE_EXPIRES } = process.env) {
  const maxIds = numberIn("CELERY_WORKER_REVOKES_MAX", CELERY_WORKER_REVOKES_MAX, DEFAULTS.maxIds);
  if (!Number.isInteger(maxIds)) throw invalid("CELERY_WORKER_REVOKES_MAX", "int", CELERY_WORKER_REVOKES_MAX);
  return {
    maxIds,
    expiresS: numberIn("CELERY_WORKER_REVOKE_EXPIRES", CELERY_WORKER_REVOKE_EXPIRES, DEFAULTS.expiresS, "float"),
  };
}

/**
 * @param {string} name
 * @param {string | undefined} text
 * @param {number} initial
 * @param {string} [kind] by Python's name
 */
function numberIn(name, text, initial, kind = "int") {
  if (text === undefined) return initial;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value >= 0)) throw invalid(name, kind, text);
  return value;
}

/** @type {(name: string, kind: string, text: string | undefined) => ImproperlyConfigured} */
const invalid = (name, kind, text) =>
  new ImproperlyConfigured(`Invalid value for ${name}: expected ${kind}, 0 or more, got '${text}'`);

export class Revocations {
  /** Task id -> when it was revoked, in ms of the epoch; the oldest first. @type {Map<string, number>} */
  #ids = new Map();
  /** Header -> the stamps that revoke a task; the header that was named last comes last. @type {Map<string, Set<unknown>>} */
  #stamps = new Map();
  #stampCount = 0;
  #limits;
  #now;
  /** Whether nothing is revoked, which is the usual case. */
  isEmpty = true;
  /** Called whenever an id is added. @type {(() => void) | null} */
  onChange = null;

  /**
   * @param {object} [options]
   * @param {Readonly<RevocationLimits>} [options.limits]
   * @param {() => number} [options.now] epoch, in ms
   */
  constructor({ limits = DEFAULTS, now = Date.now } = {}) {
    this.#limits = limits;
    this.#now = now;
  }

  /** @returns {string[]} the ids, the oldest first */
  get ids() {
    return [...this.#ids.keys()];
  }

  /** @param {Iterable<string>} ids */
  add(ids) {
    const now = this.#now();
    for (const id of ids) {
      this.#ids.delete(id);
      this.#ids.set(id, now);
    }
    const { maxIds } = this.#limits;
    for (const id of this.#ids.keys()) {
      if (maxIds === 0 || this.#ids.size <= maxIds) break;
      this.#ids.delete(id);
    }
    this.isEmpty = this.#ids.size === 0 && this.#stamps.size === 0;
    this.onChange?.();
  }

  /**
   * Adds the ids from another worker.
   *
   * @param {unknown} revoked the ids; older versions of Celery send a mapping of id to time, by their own clock
   */
  merge(revoked) {
    if (typeof revoked !== "object" || revoked === null) return;
    const ids = Array.isArray(revoked) ? revoked : Object.keys(revoked);
    const most = this.#limits.maxIds || ids.length;
    this.add(ids.slice(-most).filter((id) => typeof id === "string" && id.length <= MAX_ID_BYTES));
  }

  /** Forgets ids that were revoked too long ago. */
  purge() {
    const { expiresS } = this.#limits;
    if (expiresS === 0) return;
    const limit = this.#now() - expiresS * 1000;
    for (const [id, at] of this.#ids) {
      if (at >= limit) break;
      this.#ids.delete(id);
    }
    this.isEmpty = this.#ids.size === 0 && this.#stamps.size === 0;
  }

  /**
   * @param {string} header
   * @param {readonly unknown[]} values of a stamp that revokes a task
   */
  addStamps(header, values) {
    if (values.length === 0) return;
    const stamps = this.#stamps.get(header) ?? new Set();
    this.#stampCount -= stamps.size;
    for (const value of values) stamps.add(value);
    this.#stampCount += stamps.size;
    this.#stamps.delete(header);
    this.#stamps.set(header, stamps);
    if (this.#stampCount > MAX_IDS) this.#forgetStamps();
    this.isEmpty = false;
  }

  /** Forgets the oldest stamps beyond the limit. */
  #forgetStamps() {
    for (const [header, stamps] of this.#stamps) {
      for (const stamp of stamps) {
        if (this.#stampCount <= MAX_IDS) return;
        stamps.delete(stamp);
        this.#stampCount -= 1;
      }
      this.#stamps.delete(header);
    }
  }

  /**
   * @param {Pick<import("../../protocol/message.js").TaskMessage, "id" | "stamps" | "stampedHeaders">} message
   * @returns {boolean} whether it must not run
   */
  has({ id, stamps, stampedHeaders }) {
    return this.#ids.has(id) || (this.#stamps.size > 0 && this.#hasStamp(stamps, stampedHeaders ?? []));
  }

  /**
   * @param {Record<string, unknown>} stamps
   * @param {readonly string[]} headers
   */
  #hasStamp(stamps, headers) {
    return headers.some((header) => {
      const wanted = this.#stamps.get(header);
      return wanted !== undefined && listOf(stamps[header]).some((stamp) => wanted.has(stamp));
    });
  }
}
