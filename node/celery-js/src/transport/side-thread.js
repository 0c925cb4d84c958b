/**
 * The main thread's handle of a side thread, which keeps a worker's messages while tasks block the event loop. It also shows the
 * thread that the main one is alive, and its state.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { packageFile } from "../package-files.js";
import { Vitals } from "./vitals.js";

/** How often the main thread shows that it is alive, and its state. */
const BEAT_MS = 500;
/** How long the start waits for remote control. A worker without it still runs tasks, and receives commands as soon as it can. */
const HEARS_WITHIN_MS = 5_000;

/**
 * @typedef {object} SideThreadData what each thread gets in addition to its own settings
 * @property {BigInt64Array} cells of `Vitals`
 * @property {import("./metrics-endpoint.js").SharedMetrics | null} metrics
 *
 * @typedef {object} ControlReport what each thread reports about remote control, in messages that may have more
 * @property {true} [subscribed] it receives commands from now on
 * @property {import("../protocol/pidbox.js").Command} [command] for this worker
 * @property {string} [problem] a problem with remote control
 * @property {string} [malformed] the fault of a message that is not a command
 */

/** @template {ControlReport} Report */
export class SideThread {
  /** @type {Worker | null} */
  #worker = null;
  #beat = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
  #file;
  #name;
  #hooks;
  #resourceLimits;

  /**
   * @param {string} file the thread's program, in this package
   * @param {string} name
   * @param {Partial<import("./transport.js").ConsumerHooks>} hooks
   * @param {import("node:worker_threads").ResourceLimits} [resourceLimits]
   */
  constructor(file, name, hooks, resourceLimits) {
    this.#file = file;
    this.#name = name;
    this.#hooks = hooks;
    this.#resourceLimits = resourceLimits;
  }

  /**
   * Starts it. It keeps the process alive; see `unref`.
   *
   * @param {{ workerName: string }} settings the thread's own
   * @param {object} hooks
   * @param {(report: Report) => void} hooks.onReport
   * @param {(series: import("./metrics.js").Series) => void} hooks.onSeries called with each new series of metrics
   * @param {() => void} [hooks.onExit]
   * @returns {Promise<void>} once it runs; the thread is there when the call returns
   */
  async start(settings, { onReport, onSeries, onExit = () => {} }) {
    const vitals = new Vitals();
    const { snapshot = idle, metrics = null } = this.#hooks;
    vitals.show(snapshot());
    this.#beat = setInterval(() => vitals.show(snapshot()), BEAT_MS).unref();
    const workerData = {
      ...settings,
      cells: vitals.cells,
      metrics: metrics && { cells: metrics.cells, series: metrics.series, hostname: hostOf(settings.workerName) },
    };
    const resourceLimits = this.#resourceLimits;
    const worker = new Worker(packageFile(this.#file), { workerData, name: this.#name, resourceLimits });
    this.#worker = worker;
    if (metrics) metrics.onSeries = onSeries;
    worker.on("message", (/** @type {Report} */ report) => {
      this.#onControl(report);
      onReport(report);
    });
    worker.on("exit", onExit);
    await once(worker, "online");
  }

  /** Lets the process end although the thread runs. */
  unref() {
    this.#worker?.unref();
  }

  /** @param {unknown} message */
  post(message) {
    this.#worker?.postMessage(message);
  }

  /**
   * @param {(report: Report) => boolean} isIt
   * @returns {Promise<Report | null>} the next such message; null: it has ended, or never ran
   */
  async reports(isIt) {
    const worker = this.#worker;
    if (worker === null) return null;
    return new Promise((resolve) => {
      const done = (/** @type {Report | null} */ found) => {
        worker.off("message", onMessage).off("exit", onExit);
        resolve(found);
      };
      const onMessage = (/** @type {Report} */ report) => void (isIt(report) && done(report));
      const onExit = () => done(null);
      worker.on("message", onMessage).once("exit", onExit);
    });
  }

  /** @returns {Promise<void>} once it receives commands, or after a while */
  async hears() {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, HEARS_WITHIN_MS);
    });
    await Promise.race([this.reports(({ subscribed }) => subscribed === true), late]);
    clearTimeout(timer);
  }

  /** @returns {Promise<void>} */
  async stop() {
    clearInterval(this.#beat);
    await this.#worker?.terminate();
    this.#worker = null;
  }

  /** @param {ControlReport} report */
  #onControl({ subscribed, command, problem, malformed }) {
    const hooks = this.#hooks;
    if (subscribed) hooks.onSubscribed?.();
    if (command) hooks.onCommand?.(command);
    if (problem) hooks.onProblem?.(problem);
    if (malformed !== undefined) hooks.onMalformed?.(malformed);
  }
}

/** @param {string} workerName @returns {string} its host, which is the label `hostname` of celery-exporter */
const hostOf = (workerName) => workerName.slice(workerName.indexOf("@") + 1);

/** @returns {import("./vitals.js").Snapshot} of a worker that does not publish its state */
const idle = () => ({ phase: "consuming", running: 0, free: 0, untakenMs: 0 });
