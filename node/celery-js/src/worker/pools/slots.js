/**
 * Decides which pool runs a task, and how many messages to take: how many tasks each pool runs, may run, and may have
 * waiting.
 *
 * Guarantee: a full pool does not stop fetching for the other, up to a window of messages that wait for the full one.
 * More than that are not held, as other workers may have room for them.
 */

/**
 * @typedef {"async" | "threads"} PoolName async: many at a time on the event loop; threads: each in a thread of its own
 * @typedef {Record<PoolName, number>} PerPool
 * @typedef {import("../model/types.js").RegisteredTask} RegisteredTask
 * @typedef {import("../model/types.js").TaskRegistry} TaskRegistry
 */

/** @type {readonly PoolName[]} */
export const POOLS = ["async", "threads"];
/** Celery's own tasks have no module of their own; these two call other tasks, and run where those run. */
const CALLING_OTHERS = ["celery.map", "celery.starmap"];
/** The window of a worker without a prefetch limit. */
const UNLIMITED_WINDOW = 10_000;

export class Slots {
  #concurrency;
  #multiplier;
  #counted;
  /** @type {PerPool} */
  running = { async: 0, threads: 0 };

  /**
   * @param {PerPool} concurrency tasks that each pool runs at a time
   * @param {number} multiplier messages that are reserved or running, as a multiple of that; 0 = all there is
   * @param {Record<PoolName, boolean>} isUsed whether the worker's tasks run there; Celery's own, which the event loop runs, are
   *   no reason to take more
   */
  constructor(concurrency, multiplier, isUsed) {
    this.#counted = POOLS.filter((pool) => isUsed[pool]);
    this.#concurrency = concurrency;
    this.#multiplier = multiplier;
  }

  /** @returns {number} tasks that all pools run at a time */
  get total() {
    return this.#counted.reduce((total, pool) => total + this.#concurrency[pool], 0);
  }

  /** @returns {Partial<PerPool>} tasks at a time, of the pools that the worker's tasks run in */
  get sizes() {
    return Object.fromEntries(this.#counted.map((pool) => [pool, this.#concurrency[pool]]));
  }

  /**
   * @param {PoolName} pool
   * @returns {number} tasks that it runs at a time
   */
  sizeOf(pool) {
    return this.#concurrency[pool];
  }

  /**
   * @param {PoolName} pool
   * @param {number} size tasks at a time from now on; those that run are left to end
   */
  resize(pool, size) {
    this.#concurrency = { ...this.#concurrency, [pool]: size };
  }

  /** @returns {number} messages that are reserved or running */
  get window() {
    return this.#counted.reduce((window, pool) => window + this.#windowOf(pool), 0);
  }

  /**
   * @param {PoolName} pool
   * @returns {boolean} whether it could run one more
   */
  isFree(pool) {
    return this.running[pool] < this.#concurrency[pool];
  }

  /**
   * How many messages to take. A quarter of the window is worth a round trip: the other three keep the slots busy
   * meanwhile. Less than that is only taken when a pool has nothing left to start.
   *
   * @param {PerPool} reserved messages that wait for a slot
   * @param {number} [ended] messages of tasks that have ended and are still held
   * @returns {number} 0: not now
   */
  room(reserved, ended = 0) {
    const window = this.window;
    let room = 0;
    let overflow = 0;
    let isWanting = false;
    for (const pool of this.#counted) {
      const free = this.#windowOf(pool) - this.running[pool] - reserved[pool];
      if (free > 0) room += free;
      else overflow -= free;
      if (reserved[pool] === 0 && free > 0) isWanting = true;
    }
    room = Math.min(room, window - overflow) - ended;
    return isWanting || room >= window / 4 ? Math.max(0, room) : 0;
  }

  /** @param {PoolName} pool */
  #windowOf(pool) {
    return this.#concurrency[pool] * this.#multiplier || UNLIMITED_WINDOW;
  }
}

/**
 * @param {RegisteredTask} task
 * @param {PoolName} ofWorker
 * @returns {PoolName}
 */
export function poolOf(task, ofWorker) {
  return task.name.startsWith("celery.") ? "async" : (task.options.pool ?? ofWorker);
}

/**
 * @param {RegisteredTask} task
 * @param {import("../../protocol/message.js").TaskMessage} message
 * @param {TaskRegistry} tasks
 * @param {PoolName} ofWorker
 * @returns {PoolName}
 */
export function poolOfMessage(task, { args, kwargs }, tasks, ofWorker) {
  if (!CALLING_OTHERS.includes(task.name)) return poolOf(task, ofWorker);
  const called = /** @type {{ task?: string } | undefined} */ (kwargs.task ?? args[0])?.task;
  return called !== undefined && tasks.has(called) ? poolOf(tasks.get(called), ofWorker) : "async";
}

/**
 * @param {TaskRegistry} tasks
 * @param {PoolName} ofWorker
 * @returns {string[]} the names of those that run in threads
 */
export function tasksInThreads(tasks, ofWorker) {
  return tasks.names().filter((name) => poolOf(tasks.get(name), ofWorker) === "threads");
}
