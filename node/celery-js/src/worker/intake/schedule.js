/**
 * Starts tasks while there are any to start, in turns: between them input and output get theirs, however many there are.
 *
 * Guarantee: after the event loop stood still, what came in meanwhile is read before anything is started. A task that blocked
 * it may have cost others their leases, and they must not be run here as well.
 */

/** How long tasks are started in one turn of the event loop. */
const MAX_TURN_MS = 5;
/** For how long tasks are started before what came in is surely read again. */
const MAX_UNREAD_MS = 200;

export class Schedule {
  #startOne;
  #startedAt = /** @type {number | null} */ (null);
  #readAt = Number.NEGATIVE_INFINITY;
  #reading = false;
  #running = false;

  /** @param {() => boolean} startOne starts a task, or returns false: there is none to start now */
  constructor(startOne) {
    this.#startOne = startOne;
  }

  /** Starts what can be started; to be called whenever that may be more than before. */
  run() {
    if (this.#running) return;
    if (performance.now() - this.#readAt > MAX_UNREAD_MS) return this.#readFirst();
    this.#running = true;
    try {
      for (;;) {
        const now = performance.now();
        if (this.#startedAt !== null && now - this.#startedAt > MAX_TURN_MS) break;
        if (!this.#startOne()) break;
        if (this.#startedAt === null) this.#startTurn(now);
      }
    } finally {
      this.#running = false;
    }
  }

  /** @param {number} now */
  #startTurn(now) {
    this.#startedAt = now;
    setImmediate(() => {
      this.#startedAt = null;
      this.run();
    });
  }

  #readFirst() {
    if (this.#reading) return;
    this.#reading = true;
    // The first one may come before the loop has looked at its input; the second one comes after.
    setImmediate(() =>
      setImmediate(() => {
        this.#reading = false;
        this.#readAt = performance.now();
        this.run();
      }),
    );
  }
}
