/**
 * The state that a worker's event loop shows to the side thread, in shared memory. It is written once per turn of a
 * timer, whatever the worker does: no task pays for it.
 */

/** Cells of the shared memory. */
const TURNED_AT = 0;
const PHASE = 1;
const RUNNING = 2;
const FREE = 3;
const UNTAKEN_MS = 4;
const CELLS = 5;

/** Phases of a worker's life, by the number that stands for each in shared memory. */
const PHASES = /** @type {const} */ (["starting", "consuming", "stopping"]);

/**
 * @typedef {(typeof PHASES)[number]} Phase
 *
 * @typedef {object} Snapshot what the event loop knows
 * @property {Phase} phase
 * @property {number} running tasks
 * @property {number} free slots
 * @property {number} untakenMs how long the broker has answered no `take`, although there was room
 */

/** @returns {number} ms of a monotonic clock, the same in all threads of the process */
export const monotonicMs = () => Number(process.hrtime.bigint() / 1_000_000n);

export class Vitals {
  /** @param {BigInt64Array} [cells] the memory of another thread's `Vitals` */
  constructor(cells = new BigInt64Array(new SharedArrayBuffer(CELLS * BigInt64Array.BYTES_PER_ELEMENT))) {
    /** To be passed to another thread. */
    this.cells = cells;
  }

  /** Shows that the event loop turns, and what it knows. @param {Snapshot} snapshot */
  show({ phase, running, free, untakenMs }) {
    this.#set(PHASE, PHASES.indexOf(phase));
    this.#set(RUNNING, running);
    this.#set(FREE, free);
    this.#set(UNTAKEN_MS, untakenMs);
    this.#set(TURNED_AT, monotonicMs());
  }

  /** @returns {Snapshot} as it was last shown */
  get snapshot() {
    const phase = PHASES[this.#get(PHASE)];
    return { phase, running: this.#get(RUNNING), free: this.#get(FREE), untakenMs: this.#get(UNTAKEN_MS) };
  }

  /** @returns {number} how long the event loop has been blocked */
  get stalledMs() {
    return Math.max(0, monotonicMs() - this.#get(TURNED_AT));
  }

  /**
   * @param {number} cell
   * @param {number} value
   */
  #set(cell, value) {
    Atomics.store(this.cells, cell, BigInt(Math.trunc(value)));
  }

  /** @param {number} cell */
  #get(cell) {
    return Number(Atomics.load(this.cells, cell));
  }
}
