/**
 * The numbers of the deliveries that a worker holds, in memory that its event loop writes and the keeper's thread reads: a few stores
 * a task. Messages to the thread, one for each batch that was taken or settled, took 6 % of a busy worker's CPU profile, and the
 * thread itself as much again.
 */

/** Deliveries of one page. Most workers need one. */
const PAGE = 1024;
/** Values of one delivery: its number, 0 for none, and its hard time limit in ms, 0 for none. */
const VALUES = 2;

/** @typedef {{ number: number, heldAt?: number }} Holdable a delivery, and its place here */

/** @returns {Float64Array} an empty page */
const newPage = () => new Float64Array(new SharedArrayBuffer(PAGE * VALUES * Float64Array.BYTES_PER_ELEMENT));

/** What the event loop writes. */
export class HeldNumbers {
  /** @type {Float64Array[]} */
  #pages = [];
  /** Places that are free, the next one last. @type {number[]} */
  #free = [];
  #onPage;

  /** @param {(page: Float64Array) => void} onPage called with each new page, for the thread */
  constructor(onPage) {
    this.#onPage = onPage;
  }

  /**
   * Starts renewing their leases. Call it in the tick in which the messages arrive, because a task may block the loop in the next
   * one.
   *
   * @param {readonly Holdable[]} deliveries
   * @param {readonly number[]} limitsMs their hard time limits, 0 for none: when the loop stalls for longer, they are released
   */
  hold(deliveries, limitsMs) {
    for (let i = 0; i < deliveries.length; i += 1) this.#add(deliveries[i], limitsMs[i]);
  }

  /** Stops renewing. @param {readonly { delivery: Holdable | null }[]} items without a delivery: nothing to release */
  release(items) {
    for (const { delivery } of items) if (delivery?.heldAt !== undefined) this.#clear(delivery.heldAt, delivery.number);
  }

  /**
   * @param {Holdable} delivery
   * @param {number} limitMs
   */
  #add(delivery, limitMs) {
    if (this.#free.length === 0) this.#addPage();
    const place = /** @type {number} */ (this.#free.pop());
    const page = this.#pages[Math.floor(place / PAGE)];
    const at = (place % PAGE) * VALUES;
    page[at + 1] = limitMs;
    page[at] = delivery.number;
    delivery.heldAt = place;
  }

  /** Deletes those that the thread has found lost. @param {ReadonlySet<number>} numbers */
  deleteNumbers(numbers) {
    for (const [i, page] of this.#pages.entries()) {
      for (let place = 0; place < PAGE; place++) {
        const number = page[place * VALUES];
        if (numbers.has(number)) this.#clear(i * PAGE + place, number);
      }
    }
  }

  /**
   * @param {number} place
   * @param {number} number that must still be there: the place may have been given away
   */
  #clear(place, number) {
    const page = this.#pages[Math.floor(place / PAGE)];
    const at = (place % PAGE) * VALUES;
    if (page[at] !== number) return;
    page[at] = 0;
    this.#free.push(place);
  }

  #addPage() {
    const first = this.#pages.length * PAGE;
    const page = newPage();
    this.#pages.push(page);
    for (let place = first + PAGE - 1; place >= first; place--) this.#free.push(place);
    this.#onPage(page);
  }
}

/** What the thread reads. It may see changes late, but no harmful half of one: a torn number names no lease. */
export class HeldNumbersView {
  /** @type {Float64Array[]} */
  #pages = [];
  /** Those that it has reported as lost, until the event loop has deleted them. @type {Set<number>} */
  #lost = new Set();

  /** @param {Float64Array} page */
  addPage(page) {
    this.#pages.push(page);
  }

  /** @returns {Map<number, number>} the hard time limit of each number, in ms, 0 for none */
  get limits() {
    /** @type {Map<number, number>} */
    const limits = new Map();
    const stillLost = new Set();
    for (const page of this.#pages) {
      for (let at = 0; at < page.length; at += VALUES) {
        const number = page[at];
        if (number === 0) continue;
        if (this.#lost.has(number)) stillLost.add(number);
        else limits.set(number, page[at + 1]);
      }
    }
    this.#lost = stillLost;
    return limits;
  }

  /**
   * Leaves out numbers whose leases are lost.
   *
   * @param {number[]} numbers
   * @returns {number[]} those of them that are held
   */
  lose(numbers) {
    const { limits } = this;
    const lost = numbers.filter((number) => limits.has(number));
    for (const number of lost) this.#lost.add(number);
    return lost;
  }
}
