/**
 * Health checks and metrics, answered in the thread that keeps a worker's messages. They ask the broker over this thread's own
 * connection, because the event loop may be blocked, or so busy that it has no reason to contact the broker.
 */
import { isAlive, reasonsAgainst, SILENCE_LIMIT_MS } from "./health.js";
import { serveHealth } from "./health-server.js";
import { Metrics } from "./metrics.js";
import { MetricsEndpoint } from "./metrics-endpoint.js";
import { monotonicMs } from "./vitals.js";

/** How often the broker is asked. */
const ASK_MS = 1_000;

/**
 * @typedef {import("./health-server.js").Answer} Answer
 *
 * @typedef {object} HealthOptions
 * @property {import("../validation/health-address.js").HealthAddress} address
 * @property {number} readyStallMs see `Limits` of health.js
 */

export class ThreadHealth {
  #options;
  #answeredAtMs = monotonicMs();
  #isAsking = false;

  /**
   * @param {object} options
   * @param {HealthOptions} options.health
   * @param {import("./vitals.js").Vitals} options.vitals
   * @param {number} options.loopStallLimitMs see `Limits` of health.js
   * @param {() => boolean} options.isConnected
   * @param {() => Promise<unknown>} options.ask resolves once the broker has answered
   * @param {import("./metrics-endpoint.js").SharedMetrics | null} options.metrics null: there are no metrics
   * @param {() => string[]} [options.reasons] more reasons why the worker is not ready
   * @param {() => Promise<Metrics>} [options.measure] returns the broker's metrics; default: none
   */
  constructor(options) {
    this.#options = options;
    const { vitals, metrics, measure = async () => new Metrics({ cells: new Float64Array(0) }) } = options;
    const isReady = () => this.#ready().ok;
    const isConnected = () => options.isConnected() && this.#silentMs < SILENCE_LIMIT_MS;
    this.metrics = metrics === null ? null : new MetricsEndpoint(metrics, { vitals, isReady, isConnected, measure });
  }

  /**
   * @returns {Promise<import("../validation/health-address.js").HealthAddress>} where it listens, once it does
   * @throws {Error} when it cannot listen there
   */
  start() {
    setInterval(() => void this.#ask(), ASK_MS);
    const { metrics } = this;
    const questions = {
      "/livez": () => this.#alive(),
      "/readyz": () => this.#ready(),
      ...(metrics && { "/metrics": () => metrics.answer() }),
    };
    return serveHealth({ address: this.#options.health.address, questions });
  }

  /** Notes that the broker has answered, such as to a handshake. */
  noteAnswer() {
    this.#answeredAtMs = monotonicMs();
  }

  get #limits() {
    const { health, loopStallLimitMs } = this.#options;
    return { readyStallMs: health.readyStallMs, loopStallLimitMs };
  }

  /** @returns {Answer} */
  #alive() {
    const { stalledMs } = this.#options.vitals;
    return { ok: isAlive(stalledMs, this.#limits), stalledMs };
  }

  /** @returns {Answer} */
  #ready() {
    const { vitals, isConnected, reasons: more = () => [] } = this.#options;
    const { snapshot, stalledMs } = vitals;
    const signs = { snapshot, stalledMs, isConnected: isConnected(), silentMs: this.#silentMs };
    const reasons = [...reasonsAgainst(signs, this.#limits), ...more()];
    return { ok: reasons.length === 0, reasons, running: snapshot.running, free: snapshot.free };
  }

  get #silentMs() {
    return monotonicMs() - this.#answeredAtMs;
  }

  async #ask() {
    const { isConnected, ask } = this.#options;
    if (this.#isAsking || !isConnected()) return;
    this.#isAsking = true;
    try {
      await ask();
      this.noteAnswer();
    } catch {
      // Only its silence counts.
    }
    this.#isAsking = false;
  }
}
