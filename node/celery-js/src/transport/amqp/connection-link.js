/** The main thread's end of the connection's thread (connection-thread.js): it starts it, calls it, and gets its reports. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { ImproperlyConfigured, OperationalError } from "../../errors.js";
import { packageFile } from "../../package-files.js";
import { showHealthAddress } from "../../validation/health-address.js";
import { Vitals } from "../vitals.js";
import { Caller } from "./thread-calls.js";

/** How often the main thread shows that it is alive, and its state. */
const BEAT_MS = 500;
/** How long the start waits for remote control. A worker without it runs tasks all the same. */
const HEARS_WITHIN_MS = 5_000;
/** How long closing waits for the broker to learn of it. */
const CLOSE_WITHIN_MS = 1_500;

/**
 * @typedef {[number: number, queue: string, workersLost: number, raw: string]} Taken
 *
 * @typedef {object} ThreadData
 * @property {readonly import("./url.js").AmqpAddress[]} addresses
 * @property {string} workerName
 * @property {number} heartbeatS
 * @property {number} connectTimeoutMs
 * @property {import("./topology.js").QueueKind} queueKind
 * @property {number} loopStallLimitMs
 * @property {string | null} controlExchange of the commands of remote control; null: it receives none
 * @property {string} eventExchange
 * @property {{ limit: number, maxAgeMs: number }} deadLetters
 * @property {import("./loop-watch.js").Health | null} health
 * @property {BigInt64Array} cells of `Vitals`
 * @property {import("../metrics.js").SharedFigures | null} figures
 *
 * @typedef {object} Report a message of the thread, with some of these
 * @property {Taken[]} [taken]
 * @property {number[]} [lost] deliveries that the broker has taken back
 * @property {true} [up]
 * @property {{ reason: string, retryInMs: number }} [down]
 * @property {{ error: import("./thread-calls.js").ErrorData, retryInMs: number }} [refused]
 * @property {true} [accepted]
 * @property {import("./thread-calls.js").Answer} [answer]
 * @property {import("../../protocol/pidbox.js").Command} [command]
 * @property {true} [subscribed]
 * @property {string} [problem]
 * @property {string} [malformed]
 */

export class ConnectionLink {
  #settings;
  #hooks;
  #onReport;
  /** @type {Worker | null} */
  #thread = null;
  #caller = new Caller((call) => this.#thread?.postMessage(call));
  #beat = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);

  /**
   * @param {Omit<ThreadData, "cells" | "figures">} settings
   * @param {Partial<import("../transport.js").ConsumerHooks>} hooks
   * @param {(report: Report) => void} onReport
   */
  constructor(settings, hooks, onReport) {
    this.#settings = settings;
    this.#hooks = hooks;
    this.#onReport = onReport;
  }

  /**
   * Starts the thread: it watches the event loop and answers health checks.
   *
   * @returns {Promise<import("../../validation/health-address.js").HealthAddress | null>} where health checks are answered, if they are
   * @throws {ImproperlyConfigured} when it cannot listen there
   */
  async start() {
    const vitals = new Vitals();
    const { snapshot = idle, figures = null } = this.#hooks;
    vitals.show(snapshot());
    this.#beat = setInterval(() => vitals.show(snapshot()), BEAT_MS).unref();
    const settings = this.#settings;
    /** @type {ThreadData} */
    const workerData = {
      ...settings,
      cells: vitals.cells,
      figures: figures && { cells: figures.cells, series: figures.series, hostname: hostOf(settings.workerName) },
    };
    const thread = new Worker(packageFile("transport/amqp/connection-thread.js"), {
      workerData,
      name: "celery-js connection",
    });
    this.#thread = thread;
    if (figures) figures.onSeries = (series) => void this.tell("series", series);
    thread.on("message", (/** @type {Report} */ report) => {
      if (report.answer) this.#caller.receive(report.answer);
      this.#onReport(report);
    });
    thread.on("exit", () => this.#caller.close(new OperationalError("the connection's thread has ended")));
    // It keeps the process alive: nothing else may, while the broker is away.
    await once(thread, "online");
    try {
      return await this.call("watch");
    } catch (error) {
      const where = settings.health === null ? "" : showHealthAddress(settings.health.address);
      const { message } = /** @type {Error} */ (error);
      throw new ImproperlyConfigured(`workerHealthAddress: cannot listen on ${where}: ${message}`);
    }
  }

  /** @returns {Promise<void>} once it receives remote control, if it is to, or after a while */
  async begin() {
    const thread = this.#thread;
    await this.call("begin");
    if (thread && this.#settings.controlExchange !== null) await hears(thread);
  }

  /**
   * @template T
   * @param {string} method of connection-thread.js
   * @param {unknown[]} args
   * @returns {Promise<T>}
   */
  call(method, ...args) {
    return this.#caller.call(method, ...args);
  }

  /**
   * A call whose failure changes nothing: the connection was lost or closed, and the broker has everything back.
   *
   * @param {string} method
   * @param {unknown[]} args
   */
  tell(method, ...args) {
    return this.call(method, ...args).catch(() => {});
  }

  /**
   * @param {Error} reason for calls that have no answer yet
   * @returns {Promise<void>} once the broker knows, or after a while
   */
  async close(reason) {
    const closed = this.tell("close");
    this.#caller.close(reason, { except: "close" });
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSE_WITHIN_MS).unref())]);
  }

  async stop() {
    clearInterval(this.#beat);
    await this.#thread?.terminate();
    this.#thread = null;
  }
}

/** @param {string} workerName */
const hostOf = (workerName) => workerName.slice(workerName.indexOf("@") + 1);

/** @returns {import("../vitals.js").Snapshot} of a worker that does not publish its state */
const idle = () => ({ phase: "consuming", running: 0, free: 0, untakenMs: 0 });

/**
 * @param {Worker} thread
 * @returns {Promise<void>} once it receives commands, or after a while
 */
function hears(thread) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      thread.off("message", onMessage).off("exit", done);
      resolve();
    };
    const onMessage = (/** @type {Report} */ { subscribed }) => void (subscribed && done());
    const timer = setTimeout(done, HEARS_WITHIN_MS);
    thread.on("message", onMessage).once("exit", done);
  });
}
