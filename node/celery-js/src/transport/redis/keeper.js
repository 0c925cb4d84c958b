/**
 * The keeper's handle on the main thread. The keeper (keeper-thread.js) renews the leases of everything this worker holds,
 * on a thread and a connection of its own, so that a task which blocks the event loop does not cost the leases of the
 * others. It also sweeps, and watches the event loop, and ends a process whose loop has stood still for too long.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { toRanges } from "./ranges.js";

/** How often the main thread shows the keeper that it is alive. */
const BEAT_MS = 500;

/**
 * @typedef {object} KeeperOptions everything here is sent to the thread
 * @property {import("./url.js").RedisAddress} address
 * @property {{ globalKeyprefix?: string, prioritySteps?: number[], db: number }} keyOptions of `redisKeys`
 * @property {string} workerName
 * @property {string} tagPrefix
 * @property {number} leaseMs
 * @property {number} rescoreMs how often kombu's time of delivery is renewed
 * @property {number} deadLetterLimit
 * @property {number} loopStallLimitMs 0 = never end the process
 *
 * @typedef {object} Report what the thread has to say; one of these
 * @property {number[]} [lost] deliveries whose lease ran out before it could be renewed, or was let go
 * @property {import("./sweeper.js").Swept[]} [restored] messages that the sweep put back
 * @property {string} [sweepError]
 */

export class Keeper {
  /** @type {Worker | null} */
  #thread = null;
  #beat = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
  #options;
  #onReport;

  /**
   * @param {KeeperOptions} options
   * @param {(report: Report) => void} onReport
   */
  constructor(options, onReport) {
    this.#options = options;
    this.#onReport = onReport;
  }

  /** @returns {Promise<void>} once the thread runs */
  async start() {
    const beat = new BigInt64Array(new SharedArrayBuffer(8));
    const show = () => Atomics.store(beat, 0, BigInt(Date.now()));
    show();
    this.#beat = setInterval(show, BEAT_MS).unref();
    this.#thread = new Worker(new URL("./keeper-thread.js", import.meta.url), {
      workerData: { ...this.#options, beat },
      name: "celery-js keeper",
    });
    this.#thread.on("message", (/** @type {Report} */ report) => this.#onReport(report));
    await once(this.#thread, "online");
    this.#thread.unref();
  }

  /**
   * Starts to renew. Must be called in the tick in which the messages arrived: a task may block the loop in the next one.
   *
   * @param {readonly number[]} numbers of deliveries
   * @param {readonly number[]} limitsMs their hard time limits, 0 for none: when the loop stands still for longer, they are
   *   let go
   */
  hold(numbers, limitsMs) {
    const [first = 0] = limitsMs;
    const isUniform = limitsMs.every((limitMs) => limitMs === first);
    this.#thread?.postMessage({ hold: toRanges(numbers), limitsMs: isUniform ? first : limitsMs });
  }

  /** Stops renewing. @param {readonly number[]} numbers */
  release(numbers) {
    this.#thread?.postMessage({ release: toRanges(numbers) });
  }

  /** @returns {Promise<void>} */
  async stop() {
    clearInterval(this.#beat);
    await this.#thread?.terminate();
    this.#thread = null;
  }
}
