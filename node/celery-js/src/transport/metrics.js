/**
 * A worker's metrics, as Prometheus knows them, in memory that two threads share: the event loop adds to numbers, and the
 * thread that answers `/metrics` reads them, even while the event loop is blocked. No message is sent for a task.
 */

/** The default buckets of prom-client and prometheus-client, and four for longer tasks. */
export const RUNTIME_BUCKETS = [
  ...[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 1800],
];
export const WAIT_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];
export const LAG_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 60];

const OF_TASK = ["hostname", "name", "queue_name"];
const OF_WORKER = ["hostname"];
const OF_WORKERS_QUEUE = ["hostname", "queue_name"];
const OF_QUEUE = ["queue_name"];

/**
 * @typedef {object} Family what Prometheus calls a metric; celery-exporter's names and labels where it has them
 * @property {"counter" | "gauge" | "histogram"} kind
 * @property {readonly string[]} labels `hostname` is filled in where the text is written
 * @property {string} help
 * @property {readonly number[]} [buckets] the last one, +Inf, left out
 *
 * @typedef {keyof typeof FAMILIES} FamilyName
 */

/** @satisfies {Record<string, Family>} */
export const FAMILIES = /** @type {const} */ ({
  celery_task_sent_total: {
    kind: "counter",
    labels: OF_TASK,
    help: "Tasks that the worker has sent: by its tasks, their callbacks and retries.",
  },
  celery_task_received_total: { kind: "counter", labels: OF_TASK, help: "Tasks that the worker has received." },
  celery_task_started_total: { kind: "counter", labels: OF_TASK, help: "Tasks that it has started." },
  celery_task_succeeded_total: { kind: "counter", labels: OF_TASK, help: "Tasks that have succeeded." },
  celery_task_failed_total: {
    kind: "counter",
    labels: [...OF_TASK, "exception"],
    help: "Tasks that have failed for good.",
  },
  celery_task_rejected_total: {
    kind: "counter",
    labels: OF_TASK,
    help: "Tasks whose message was rejected: put back, or moved to the dead letters.",
  },
  celery_task_revoked_total: { kind: "counter", labels: OF_TASK, help: "Tasks that were revoked, or have expired." },
  celery_task_retried_total: {
    kind: "counter",
    labels: OF_TASK,
    help: "Tasks that have failed and will run again.",
  },
  celery_task_runtime: {
    kind: "histogram",
    labels: OF_TASK,
    help: "How long tasks run, in seconds.",
    buckets: RUNTIME_BUCKETS,
  },
  celery_task_queue_wait_time: {
    kind: "histogram",
    labels: OF_TASK,
    help: "How long tasks wait from their sending, or their eta, until they start, in seconds.",
    buckets: WAIT_BUCKETS,
  },
  celery_worker_info: {
    kind: "gauge",
    labels: [...OF_WORKER, "worker", "language", "version", "pool", "contract"],
    help: "The worker's name, version, pool and contract.",
  },
  celery_worker_up: { kind: "gauge", labels: OF_WORKER, help: "1: the worker runs." },
  celery_worker_ready: { kind: "gauge", labels: OF_WORKER, help: "1: the worker consumes, as /readyz says." },
  celery_worker_broker_connected: { kind: "gauge", labels: OF_WORKER, help: "1: the broker answers." },
  celery_worker_tasks_active: { kind: "gauge", labels: OF_WORKER, help: "Tasks that run." },
  celery_worker_tasks_prefetched: {
    kind: "gauge",
    labels: OF_WORKER,
    help: "Tasks that wait in the worker for a slot.",
  },
  celery_worker_tasks_scheduled: {
    kind: "gauge",
    labels: OF_WORKER,
    help: "Tasks that wait in the worker for their eta.",
  },
  celery_worker_slots: {
    kind: "gauge",
    labels: [...OF_WORKER, "pool"],
    help: "Tasks that it may run at a time.",
  },
  celery_worker_slots_used: { kind: "gauge", labels: [...OF_WORKER, "pool"], help: "Slots that run a task now." },
  celery_worker_messages_held: {
    kind: "gauge",
    labels: OF_WORKERS_QUEUE,
    help: "Messages that the worker holds.",
  },
  celery_worker_leases_renewed_total: { kind: "counter", labels: OF_WORKER, help: "Leases that were renewed." },
  celery_worker_leases_lost_total: {
    kind: "counter",
    labels: OF_WORKER,
    help: "Leases that ran out while their task was here.",
  },
  celery_worker_restored_total: {
    kind: "counter",
    labels: OF_WORKER,
    help: "Messages of lost workers that it put back.",
  },
  celery_worker_redelivered_total: {
    kind: "counter",
    labels: OF_WORKERS_QUEUE,
    help: "Received messages that had lost a worker before.",
  },
  celery_worker_dead_letters_total: {
    kind: "counter",
    labels: [...OF_WORKERS_QUEUE, "reason"],
    help: "Messages that it moved to the dead letters.",
  },
  celery_worker_event_loop_lag_seconds: {
    kind: "histogram",
    labels: OF_WORKER,
    help: "How late the event loop runs a timer.",
    buckets: LAG_BUCKETS,
  },
  celery_worker_event_loop_stalled_seconds: {
    kind: "gauge",
    labels: OF_WORKER,
    help: "How long the event loop has been blocked.",
  },
  celery_active_consumer_count: { kind: "gauge", labels: OF_QUEUE, help: "Consumers of a queue." },
  celery_active_worker_count: { kind: "gauge", labels: OF_QUEUE, help: "Workers that consume a queue." },
  celery_active_process_count: {
    kind: "gauge",
    labels: OF_QUEUE,
    help: "Tasks that these workers may run at a time.",
  },
  celery_queue_length: {
    kind: "gauge",
    labels: OF_QUEUE,
    help: "Messages that wait in a queue, of all priorities.",
  },
  celery_queue_dead_letters: { kind: "gauge", labels: OF_QUEUE, help: "Dead letters of a queue." },
  celery_queue_messages_parked: {
    kind: "gauge",
    labels: OF_QUEUE,
    help: "Messages of a queue that wait for a far eta.",
  },
  celery_queue_oldest_message_age_seconds: {
    kind: "gauge",
    labels: OF_QUEUE,
    help: "How long the message that is taken next has waited.",
  },
  celery_broker_messages_held: {
    kind: "gauge",
    labels: [],
    help: "Messages that workers hold, of the whole database.",
  },
  celery_broker_messages_parked: {
    kind: "gauge",
    labels: [],
    help: "Messages that wait for a far eta, of the whole database.",
  },
  celery_broker_memory_used_bytes: { kind: "gauge", labels: [], help: "Memory that the server uses." },
  celery_broker_memory_limit_bytes: { kind: "gauge", labels: [], help: "The server's maxmemory; 0: none." },
  process_start_time_seconds: {
    kind: "gauge",
    labels: [],
    help: "Start time of the process since unix epoch in seconds.",
  },
  process_cpu_seconds_total: {
    kind: "counter",
    labels: [],
    help: "Total user and system CPU time spent in seconds.",
  },
  process_resident_memory_bytes: { kind: "gauge", labels: [], help: "Resident memory size in bytes." },
});

/** The label of everything that does not get its own series. */
export const OTHER = "other";

/**
 * Whether a text that a sender or a task has chosen may be a label: short, and readable. A lone surrogate cannot be
 * encoded as UTF-8; control characters confuse readers. In Python `labels.py`.
 *
 * @param {string} text
 */
export const isLabel = (text) => /^[^\p{Cc}\p{Cs}]{0,200}$/u.test(text);

/** How many numbers all series share: half a megabyte, of which the system allocates only the used pages. */
const CELLS = 65_536;
/** Series that find no room all write to the first cells, which are never shown. */
const SCRATCH = 64;

/**
 * @typedef {object} Series
 * @property {FamilyName} family
 * @property {readonly string[]} labels those of its family, without `hostname`
 * @property {number} at its first cell; a histogram has one for each bucket, one for +Inf, and one for the sum
 */

export class Metrics {
  #next = SCRATCH;
  /** Called with each new series, for the other thread. @type {(series: Series) => void} */
  onSeries = () => {};

  /** @param {{ cells?: Float64Array, series?: readonly Series[] }} [shared] another thread's */
  constructor({ cells = newCells(), series = [] } = {}) {
    this.cells = cells;
    /** @type {Series[]} */
    this.series = [...series];
  }

  /**
   * @param {FamilyName} family
   * @param {readonly string[]} [labels]
   * @returns {number} the index of its first cell; 0, which is never shown, if there is no room left
   */
  add(family, labels = []) {
    const at = this.#next;
    const buckets = bucketsOf(family);
    const size = buckets === null ? 1 : buckets.length + 2;
    if (at + size > this.cells.length) return 0;
    this.#next += size;
    const series = { family, labels, at };
    this.series.push(series);
    this.onSeries(series);
    return at;
  }

  /** @param {number} at */
  count(at) {
    this.cells[at] += 1;
  }

  /**
   * @param {number} at
   * @param {number} value
   */
  set(at, value) {
    this.cells[at] = value;
  }

  /**
   * Adds to a histogram.
   *
   * @param {number} at
   * @param {readonly number[]} buckets the family's
   * @param {number} value
   */
  observe(at, buckets, value) {
    let i = 0;
    while (i < buckets.length && value > buckets[i]) i += 1;
    this.cells[at + i] += 1;
    this.cells[at + buckets.length + 1] += value;
  }
}

const newCells = () => new Float64Array(new SharedArrayBuffer(CELLS * Float64Array.BYTES_PER_ELEMENT));

/**
 * @param {FamilyName} family
 * @returns {readonly number[] | null}
 */
export const bucketsOf = (family) => /** @type {Family} */ (FAMILIES[family]).buckets ?? null;
