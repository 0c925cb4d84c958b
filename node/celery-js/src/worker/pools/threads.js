/**
 * The pool `threads`: each task has a thread to itself while it runs, so that it may compute without a pause and be ended
 * at any time. Between `min` and `max` threads run: more as soon as a task finds none free, fewer once one has been idle
 * for long (celery.worker.autoscale). A thread that was ended, that broke, or that has reached its limits is replaced.
 */
import { LineLimit, STRAY_LINES_A_MINUTE } from "../observers/line-limit.js";
import { unpackError } from "./crossing.js";
import { Thread } from "./thread.js";

const KIB = 1024;

/**
 * @typedef {import("../../execution/execution.js").Execution} Execution
 * @typedef {import("./thread.js").Done} Done
 *
 * @typedef {object} ThreadPoolOptions
 * @property {URL} entry the module that a thread runs
 * @property {Record<string, unknown>} data passed to it
 * @property {number} min threads that are always there
 * @property {number} max threads at a time
 * @property {number | null} maxTasksPerChild tasks after which a thread is replaced
 * @property {number | null} maxMemoryPerChild KiB of heap and external memory; a thread that has more after a task is replaced
 * @property {import("node:worker_threads").ResourceLimits} [resourceLimits] Node's, for each thread
 * @property {number} keepaliveMs how long a surplus thread stays idle before it is ended
 * @property {import("./thread-services.js").Serve} serve
 * @property {import("../observers/log.js").Logger} log
 */

export class ThreadPool {
  #options;
  #strayLines;
  /** @type {Set<Thread>} those that can be given tasks */
  #threads = new Set();
  /** @type {WeakSet<Thread>} those to replace once their task has ended */
  #outdated = new WeakSet();
  /** @type {Set<Promise<unknown>>} those that are being ended */
  #ending = new Set();
  #isClosed = false;
  #shrinking = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
  /** @type {Array<(error: Error | null) => void>} */
  #started = [];

  /** @param {ThreadPoolOptions} options */
  constructor(options) {
    this.#options = options;
    this.#strayLines = new LineLimit(options.log, { lines: STRAY_LINES_A_MINUTE });
  }

  /** @returns {number} threads that run, or will in a moment */
  get size() {
    return this.#threads.size;
  }

  /**
   * Starts the threads that are always there.
   *
   * @returns {Promise<void>} once one of them has imported its task modules
   * @throws {Error} when it cannot
   */
  async start() {
    const error = await new Promise((resolve) => {
      this.#started.push(resolve);
      this.#fill();
    });
    if (error) throw error;
    const { keepaliveMs } = this.#options;
    // Regardless of the current sizes, because remote control may change them.
    if (keepaliveMs > 0) this.#shrinking = setInterval(() => this.#shrink(), keepaliveMs / 10).unref();
  }

  /**
   * Runs a task in a separate thread. There may be no more than `max` at a time.
   *
   * @param {Execution} execution
   * @returns {Promise<unknown>} see `Thread.run`
   */
  run(execution) {
    const thread = this.#free() ?? this.#spawn();
    execution.runner = { abort: () => thread.abort(), kill: () => this.#end(thread) };
    return thread.run(execution);
  }

  /** @returns {{ min: number, max: number }} how many threads there may be */
  get sizes() {
    const { min, max } = this.#options;
    return { min, max };
  }

  /**
   * Changes how many threads there are. Surplus threads end when they have nothing to do.
   *
   * @param {{ min: number, max: number }} sizes
   */
  resize({ min, max }) {
    this.#options = { ...this.#options, min, max };
    this.#fill();
    for (const thread of [...this.#threads].filter(({ isBusy }) => !isBusy)) {
      if (this.#threads.size <= max) break;
      this.#shutDown(thread);
    }
  }

  /** Replaces all threads by new ones, which import the task modules again; a busy thread once its task has ended. */
  restart() {
    for (const thread of [...this.#threads]) {
      if (thread.isBusy) this.#outdated.add(thread);
      else this.#shutDown(thread);
    }
  }

  /** Ends all threads, even busy ones. @returns {Promise<void>} */
  async close() {
    this.#isClosed = true;
    clearInterval(this.#shrinking);
    this.#tellStarted(new Error("the pool was closed"));
    for (const thread of this.#threads) {
      if (thread.isBusy) this.#end(thread);
      else this.#shutDown(thread);
    }
    await Promise.all(this.#ending);
  }

  /** @returns {Thread | undefined} that has nothing to do: one that has started, if there is one */
  #free() {
    const free = [...this.#threads].filter((thread) => !thread.isBusy);
    return free.find(({ isReady }) => isReady) ?? free[0];
  }

  #fill() {
    while (!this.#isClosed && this.#threads.size < this.#options.min) this.#spawn();
  }

  #spawn() {
    const { entry, data, resourceLimits, serve } = this.#options;
    const thread = new Thread(entry, { workerData: data, resourceLimits }, serve, {
      onReady: () => this.#tellStarted(null),
      onFree: (free, done) => this.#review(free, done),
      onStray: (stray) => this.#logStray(stray),
      onGone: (gone, ...why) => this.#gone(gone, ...why),
    });
    this.#threads.add(thread);
    return thread;
  }

  /** @param {Error | null} error */
  #tellStarted(error) {
    for (const tell of this.#started.splice(0)) tell(error);
  }

  /**
   * @param {Thread} thread that has just run a task
   * @param {Done} done
   */
  #review(thread, { memoryBytes, isBroken }) {
    const { maxTasksPerChild, maxMemoryPerChild } = this.#options;
    const hasServed = maxTasksPerChild !== null && thread.tasks >= maxTasksPerChild;
    const isLarge = maxMemoryPerChild !== null && memoryBytes > maxMemoryPerChild * KIB;
    const isOneTooMany = this.#threads.size > this.#options.max;
    const isOutdated = this.#outdated.has(thread);
    // The task of a broken thread may still be at work.
    if (isBroken) this.#end(thread);
    else if (hasServed || isLarge || isOneTooMany || isOutdated) this.#shutDown(thread);
  }

  /** @param {Thread} thread */
  #end(thread) {
    this.#remove(thread, thread.end());
  }

  /** @param {Thread} thread that has no task */
  #shutDown(thread) {
    this.#remove(thread, thread.shutDown());
  }

  /**
   * @param {Thread} thread
   * @param {Promise<unknown>} ending
   */
  #remove(thread, ending) {
    this.#threads.delete(thread);
    const ended = ending.finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
    this.#fill();
  }

  /**
   * @param {Thread} thread
   * @param {Error} error why
   * @param {boolean} hadStarted
   * @param {import("./thread.js").ThreadMessage["exit"]} exit
   */
  #gone(thread, error, hadStarted, exit) {
    if (!this.#threads.delete(thread)) return; // it was ended here
    if (!hadStarted) {
      // Not replaced until the next task needs it: otherwise it could end in the same way, again and again.
      this.#tellStarted(error);
      this.#options.log.error({ error }, `A thread of the pool could not start: ${error.message}`);
      return;
    }
    const why = exit ? `task ${exit.task}[${exit.id}] has called process.exit(${exit.code})` : error.message;
    this.#options.log.error(
      { task: exit?.task, task_id: exit?.id },
      `A thread of the pool was lost, and is replaced: ${why}`,
    );
    this.#fill();
  }

  /** @param {NonNullable<import("./thread.js").ThreadMessage["stray"]>} stray */
  #logStray({ kind, task, id, error }) {
    const line = `An ${kind} of task ${task}[${id}], which has already ended`;
    this.#strayLines.log("error", "stray errors", { task_id: id, error: unpackError(error) }, line);
  }

  /** Ends threads that were idle for long; the last used threads are used first. */
  #shrink() {
    for (const thread of [...this.#threads].toReversed()) {
      if (this.#threads.size <= this.#options.min) return;
      if (!thread.isBusy && performance.now() - thread.idleSinceMs > this.#options.keepaliveMs) this.#shutDown(thread);
    }
  }
}
