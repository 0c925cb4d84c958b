/** A worker's state for `/metrics`: what it runs and holds, and how late its event loop is. Written twice a second. */
import { isLabel, LAG_BUCKETS } from "../../transport/metrics.js";
import { VERSION } from "../../version.js";
import { contractOf } from "../control/contract.js";

/** The pause between two updates; any excess is the lag of the event loop. */
const PAUSE_MS = 500;

/** @typedef {import("../../transport/metrics.js").FamilyName} FamilyName */

export class WorkerMetrics {
  #metrics;
  #parts;
  /** Series with a label, by family and label. @type {Map<string, number>} */
  #series = new Map();
  #lag;
  #updatedAtMs = performance.now();

  /**
   * @param {import("../../transport/metrics.js").Metrics} metrics
   * @param {object} parts
   * @param {import("./assembly.js").Plan} parts.plan
   * @param {import("../intake/dispatcher.js").Dispatcher} parts.dispatcher
   * @param {import("../pools/slots.js").Slots} parts.slots
   * @param {import("../../transport/transport.js").Consumer} parts.taskConsumer
   */
  constructor(metrics, parts) {
    this.#metrics = metrics;
    this.#parts = parts;
    const { plan } = parts;
    const contract = contractOf(plan.app.settings);
    const hash = "error" in contract ? "" : contract.hash;
    metrics.set(metrics.add("celery_worker_info", [plan.hostname, "node", VERSION, plan.options.pool, hash]), 1);
    this.#lag = metrics.add("celery_worker_event_loop_lag_seconds");
  }

  /** To be called twice a second. */
  update() {
    const now = performance.now();
    const lateMs = Math.max(0, now - this.#updatedAtMs - PAUSE_MS);
    this.#updatedAtMs = now;
    this.#metrics.observe(this.#lag, LAG_BUCKETS, lateMs / 1000);
    const { dispatcher, slots, taskConsumer } = this.#parts;
    const { active, reserved, scheduled } = dispatcher.requests;
    this.#set("celery_worker_tasks_active", active.length);
    this.#set("celery_worker_tasks_prefetched", reserved.length);
    this.#set("celery_worker_tasks_scheduled", scheduled.length);
    for (const pool of slots.used) {
      this.#set("celery_worker_slots", slots.concurrency[pool], pool);
      this.#set("celery_worker_slots_used", slots.running[pool], pool);
    }
    const queues = taskConsumer.queues.filter(isLabel);
    for (const [family, count] of /** @type {const} */ ([
      ["celery_active_consumer_count", 1],
      ["celery_active_worker_count", 1],
      ["celery_active_process_count", slots.total],
    ])) {
      this.#setAll(family, new Map(queues.map((queue) => [queue, count])));
    }
    // A queue that it no longer consumes still has a row while a message of it is held.
    const held = new Map(queues.map((queue) => [queue, 0]));
    for (const { delivery } of [...active, ...reserved, ...scheduled]) {
      if (isLabel(delivery.queue)) held.set(delivery.queue, (held.get(delivery.queue) ?? 0) + 1);
    }
    this.#setAll("celery_worker_messages_held", held);
  }

  /**
   * Sets a family by queue; queues that are not named become 0.
   *
   * @param {FamilyName} family
   * @param {ReadonlyMap<string, number>} values
   */
  #setAll(family, values) {
    for (const [key, at] of this.#series) if (key.startsWith(`${family} `)) this.#metrics.set(at, 0);
    for (const [queue, value] of values) this.#set(family, value, queue);
  }

  /**
   * @param {FamilyName} family
   * @param {number} value
   * @param {string} [label]
   */
  #set(family, value, label = "") {
    const key = `${family} ${label}`;
    const at = this.#series.get(key) ?? this.#metrics.add(family, label === "" ? [] : [label]);
    this.#series.set(key, at);
    this.#metrics.set(at, value);
  }
}
