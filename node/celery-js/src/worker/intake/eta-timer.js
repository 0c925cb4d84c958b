/** Keeps messages until their near eta, with a heap and one timer for any number of them. */
import { MAX_TIMER_MS } from "../../protocol/time.js";

/**
 * @template T
 * @typedef {{ atMs: number, item: T }} Entry
 */

/** @template T */
export class EtaTimer {
  /** @type {Entry<T>[]} a binary heap, the earliest first */
  #heap = [];
  #timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  #onDue;
  #nowMs;

  /**
   * @param {(item: T) => void} onDue called for each item when its time has come
   * @param {() => number} [nowMs] epoch
   */
  constructor(onDue, nowMs = Date.now) {
    this.#onDue = onDue;
    this.#nowMs = nowMs;
  }

  get size() {
    return this.#heap.length;
  }

  /** @returns {T[]} in no order */
  get items() {
    return this.#heap.map(({ item }) => item);
  }

  /**
   * @param {number} atMs epoch
   * @param {T} item
   */
  add(atMs, item) {
    const heap = this.#heap;
    let i = heap.push({ atMs, item }) - 1;
    for (let parent = (i - 1) >> 1; i > 0 && heap[parent].atMs > heap[i].atMs; parent = (i - 1) >> 1) {
      [heap[i], heap[parent]] = [heap[parent], heap[i]];
      i = parent;
    }
    if (i === 0) this.#arm();
  }

  /** @param {(item: T) => boolean} isKept returns false for what to forget */
  keep(isKept) {
    const kept = this.#heap.filter(({ item }) => isKept(item));
    this.#heap = [];
    for (const { atMs, item } of kept) this.add(atMs, item);
  }

  /** @returns {T[]} everything that is still held; the timer is empty afterwards */
  clear() {
    clearTimeout(this.#timer);
    return this.#heap.splice(0).map(({ item }) => item);
  }

  #arm() {
    clearTimeout(this.#timer);
    if (this.#heap.length === 0) return;
    const delayMs = Math.min(Math.max(0, this.#heap[0].atMs - this.#nowMs()), MAX_TIMER_MS);
    this.#timer = setTimeout(() => this.#release(), delayMs);
  }

  #release() {
    while (this.#heap.length > 0 && this.#heap[0].atMs <= this.#nowMs()) this.#onDue(this.#pop());
    this.#arm();
  }

  /** @returns {T} */
  #pop() {
    const heap = this.#heap;
    const first = heap[0].item;
    const last = /** @type {Entry<T>} */ (heap.pop());
    if (heap.length > 0) {
      heap[0] = last;
      for (let i = 0; ; ) {
        const left = 2 * i + 1;
        if (left >= heap.length) break;
        const child = left + 1 < heap.length && heap[left + 1].atMs < heap[left].atMs ? left + 1 : left;
        if (heap[child].atMs >= heap[i].atMs) break;
        [heap[i], heap[child]] = [heap[child], heap[i]];
        i = child;
      }
    }
    return first;
  }
}
