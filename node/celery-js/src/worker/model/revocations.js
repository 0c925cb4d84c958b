/**
 * The tasks that must not run (`celery.worker.state.revoked`, `revoked_stamps`). Bounded like Celery's set of ids: beyond 50,000
 * ids the oldest are forgotten, and `purge` forgets those older than three hours. The same number of stamps is kept, without
 * an end, as in Celery.
 */
import { listOf } from "../../canvas/options.js";
import { MAX_ID_BYTES } from "../../protocol/text-lengths.js";

/** Celery's REVOKES_MAX and REVOKE_EXPIRES. */
export const MAX_IDS = 50_000;
const EXPIRES_MS = 10_800_000;

export class Revocations {
  /** Task id -> when it was revoked, in ms of the epoch; the oldest first. @type {Map<string, number>} */
  #ids = new Map();
  /** Header -> the stamps that revoke a task; the header that was named last comes last. @type {Map<string, Set<unknown>>} */
  #stamps = new Map();
  #stampCount = 0;
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
    const ids = Array.isArray(revoked) ? revoked : Object.keys(revoked);
    this.add(ids.slice(-MAX_IDS).filter((id) => typeof id === "string" && id.length <= MAX_ID_BYTES));
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
