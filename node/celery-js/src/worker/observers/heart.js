/**
 * Sends heartbeats with the worker's load (celery.worker.heartbeat). It runs on the event loop, so a task that blocks the
 * loop delays it, and monitors may take the worker for lost meanwhile.
 */
import { loadavg } from "node:os";
import { MAX_TIMER_MS } from "../../protocol/time.js";
import { SOFTWARE } from "./software.js";
import { sendSignal } from "./task-signals.js";

export class Heart {
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #events;
  #intervalS;
  #counts;
  #log;

  /**
   * @param {object} options
   * @param {import("./event-dispatcher.js").EventDispatcher} options.events
   * @param {number} options.intervalS
   * @param {() => { active: number, processed: number }} options.counts how many tasks run, and how many have been started
   * @param {import("./log.js").Logger} options.log
   */
  constructor({ events, intervalS, counts, log }) {
    this.#events = events;
    this.#intervalS = intervalS;
    this.#counts = counts;
    this.#log = log;
  }

  start() {
    this.#send("worker-online");
    this.#timer = setInterval(() => this.#send("worker-heartbeat"), Math.min(this.#intervalS * 1000, MAX_TIMER_MS));
    this.#timer.unref();
  }

  /** Sends worker-online again, as Celery does on each new connection: monitors may have given the worker up. */
  again() {
    if (this.#timer !== undefined) this.#send("worker-online");
  }

  /** Idempotent. */
  stop() {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#send("worker-offline");
  }

  /** @param {string} type */
  #send(type) {
    void sendSignal(this.#log, "heartbeatSent", this, {}); // before each event, also the first and the last, as in Celery
    const { active, processed } = this.#counts();
    const load = loadavg().map((value) => Math.round(value * 100) / 100);
    this.#events.send(type, { freq: this.#intervalS, active, processed, loadavg: load, ...SOFTWARE });
  }
}
