/**
 * Executions of the event loop that were given up (a hard time limit, a stray error, a termination) and still run:
 * nothing can end a running JavaScript function. Each keeps memory and connections until it ends by itself. Once there
 * are as many as slots, the worker should be restarted.
 */

/** How long surplus executions have to end after all: their signal has just aborted. */
const GRACE_MS = 1_000;

/** @typedef {import("../../execution/execution.js").Execution} Execution */

export class Zombies {
  /** @type {Set<Execution>} */
  #running = new Set();
  #limit;
  #onLimit;
  #timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

  /**
   * @param {number} limit how many are too many
   * @param {(size: number) => void} onLimit called when there have been that many for a second
   */
  constructor(limit, onLimit) {
    this.#limit = limit;
    this.#onLimit = onLimit;
  }

  /** @returns {number} executions that run though their tasks have ended */
  get size() {
    return this.#running.size;
  }

  /** @param {Execution} execution that outlives its task, which was just ended */
  add(execution) {
    this.#running.add(execution);
    if (this.#running.size >= this.#limit) this.#timer ??= setTimeout(() => this.#check(), GRACE_MS).unref();
  }

  /** @param {Execution} execution that has really ended */
  delete(execution) {
    this.#running.delete(execution);
  }

  #check() {
    this.#timer = undefined;
    if (this.#running.size >= this.#limit) this.#onLimit(this.#running.size);
  }
}
