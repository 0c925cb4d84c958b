/**
 * Health checks and metrics, answered in the keeper's thread. They check the broker over this thread's own connection, because the
 * event loop may be blocked, or so busy that it has no reason to contact the broker.
 */
import { isAlive, reasonsAgainst, SILENCE_LIMIT_MS } from "../health.js";
import { serveHealth } from "../health-server.js";
import { MetricsEndpoint } from "../metrics-endpoint.js";
import { monotonicMs } from "../vitals.js";

/** How often the broker is pinged. */
const PING_MS = 1_000;

/** @typedef {import("../health-server.js").Answer} Answer */

export class KeeperHealth {
  #options;
  #answeredAtMs = monotonicMs();
  #isAsking = false;
  /** The queues that the worker consumes. @type {readonly string[]} */
  queues = [];

  /**
   * @param {object} options
   * @param {import("./connection.js").RedisConnection} options.connection the keeper's
   * @param {import("../vitals.js").Vitals} options.vitals
   * @param {import("../../validation/health-address.js").HealthAddress} options.address
   * @param {number} options.readyStallMs see `Limits` of health.js
   * @param {number} options.loopStallLimitMs see `Limits` of health.js
   * @param {import("../metrics-endpoint.js").SharedMetrics | null} options.metrics null: there are no metrics
   * @param {import("./measuring.js").Measuring} options.measuring
   */
  constructor(options) {
    this.#options = options;
    const { vitals, connection, measuring, metrics } = options;
    const isReady = () => this.#ready().ok;
    const isConnected = () => connection.client.isReady && this.#silentMs < SILENCE_LIMIT_MS;
    const measure = () => measuring.measure(this.queues);
    this.metrics = metrics === null ? null : new MetricsEndpoint(metrics, { vitals, isReady, isConnected, measure });
  }

  /**
   * @returns {Promise<import("../../validation/health-address.js").HealthAddress>} where it listens, once it does
   * @throws {Error} when it cannot listen there
   */
  start() {
    const { connection, address } = this.#options;
    connection.client.on("ready", () => {
      this.#answeredAtMs = monotonicMs();
    });
    connection.ready().catch(() => {}); // the connection was closed: so is this thread
    setInterval(() => void this.#ask(), PING_MS);
    const { metrics } = this;
    const questions = {
      "/livez": () => this.#alive(),
      "/readyz": () => this.#ready(),
      ...(metrics && { "/metrics": () => metrics.answer() }),
    };
    return serveHealth({ address, questions });
  }

  /** @returns {Answer} */
  #alive() {
    const { vitals } = this.#options;
    return { ok: isAlive(vitals.stalledMs, this.#options), stalledMs: vitals.stalledMs };
  }

  /** @returns {Answer} */
  #ready() {
    const { vitals, connection } = this.#options;
    const { snapshot, stalledMs } = vitals;
    const isConnected = connection.client.isReady;
    const reasons = reasonsAgainst({ snapshot, stalledMs, isConnected, silentMs: this.#silentMs }, this.#options);
    return { ok: reasons.length === 0, reasons, running: snapshot.running, free: snapshot.free };
  }

  get #silentMs() {
    return monotonicMs() - this.#answeredAtMs;
  }

  async #ask() {
    const { connection } = this.#options;
    if (this.#isAsking || !connection.client.isReady) return;
    this.#isAsking = true;
    try {
      await connection.client.ping();
      this.#answeredAtMs = monotonicMs();
    } catch {
      // Only its silence counts.
    }
    this.#isAsking = false;
  }
}
