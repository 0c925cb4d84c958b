/**
 * The tasks that must not run (`celery.worker.state.revoked`, `revoked_stamps`). Bounded like Celery's sets: beyond
 * 50,000 ids the oldest are forgotten, and `purge` forgets those older than three hours.
 */
import { listOf } from "../../canvas/options.js";

/** Celery's REVOKES_MAX and REVOKE_EXPIRES. */
const MAX_IDS = 50_000;
const EXPIRES_MS = 10_800_000;

export class Revocations {
  /** Task id -> when it was revoked, in ms of the epoch; the oldest first. @type {Map<string, number>} */
  #ids = new Map();
  /** @type {Map<string, unknown[]>} */
  #stamps = new Map();
  #now;
  /** Whether nothing is revoked, which is the usual case. */
  isEmpty = true;
  /** Called whenever an id is added. @type {(() => void) | null} */
  onChange = null;

  /** @param {() => number} [now] epoch, in ms */
  constructor(now = Date.now) {
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
    for (const id of this.#ids.keys()) {
      if (this.#ids.size <= MAX_IDS) break;
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
    this.add((Array.isArray(revoked) ? revoked : Object.keys(revoked)).map(String));
  }

  /** Forgets ids that were revoked too long ago. */
  purge() {
    const limit = this.#now() - EXPIRES_MS;
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
    this.#stamps.set(header, [...(this.#stamps.get(header) ?? []), ...values]);
    this.isEmpty = false;
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
    return headers.some((header) => matchingStamps(stamps[header], this.#stamps.get(header) ?? []).length > 0);
  }
}

/**
 * @param {unknown} actual a task's stamp, or a list of them
 * @param {readonly unknown[]} wanted
 * @returns {unknown[]} the stamps that both have
 */
export function matchingStamps(actual, wanted) {
  const stamps = listOf(actual);
  return stamps.filter((stamp) => wanted.includes(stamp));
}
