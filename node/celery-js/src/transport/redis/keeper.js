/**
 * The keeper's handle on the main thread. The keeper (keeper-thread.js) renews the leases of everything this worker holds,
 * on a separate thread and connection, so that a task which blocks the event loop does not cost the leases of the
 * others. It also sweeps, answers health checks, watches the event loop, and ends a process whose loop has stalled for
 * too long.
 */
import { ImproperlyConfigured } from "../../errors.js";
import { cannotListen } from "../../validation/health-address.js";
import { SideThread } from "../side-thread.js";
import { HeldNumbers } from "./held-numbers.js";
import { refusalOf } from "./replies.js";

/** A third of kombu's visibility_timeout (an hour), after which its sweep takes messages for lost. */
const RESCORE_MS = 20 * 60_000;
/** Of the thread, which makes little garbage: otherwise, loading its modules would leave it with 13 MB more. */
const MAX_YOUNG_GENERATION_MB = 2;

/**
 * @typedef {Pick<import("./consumer.js").ConsumerOptions, "address" | "workerName" | "tagPrefix" | "leaseMs" | "deadLetterLimit" | "limits">} Shared
 *
 * @typedef {object} KeeperSettings
 * @property {{ globalKeyprefix?: string, prioritySteps?: readonly number[], db: number }} keyOptions of `redisKeys`
 * @property {number} [rescoreMs] how often kombu's time of delivery is renewed
 * @property {number} loopStallLimitMs 0 = never end the process
 * @property {import("../thread-health.js").HealthOptions | null} health where health checks are answered, if anywhere
 * @property {string | null} controlExchange of the commands of remote control; null: it receives none
 *
 * @typedef {Shared & KeeperSettings & { rescoreMs: number } & import("../side-thread.js").SideThreadData} ThreadData
 *
 * @typedef {object} OwnReport
 * @property {string[]} [missing] tags of deliveries without a lease: it ran out, or they are just being settled
 * @property {string[]} [lost] tags of deliveries whose lease ran out before it could be renewed, or was released
 * @property {import("./sweeper.js").Swept[]} [restored] messages that the sweep put back
 * @property {string | null} [sweepError] null: sweeps work again
 * @property {{ reason: string, retryInMs: number } | null} [outage] of its connection; null: it is up
 * @property {true} [answers] the server has answered on it, since that was asked for
 * @property {import("../../validation/health-address.js").HealthAddress} [listening] where health checks are answered
 * @property {string} [notListening] why they are not
 *
 * @typedef {OwnReport & import("../side-thread.js").ControlReport} Report a message of the thread, with one of these
 */

export class Keeper {
  /** @type {SideThread<Report>} */
  #thread;
  /** The numbers of the deliveries whose leases the thread renews. */
  held = new HeldNumbers((page) => this.#thread.post({ held: page }));
  #shared;
  #settings;
  #hooks;

  /**
   * @param {Shared} shared
   * @param {KeeperSettings} settings
   * @param {Partial<import("../transport.js").ConsumerHooks>} hooks
   */
  constructor({ address, workerName, tagPrefix, leaseMs, deadLetterLimit, limits }, settings, hooks) {
    this.#shared = { address, workerName, tagPrefix, leaseMs, deadLetterLimit, limits };
    this.#settings = { rescoreMs: RESCORE_MS, ...settings };
    this.#hooks = hooks;
    this.#thread = new SideThread("transport/redis/keeper-thread.js", "celery-js keeper", hooks, {
      maxYoungGenerationSizeMb: MAX_YOUNG_GENERATION_MB,
    });
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
    const thread = this.#thread;
    const started = thread.start(
      { ...this.#shared, ...this.#settings },
      { onReport: (report) => this.#receive(report), onSeries: (series) => thread.post({ series }) },
    );
    const isAnswer = (/** @type {Report} */ { listening, notListening }) => Boolean(listening ?? notListening);
    const [answer] = await Promise.all([health && thread.reports(isAnswer), started]);
    thread.unref();
    if (health === null || !answer) return null;
    const { listening = null, notListening } = answer;
    if (notListening === undefined) return listening;
    throw new ImproperlyConfigured(cannotListen(health.address, notListening));
  }

  /**
   * Starts renewing, sweeping and receiving remote control, after the server's configuration was checked.
   *
   * @returns {Promise<void>} once it can renew, because a busy machine may take longer than a lease to start the thread; and
   *   once it receives commands, or after a while
   */
  async begin() {
    this.#thread.post({ begin: true });
    const isHeard = this.#settings.controlExchange === null ? null : this.#thread.hears();
    await Promise.all([this.answers(), isHeard]);
  }

  /** Has the queues measured for the metrics. @param {string[]} queues that the worker consumes */
  measure(queues) {
    this.#thread.post({ queues });
  }

  /** @returns {Promise<void>} once the server has answered a question that the thread asked after this call */
  async answers() {
    this.#thread.post({ prove: true });
    await this.#thread.reports(({ answers }) => answers === true);
  }

  /** @returns {Promise<void>} */
  stop() {
    return this.#thread.stop();
  }

  /** @param {Report} report */
  #receive({ missing, lost, restored, sweepError, outage }) {
    const hooks = this.#hooks;
    if (missing) hooks.onMissing?.(missing);
    if (lost) {
      this.held.deleteNumbers(new Set(lost.map((tag) => Number(tag.slice(this.#shared.tagPrefix.length)))));
      hooks.onLost?.(lost);
    }
    if (restored) hooks.onRestored?.(restored);
    if (sweepError !== undefined) hooks.onSweep?.(sweepError === null ? null : refusalOf(sweepError));
    if (outage) hooks.onRenewalDown?.(new Error(outage.reason), outage.retryInMs);
    if (outage === null) hooks.onRenewalUp?.();
  }
}
