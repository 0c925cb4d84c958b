/**
 * Counts tasks for `/metrics`, with celery-exporter's names and labels. In Python `celery_reliable/metrics/tasks.py`.
 *
 * The number of series has limits: only names and queues that this worker knows become labels, whatever senders write.
 * Sent tasks, exceptions and reasons over their limits are counted together.
 */
import { sentAtMs } from "../../protocol/time.js";
import { isLabel, OTHER, RUNTIME_BUCKETS, WAIT_BUCKETS } from "../../transport/metrics.js";
import { className } from "../../validation/class-name.js";

/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("./task-observers.js").Happenings} Happenings
 * @typedef {import("./task-observers.js").TaskObserver} TaskObserver
 *
 * @typedef {object} Row the series of one task from one queue
 * @property {readonly [name: string, queue: string]} labels
 * @property {Record<(typeof STATES)[number], number>} states
 * @property {number} runtime 0 before the first run, like `wait`
 * @property {number} wait
 * @property {Map<string, number>} failed by exception
 */

const STATES = /** @type {const} */ (["received", "started", "succeeded", "rejected", "revoked", "retried"]);
/** How many rows, exceptions of one row and reasons of dead letters get their own series. */
const MOST_ROWS = 500;
const MOST_EXCEPTIONS = 20;
const MOST_REASONS = 50;
/** Of Celery's own tasks. */
const BUILTIN = "celery.";

/** @implements {TaskObserver} */
export class TaskMetrics {
  #metrics;
  /** By the task's name, then by the queue. @type {Map<string, Map<string, Row>>} */
  #rows = new Map();
  #rowCount = 0;
  /** @type {Map<string, number>} */
  #redelivered = new Map();
  /** By queue and reason. @type {Map<string, number>} */
  #dead = new Map();
  /** Series of sent tasks, by task and queue. @type {Map<string, number>} */
  #sent = new Map();
  /** Queues whose counters are shown. @type {Set<string>} */
  #consumed = new Set();

  /** @param {import("../../transport/metrics.js").Metrics} metrics */
  constructor(metrics) {
    this.#metrics = metrics;
  }

  /**
   * @param {Request} request
   * @param {boolean} isToRun
   */
  received(request, isToRun) {
    const { queue, workersLost } = request.delivery;
    if (workersLost > 0) this.#metrics.count(this.#redeliveredAt(queue));
    if (isToRun) this.#metrics.count(this.#rowOf(request).states.received);
  }

  /**
   * Shows 0 for what has not happened yet, since Prometheus does not count a counter's first value as an increase: redeliveries, and
   * the tasks of the app, unless they are too many.
   *
   * @param {readonly string[]} queues
   * @param {import("../model/types.js").TaskRegistry} tasks
   */
  consumes(queues, tasks) {
    for (const queue of queues) {
      if (this.#consumed.has(queue)) continue;
      this.#consumed.add(queue);
      this.#redeliveredAt(queue);
      const names = tasks.names().filter((name) => !name.startsWith(BUILTIN));
      if (this.#rowCount + names.length > MOST_ROWS) continue;
      for (const name of names) {
        this.#row(name, queue);
        this.#sentAt(name, queue);
      }
    }
  }

  /** @param {Request} request */
  started(request) {
    const row = this.#rowOf(request);
    this.#metrics.count(row.states.started);
    row.wait ||= this.#metrics.add("celery_task_queue_wait_time", row.labels);
    const sentMs = sentAtMs(request.message.properties.timestamp);
    if (sentMs === null) return;
    const waitedS = (Date.now() - Math.max(sentMs, request.etaMs ?? 0)) / 1000;
    this.#metrics.observe(row.wait, WAIT_BUCKETS, Math.max(0, waitedS));
  }

  /**
   * Counts before the result is stored, as every task passes here and storing is repeated until it succeeds. The methods below
   * count afterwards.
   *
   * @param {Request} request
   * @param {unknown} _value
   * @param {number} runtimeMs
   */
  succeeded(request, _value, runtimeMs) {
    const row = this.#rowOf(request);
    this.#metrics.count(row.states.succeeded);
    row.runtime ||= this.#metrics.add("celery_task_runtime", row.labels);
    this.#metrics.observe(row.runtime, RUNTIME_BUCKETS, runtimeMs / 1000);
  }

  /** @type {Happenings["failed"]} */
  failed(request, error, kind) {
    if (kind === "leave") return null;
    return () => {
      this.#countFailure(request, error);
      if (kind !== "settle" && !request.acknowledged) this.#countState(request, "rejected");
    };
  }

  /** @type {Happenings["retried"]} */
  retried(request) {
    return () => this.#countState(request, "retried");
  }

  /** @type {Happenings["rejected"]} */
  rejected(request, reject) {
    return () => {
      this.#countState(request, "rejected");
      if (reject !== null && !reject.requeue) this.#countFailure(request, reject);
    };
  }

  /** @type {Happenings["revoked"]} */
  revoked(request) {
    return () => this.#countState(request, "revoked");
  }

  /** @type {Happenings["buried"]} */
  buried(queue, reason, count) {
    const other = [isLabel(queue) ? queue : OTHER, OTHER];
    for (let i = 0; i < count; i += 1) {
      this.#metrics.count(this.#at(this.#dead, "celery_worker_dead_letters_total", [queue, reason], other));
    }
  }

  /**
   * Counts a sent task, whose name and queue this worker need not have.
   *
   * @param {string} name
   * @param {string} queue
   */
  sent(name, queue) {
    this.#metrics.count(this.#sentAt(name, queue));
  }

  /**
   * @param {Request} request
   * @param {(typeof STATES)[number]} state
   */
  #countState(request, state) {
    this.#metrics.count(this.#rowOf(request).states[state]);
  }

  /**
   * @param {Request} request
   * @param {Error} error
   */
  #countFailure(request, error) {
    const { failed, labels } = this.#rowOf(request);
    this.#metrics.count(this.#failedAt(failed, labels, className(error)));
  }

  /**
   * @param {Map<string, number>} failed
   * @param {Row["labels"]} labels
   * @param {string} exception "" for the series that gives a task without failures 0 instead of no data
   */
  #failedAt(failed, labels, exception) {
    const isShown = failed.has(exception) || (failed.size < MOST_EXCEPTIONS && isLabel(exception));
    const name = isShown ? exception : OTHER;
    const at = failed.get(name) ?? this.#metrics.add("celery_task_failed_total", [...labels, name]);
    failed.set(name, at);
    return at;
  }

  /** @param {string} queue */
  #redeliveredAt(queue) {
    return this.#at(this.#redelivered, "celery_worker_redelivered_total", [queue], [OTHER], MOST_ROWS);
  }

  /**
   * @param {string} name
   * @param {string} queue
   */
  #sentAt(name, queue) {
    return this.#at(this.#sent, "celery_task_sent_total", [name, queue], [OTHER, OTHER], MOST_ROWS);
  }

  /**
   * @param {Map<string, number>} series
   * @param {import("../../transport/metrics.js").FamilyName} family
   * @param {string[]} labels
   * @param {string[]} other the labels of everything that does not get its own series
   * @param {number} [most] series
   * @returns {number} the index of the cell
   */
  #at(series, family, labels, other, most = MOST_REASONS) {
    const isKnown = series.has(labels.join("\n"));
    const shown = isKnown || (series.size < most && labels.every(isLabel)) ? labels : other;
    const key = shown.join("\n"); // no label has a line break
    const at = series.get(key) ?? this.#metrics.add(family, shown);
    series.set(key, at);
    return at;
  }

  /** @param {Request} request */
  #rowOf({ task, delivery }) {
    return this.#row(task.name, delivery.queue);
  }

  /**
   * @param {string} name
   * @param {string} queue
   */
  #row(name, queue) {
    return this.#rows.get(name)?.get(queue) ?? this.#newRow(name, queue);
  }

  /**
   * @param {string} name
   * @param {string} queue
   * @returns {Row}
   */
  #newRow(name, queue) {
    if ((this.#rowCount >= MOST_ROWS || !isLabel(queue)) && name !== OTHER)
      return this.#rows.get(OTHER)?.get(OTHER) ?? this.#newRow(OTHER, OTHER);
    this.#rowCount += 1;
    const metrics = this.#metrics;
    const labels = /** @type {const} */ ([name, queue]);
    const at = STATES.map((state) => [state, metrics.add(`celery_task_${state}_total`, labels)]);
    const row = {
      labels,
      states: /** @type {Row["states"]} */ (Object.fromEntries(at)),
      runtime: 0,
      wait: 0,
      failed: new Map(),
    };
    this.#failedAt(row.failed, labels, "");
    const ofTask = this.#rows.get(name) ?? new Map();
    this.#rows.set(name, ofTask.set(queue, row));
    return row;
  }
}
