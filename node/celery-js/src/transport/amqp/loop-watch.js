/** Watches the event loop of the main thread from the connection's thread, and answers health checks and metrics about it. */
import { writeSync } from "node:fs";
import { isAlive, reasonsAgainst } from "../health.js";
import { serveHealth } from "../health-server.js";
import { Metrics } from "../metrics.js";
import { MetricsEndpoint } from "../metrics-endpoint.js";
import { monotonicMs } from "../vitals.js";

const WATCH_MS = 1_000;
/** How many checks in a row must find the loop stalled: a process that was frozen has to catch up first. */
const STALLED_CHECKS = 3;
/** How late a healthy loop may update its vitals: subtracted from a stall before it is compared with time limits. */
const BEAT_MAY_BE_LATE_MS = 1_000;

/**
 * @typedef {object} Health
 * @property {import("../../validation/health-address.js").HealthAddress} address
 * @property {number} readyStallMs how long a stall makes the worker not ready
 */

export class LoopWatch {
  #options;
  #stalledChecks = 0;
  #answeredAtMs = monotonicMs();
  #isAsking = false;

  /**
   * @param {object} options
   * @param {import("../vitals.js").Vitals} options.vitals
   * @param {import("./held.js").Held} options.held
   * @param {number} options.loopStallLimitMs 0 = never ends the process
   * @param {Health | null} options.health
   * @param {() => boolean} options.isConnected
   * @param {import("../metrics-endpoint.js").SharedMetrics | null} options.metrics null: there are no metrics
   * @param {() => Promise<unknown>} options.ask resolves once the broker has answered
   * @param {(numbers: number[]) => void} options.onOverdue deliveries whose task must have reached its hard time limit
   */
  constructor(options) {
    this.#options = options;
    const { metrics, health, vitals, isConnected } = options;
    const isReady = () => health !== null && this.#ready(health).ok;
    // RabbitMQ's own plugin reports queue lengths; reported by every worker, they would be counted several times.
    const measure = async () => new Metrics({ cells: new Float64Array(0) });
    this.metrics = metrics === null ? null : new MetricsEndpoint(metrics, { vitals, isReady, isConnected, measure });
  }

  /**
   * @returns {Promise<import("../../validation/health-address.js").HealthAddress | null>} where health checks are answered
   * @throws {Error} when it cannot listen there
   */
  async start() {
    setInterval(() => this.#check(), WATCH_MS);
    const { health } = this.#options;
    if (health === null) return null;
    const { metrics } = this;
    const questions = {
      "/livez": () => this.#alive(),
      "/readyz": () => this.#ready(health),
      ...(metrics && { "/metrics": () => metrics.answer() }),
    };
    return serveHealth({ address: health.address, questions });
  }

  #check() {
    const { vitals, held, loopStallLimitMs, onOverdue } = this.#options;
    const { stalledMs } = vitals;
    void this.#ask();
    const overdue = held.overdue(stalledMs - BEAT_MAY_BE_LATE_MS);
    if (overdue.length > 0) onOverdue(overdue);
    this.#stalledChecks = loopStallLimitMs > 0 && stalledMs >= loopStallLimitMs ? this.#stalledChecks + 1 : 0;
    if (this.#stalledChecks >= STALLED_CHECKS) endProcess(stalledMs, held.names);
  }

  /** @returns {import("../health-server.js").Answer} */
  #alive() {
    const { vitals, loopStallLimitMs } = this.#options;
    return { ok: isAlive(vitals.stalledMs, { loopStallLimitMs, readyStallMs: 0 }), stalledMs: vitals.stalledMs };
  }

  /** @param {Health} health */
  #ready({ readyStallMs }) {
    const { vitals, isConnected, loopStallLimitMs } = this.#options;
    const { snapshot, stalledMs } = vitals;
    const signs = { snapshot, stalledMs, isConnected: isConnected(), silentMs: monotonicMs() - this.#answeredAtMs };
    const reasons = reasonsAgainst(signs, { readyStallMs, loopStallLimitMs });
    return { ok: reasons.length === 0, reasons, running: snapshot.running, free: snapshot.free };
  }

  async #ask() {
    const { isConnected, ask } = this.#options;
    if (this.#isAsking || !isConnected()) return;
    this.#isAsking = true;
    try {
      await ask();
      this.#answeredAtMs = monotonicMs();
    } catch {
      // Only its silence counts.
    }
    this.#isAsking = false;
  }
}

/**
 * Ends the process. Its messages go back to their queues when its connection ends.
 *
 * @param {number} stalledMs
 * @param {string} tasks
 */
function endProcess(stalledMs, tasks) {
  const stalledS = Math.round(stalledMs / 1000);
  // Not console or process.stderr: in a worker thread both go through the main thread, which is stuck.
  try {
    writeSync(
      2,
      `celery-js: the event loop has been blocked for ${stalledS} s; ending the process. It held: ${tasks}\n`,
    );
  } finally {
    process.kill(process.pid, "SIGKILL"); // even when stderr has no reader any more
  }
}
