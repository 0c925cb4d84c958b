/** The event loop's view of its worker's health, from which another thread decides (transport/health.js). */
/**
 * A longer pause between two snapshots means that the loop was blocked, so nothing could be taken.
 */
const LATE_MS = 2_000;

export class Health {
  #dispatcher;
  #taskConsumer;
  #concurrency;
  #snapshotAtMs = performance.now();
  /** When the worker last had a reason not to take messages. */
  #excusedAtMs = performance.now();

  /** @type {import("../../transport/vitals.js").Phase} */
  phase = "starting";

  /**
   * @param {object} options
   * @param {import("../intake/dispatcher.js").Dispatcher} options.dispatcher
   * @param {import("../../transport/transport.js").Consumer} options.taskConsumer
   * @param {number} options.concurrency
   */
  constructor({ dispatcher, taskConsumer, concurrency }) {
    this.#dispatcher = dispatcher;
    this.#taskConsumer = taskConsumer;
    this.#concurrency = concurrency;
  }

  /** @returns {import("../../transport/vitals.js").Snapshot} to be called a few times a second */
  snapshot() {
    const { running, room } = this.#dispatcher;
    const now = performance.now();
    // Without room and running tasks, results wait to be stored: this does not count as busy.
    const isBusy = room === 0 && running > 0;
    if (this.phase !== "consuming" || isBusy || now - this.#snapshotAtMs > LATE_MS) this.#excusedAtMs = now;
    this.#snapshotAtMs = now;
    const untakenMs = now - Math.max(this.#excusedAtMs, this.#taskConsumer.answeredAtMs);
    return { phase: this.phase, running, free: this.#concurrency - running, untakenMs };
  }
}
