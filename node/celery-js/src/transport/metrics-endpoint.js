/** Answers `/metrics` with the metrics of the event loop, of the answering thread and of the broker. */
import { Metrics } from "./metrics.js";
import { CONTENT_TYPE, writeMetrics } from "./metrics-text.js";

/**
 * @typedef {object} SharedMetrics what the event loop's thread hands over
 * @property {Float64Array} cells
 * @property {readonly import("./metrics.js").Series[]} series
 * @property {string} hostname the host in the worker's name
 */

export class MetricsEndpoint {
  #parts;
  #shared;
  #own = new Metrics({ cells: new Float64Array(1_000) });
  #at;

  /**
   * @param {SharedMetrics} shared
   * @param {object} parts
   * @param {import("./vitals.js").Vitals} parts.vitals
   * @param {() => boolean} parts.isReady
   * @param {() => boolean} parts.isConnected
   * @param {() => Promise<Metrics>} parts.measure asks the broker about the queues
   */
  constructor(shared, parts) {
    this.#parts = parts;
    this.hostname = shared.hostname;
    this.#shared = new Metrics(shared);
    const own = this.#own;
    own.set(own.add("celery_worker_up"), 1);
    own.set(own.add("process_start_time_seconds"), Date.now() / 1000 - process.uptime());
    this.#at = {
      ready: own.add("celery_worker_ready"),
      connected: own.add("celery_worker_broker_connected"),
      stalled: own.add("celery_worker_event_loop_stalled_seconds"),
      renewed: own.add("celery_worker_leases_renewed_total"),
      lost: own.add("celery_worker_leases_lost_total"),
      restored: own.add("celery_worker_restored_total"),
      processor: own.add("process_cpu_seconds_total"),
      memory: own.add("process_resident_memory_bytes"),
    };
  }

  /** Shows a new series of the event loop. @param {import("./metrics.js").Series} series */
  show(series) {
    this.#shared.series.push(series);
  }

  /**
   * @param {"renewed" | "lost" | "restored"} what
   * @param {number} count
   */
  add(what, count) {
    this.#own.cells[this.#at[what]] += count;
  }

  /** @returns {Promise<{ contentType: string, text: string }>} */
  async answer() {
    const { vitals, isReady, isConnected, measure } = this.#parts;
    const { user, system } = process.cpuUsage();
    const own = this.#own;
    own.set(this.#at.ready, Number(isReady()));
    own.set(this.#at.connected, Number(isConnected()));
    own.set(this.#at.stalled, vitals.stalledMs / 1000);
    own.set(this.#at.processor, (user + system) / 1e6);
    own.set(this.#at.memory, process.memoryUsage.rss());
    const text = writeMetrics([this.#shared, own, await measure()], this.hostname);
    return { contentType: CONTENT_TYPE, text };
  }
}
