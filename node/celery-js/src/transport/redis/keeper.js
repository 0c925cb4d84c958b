/**
 * The keeper's handle on the main thread. The keeper (keeper-thread.js) renews the leases of everything this worker holds,
 * on a thread and a connection of its own, so that a task which blocks the event loop does not cost the leases of the
 * others. It also sweeps, answers health checks, watches the event loop, and ends a process whose loop has stalled for
 * too long.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { ImproperlyConfigured } from "../../errors.js";
import { packageFile } from "../../package-files.js";
import { showHealthAddress } from "../../validation/health-address.js";
import { Vitals } from "../vitals.js";
import { HeldNumbers } from "./held-numbers.js";
import { refusalOf } from "./replies.js";

/** How often the main thread shows the keeper that it is alive, and its state. */
const BEAT_MS = 500;
/**
 * How long the start waits for remote control. A worker without it runs tasks all the same, and receives it when it can.
 */
const HEARS_WITHIN_MS = 5_000;

/** kombu's visibility_timeout is an hour: three times in that hour, its sweep is shown that this worker lives. */
const RESCORE_MS = 20 * 60_000;

/**
 * @typedef {Pick<import("./consumer.js").ConsumerOptions, "address" | "workerName" | "tagPrefix" | "leaseMs" | "deadLetterLimit">} Shared
 *
 * @typedef {object} KeeperSettings
 * @property {{ globalKeyprefix?: string, prioritySteps?: readonly number[], db: number }} keyOptions of `redisKeys`
 * @property {number} [rescoreMs] how often kombu's time of delivery is renewed
 * @property {number} loopStallLimitMs 0 = never end the process
 * @property {HealthOptions | null} health where health checks are answered, if anywhere
 * @property {string | null} controlExchange of the commands of remote control; null: it receives none
 *
 * @typedef {object} OfThread
 * @property {number} rescoreMs
 * @property {BigInt64Array} cells of `Vitals`
 * @property {import("../metrics.js").SharedFigures | null} figures
 *
 * @typedef {Shared & KeeperSettings & OfThread} ThreadData
 *
 * @typedef {object} HealthOptions
 * @property {import("../../validation/health-address.js").HealthAddress} address
 * @property {number} readyStallMs a worker whose event loop has not turned for this long is not ready
 *
 * @typedef {{ delivery: import("../transport.js").Delivery | null }} Item
 *
 * @typedef {object} Report a message of the thread, with one of these
 * @property {string[]} [lost] tags of deliveries whose lease ran out before it could be renewed, or was released
 * @property {import("./sweeper.js").Swept[]} [restored] messages that the sweep put back
 * @property {string | null} [sweepError] null: sweeps work again
 * @property {{ reason: string, retryInMs: number } | null} [outage] of its connection; null: it is up
 * @property {true} [answers] the server has answered on it, since that was asked for
 * @property {import("../../validation/health-address.js").HealthAddress} [listening] where health checks are answered
 * @property {string} [notListening] why they are not
 * @property {true} [subscribed] it receives commands of remote control from now on
 * @property {import("./keeper-mailbox.js").Command} [command] of remote control, for this worker
 * @property {string} [problem] with remote control
 * @property {string} [malformed] the fault of a message of remote control that is not a command
 */

export class Keeper {
  /** @type {Worker | null} */
  #thread = null;
  #beat = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
  #held = new HeldNumbers((held) => this.#thread?.postMessage({ held }));
  #shared;
  #settings;
  #hooks;

  /**
   * @param {Shared} shared
   * @param {KeeperSettings} settings
   * @param {Partial<import("../transport.js").ConsumerHooks>} hooks
   */
  constructor({ address, workerName, tagPrefix, leaseMs, deadLetterLimit }, settings, hooks) {
    this.#shared = { address, workerName, tagPrefix, leaseMs, deadLetterLimit };
    this.#settings = { rescoreMs: RESCORE_MS, ...settings };
    this.#hooks = hooks;
  }

  /**
   * Starts the thread: it watches the event loop and answers health checks.
   *
   * @returns {Promise<import("../../validation/health-address.js").HealthAddress | null>} where health checks are answered, if they
   *   are, once the thread runs
   * @throws {ImproperlyConfigured} when it cannot listen there
   */
  async start() {
    const { health } = this.#settings;
    const vitals = new Vitals();
    const { snapshot = idle, figures = null } = this.#hooks;
    vitals.show(snapshot());
    this.#beat = setInterval(() => vitals.show(snapshot()), BEAT_MS).unref();
    /** @type {ThreadData} */
    const workerData = {
      ...this.#shared,
      ...this.#settings,
      cells: vitals.cells,
      figures: figures && { cells: figures.cells, series: figures.series, hostname: hostOf(this.#shared.workerName) },
    };
    const thread = new Worker(packageFile("transport/redis/keeper-thread.js"), {
      workerData,
      name: "celery-js keeper",
      // It makes little garbage: with a small young generation its peak RSS falls by 3 MB.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    this.#thread = thread;
    if (figures) figures.onSeries = (series) => thread.postMessage({ series });
    const listening = health && listens(thread, health);
    thread.on("message", (/** @type {Report} */ report) => this.#receive(report));
    const [address] = await Promise.all([listening, once(thread, "online")]);
    thread.unref();
    return address;
  }

  /**
   * Starts to renew, to sweep and to receive remote control, once the server was found fit.
   *
   * @returns {Promise<void>} once it receives commands, or after a while
   */
  async begin() {
    const thread = this.#thread;
    thread?.postMessage({ begin: true });
    if (thread && this.#settings.controlExchange !== null) await hears(thread);
  }

  /** Has the queues measured for the metrics. @param {string[]} queues that the worker consumes */
  measure(queues) {
    this.#thread?.postMessage({ queues });
  }

  /**
   * Starts to renew. Must be called in the tick in which the messages arrived: a task may block the loop in the next one.
   *
   * @param {readonly import("../transport.js").Delivery[]} deliveries
   * @param {readonly number[]} limitsMs their hard time limits, 0 for none: when the loop stalls for longer, they are
   *   released
   */
  hold(deliveries, limitsMs) {
    if (this.#thread === null) return;
    for (let i = 0; i < deliveries.length; i += 1) this.#held.add(deliveries[i], limitsMs[i]);
  }

  /** @returns {Promise<void>} once the server has answered a question that the thread asked after this call */
  async answers() {
    const thread = this.#thread;
    if (thread === null) return;
    thread.postMessage({ prove: true });
    for (;;) {
      const [report] = /** @type {[Report]} */ (await once(thread, "message"));
      if (report.answers) return;
    }
  }

  /** Stops renewing. @param {readonly Item[]} items without a delivery: nothing to release */
  release(items) {
    for (const { delivery } of items) if (delivery !== null) this.#held.delete(delivery);
  }

  /** @returns {Promise<void>} */
  async stop() {
    clearInterval(this.#beat);
    await this.#thread?.terminate();
    this.#thread = null;
  }

  /** @param {Report} report */
  #receive({ lost, restored, sweepError, outage, command, problem, malformed, subscribed }) {
    const hooks = this.#hooks;
    if (subscribed) hooks.onSubscribed?.();
    if (command) hooks.onCommand?.(command);
    if (problem) hooks.onProblem?.(problem);
    if (malformed !== undefined) hooks.onMalformed?.(malformed);
    if (lost) {
      this.#held.deleteNumbers(new Set(lost.map((tag) => Number(tag.slice(this.#shared.tagPrefix.length)))));
      hooks.onLost?.(lost);
    }
    if (restored) hooks.onRestored?.(restored);
    if (sweepError !== undefined) hooks.onSweep?.(sweepError === null ? null : refusalOf(sweepError));
    if (outage) hooks.onRenewalDown?.(new Error(outage.reason), outage.retryInMs);
    if (outage === null) hooks.onRenewalUp?.();
  }
}

/** @param {string} workerName @returns {string} its host, which is the label `hostname` of celery-exporter */
const hostOf = (workerName) => workerName.slice(workerName.indexOf("@") + 1);

/** @returns {import("../vitals.js").Snapshot} of a worker that does not publish its state */
const idle = () => ({ phase: "consuming", running: 0, free: 0, untakenMs: 0 });

/**
 * @param {Worker} thread
 * @returns {Promise<void>}
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

/**
 * @param {Worker} thread
 * @param {HealthOptions} health
 * @returns {Promise<import("../../validation/health-address.js").HealthAddress>} where the thread listens, once it does
 */
function listens(thread, { address }) {
  return new Promise((resolve, reject) => {
    thread.on("message", (/** @type {Report} */ { listening, notListening }) => {
      if (listening !== undefined) resolve(listening);
      if (notListening === undefined) return;
      reject(
        new ImproperlyConfigured(
          `workerHealthAddress: cannot listen on ${showHealthAddress(address)}: ${notListening}`,
        ),
      );
    });
  });
}
