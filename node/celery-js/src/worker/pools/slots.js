/** How many tasks each pool runs and may run, and how many messages the worker may hold for them. */
import { poolOf } from "../../execution/request.js";

/**
 * @typedef {"async" | "threads"} PoolName async: many at a time on the event loop; threads: each in a separate thread
 * @typedef {Record<PoolName, number>} PerPool
 */

/** @type {readonly PoolName[]} */
export const POOLS = ["async", "threads"];
/** The window of a pool without a prefetch limit. */
const UNLIMITED_WINDOW = 10_000;

/** Its fields are read for every message, and change when a pool is resized. */
export class Slots {
  #multiplier;
  /** Tasks that each pool runs now. @type {PerPool} */
  running = { async: 0, threads: 0 };
  /** Messages that are reserved or running, in each pool. @type {PerPool} */
  windows = { async: 0, threads: 0 };
  /** Messages that are reserved or running, in all used pools. */
  window = 0;

  /**
   * @param {PerPool} concurrency tasks that each pool runs at a time
   * @param {number} multiplier messages that are reserved or running, as a multiple of that; 0 = all there is
   * @param {Record<PoolName, boolean>} isUsed whether the worker's tasks run there; Celery's own, which the event loop runs, are
   *   no reason to take more
   */
  constructor(concurrency, multiplier, isUsed) {
    this.used = POOLS.filter((pool) => isUsed[pool]);
    this.concurrency = { ...concurrency };
    this.#multiplier = multiplier;
    this.#setWindows();
  }

  /** @returns {number} tasks that all pools run at a time */
  get total() {
    return this.used.reduce((total, pool) => total + this.concurrency[pool], 0);
  }

  /** @returns {Partial<PerPool>} tasks at a time, of the pools that the worker's tasks run in */
  get sizes() {
    return Object.fromEntries(this.used.map((pool) => [pool, this.concurrency[pool]]));
  }

  /**
   * @param {PoolName} pool
   * @param {number} size tasks at a time from now on; those that run are left to end
   */
  resize(pool, size) {
    this.concurrency[pool] = size;
    this.#setWindows();
  }

  #setWindows() {
    for (const pool of POOLS) this.windows[pool] = this.concurrency[pool] * this.#multiplier || UNLIMITED_WINDOW;
    this.window = this.used.reduce((window, pool) => window + this.windows[pool], 0);
  }
}

/**
 * @param {import("../model/types.js").TaskRegistry} tasks
 * @param {PoolName} ofWorker
 * @returns {string[]} the names of those that run in threads
 */
export function tasksInThreads(tasks, ofWorker) {
  return tasks.names().filter((name) => poolOf(tasks.get(name), ofWorker) === "threads");
}
