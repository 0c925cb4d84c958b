/**
 * The main thread's handle of the connection's thread (connection-thread.js): starts it, calls its methods, and gets its reports.
 */
import { ImproperlyConfigured, OperationalError } from "../../errors.js";
import { cannotListen } from "../../validation/health-address.js";
import { SideThread } from "../side-thread.js";
import { Caller } from "./thread-calls.js";

/** How long closing waits for the broker's answer. */
const CLOSE_WITHIN_MS = 1_500;

/**
 * @typedef {[number: number, queue: string, workersLost: number, raw: string]} Taken
 *
 * @typedef {object} LinkSettings
 * @property {readonly import("./url.js").AmqpAddress[]} addresses
 * @property {string} workerName
 * @property {number} heartbeatS
 * @property {number} connectTimeoutMs
 * @property {import("./topology.js").QueueKind} queueKind
 * @property {number} loopStallLimitMs
 * @property {string | null} controlExchange of the commands of remote control; null: it receives none
 * @property {string} eventExchange
 * @property {{ limit: number, maxAgeMs: number }} deadLetters
 * @property {import("../thread-health.js").HealthOptions | null} health
 *
 * @typedef {LinkSettings & import("../side-thread.js").SideThreadData} ThreadData
 *
 * @typedef {object} OwnReport
 * @property {Taken[]} [taken]
 * @property {number[]} [lost] deliveries that the broker has taken back
 * @property {true} [up]
 * @property {{ reason: string, retryInMs: number }} [down]
 * @property {{ error: import("./thread-calls.js").ErrorData, retryInMs: number }} [refused]
 * @property {true} [accepted]
 * @property {import("./errors.js").Trouble} [trouble]
 * @property {string} [troubleOver]
 * @property {import("./thread-calls.js").Answer} [answer]
 *
 * @typedef {OwnReport & import("../side-thread.js").ControlReport} Report a message of the thread, with some of these
 */

export class ConnectionLink {
  #settings;
  #onReport;
  #hooks;
  /** @type {SideThread<Report>} It keeps the process alive: nothing else may, while the broker is away. */
  #thread;
  #caller = new Caller((call) => this.#thread.post(call));

  /**
   * @param {LinkSettings} settings
   * @param {Partial<import("../transport.js").ConsumerHooks>} hooks
   * @param {(report: Report) => void} onReport
   */
  constructor(settings, hooks, onReport) {
    this.#settings = settings;
    this.#onReport = onReport;
    this.#hooks = hooks;
    this.#thread = new SideThread("transport/amqp/connection-thread.js", "celery-js connection", hooks);
  }

  /**
   * Starts the thread: it watches the event loop and answers health checks.
   *
   * @returns {Promise<import("../../validation/health-address.js").HealthAddress | null>} where health checks are answered, if they are
   * @throws {ImproperlyConfigured} when it cannot listen there
   */
  async start() {
    await this.#thread.start(this.#settings, {
      onReport: (report) => {
        if (report.answer) this.#caller.receive(report.answer);
        if (report.trouble) this.#hooks.onTrouble?.(report.trouble);
        if (report.troubleOver) this.#hooks.onTroubleOver?.(report.troubleOver);
        this.#onReport(report);
      },
      onSeries: (series) => void this.tell("series", series),
      onExit: () => this.#caller.close(new OperationalError("the connection's thread has ended")),
    });
    try {
      return await this.call("watch");
    } catch (error) {
      const { health } = this.#settings;
      if (health === null) throw error;
      throw new ImproperlyConfigured(cannotListen(health.address, /** @type {Error} */ (error).message));
    }
  }

  /** @returns {Promise<void>} once it receives remote control commands, if wanted, or after a while */
  async begin() {
    await this.call("begin");
    if (this.#settings.controlExchange !== null) await this.#thread.hears();
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
   * Calls without waiting. Failures are ignored, because the broker has everything back once the connection is lost or closed.
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

  /** @returns {Promise<void>} */
  stop() {
    return this.#thread.stop();
  }
}
