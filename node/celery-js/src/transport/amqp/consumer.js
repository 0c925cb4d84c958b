/**
 * The consuming half of the AMQP transport, on the main thread. The connection is in a thread of its own (connection-thread.js):
 * it is the lease of everything that this worker holds, and heartbeats have to be answered while a task blocks the event loop.
 * What the broker sends waits here until it is taken, up to the prefetch limit of each queue.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { ImproperlyConfigured, OperationalError } from "../../errors.js";
import { packageFile } from "../../package-files.js";
import { showHealthAddress } from "../../validation/health-address.js";
import { Vitals } from "../vitals.js";
import { Caller, toError } from "./thread-calls.js";
import { WaitingDeliveries } from "./waiting.js";

/** How often the main thread shows that it is alive, and its state. */
const BEAT_MS = 500;
/** How long a wait for messages lasts at most: a worker that takes shows that it works. */
const POLL_MS = 1_000;
/** How long the start waits for remote control. A worker without it runs tasks all the same. */
const HEARS_WITHIN_MS = 5_000;
/** How long the prefetch limit may be wrong before it is changed, as that means to consume again. */
const MISFIT_MS = 900;
/** How long closing waits for the broker to learn of it. */
const CLOSE_WITHIN_MS = 1_500;

/**
 * @typedef {import("../transport.js").Consumer} Consumer
 * @typedef {import("../transport.js").Delivery} Delivery
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
 *
 * @typedef {object} ConsumerOptions
 * @property {Omit<ThreadData, "cells" | "figures">} thread
 * @property {string} display the broker, without its password
 * @property {string} tagPrefix unique to this process, so that a tag is never used twice
 * @property {string[]} warnings for the start
 */

/** @implements {Consumer} */
export class AmqpConsumer {
  #options;
  #hooks;
  /** @type {Worker | null} */
  #thread = null;
  #caller = new Caller((call) => this.#thread?.postMessage(call));
  #beat = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
  #waiting = new WaitingDeliveries();
  /** What was taken and has not ended. @type {Map<number, Delivery>} */
  #open = new Map();
  #prefetch = 0;
  /** When the prefetch limit last fitted. */
  #fitsAtMs = 0;
  #endWait = /** @type {(() => void) | null} */ (null);
  #hasNews = false;
  #isStopped = false;
  /** @type {Promise<void> | null} */
  #closing = null;

  capabilities = Object.freeze({ canPark: true, canStoreResultsWithSettle: false });
  /** @type {readonly string[]} */
  queues = [];
  answeredAtMs = 0;
  isConnected = false;

  /**
   * @param {ConsumerOptions} options
   * @param {Partial<import("../transport.js").ConsumerHooks>} hooks
   */
  constructor(options, hooks) {
    this.#options = options;
    this.#hooks = hooks;
  }

  /** @type {Consumer["watch"]} */
  async watch() {
    const vitals = new Vitals();
    const { snapshot = idle, figures = null } = this.#hooks;
    vitals.show(snapshot());
    this.#beat = setInterval(() => vitals.show(snapshot()), BEAT_MS).unref();
    const { thread: settings } = this.#options;
    const thread = new Worker(packageFile("transport/amqp/connection-thread.js"), {
      workerData: /** @type {ThreadData} */ ({
        ...settings,
        cells: vitals.cells,
        figures: figures && { cells: figures.cells, series: figures.series, hostname: hostOf(settings.workerName) },
      }),
      name: "celery-js connection",
    });
    this.#thread = thread;
    if (figures) figures.onSeries = (series) => void this.#tell("series", series);
    thread.on("message", (/** @type {Report} */ report) => this.#receive(report));
    thread.on("exit", () => this.#caller.close(new OperationalError("the connection's thread has ended")));
    // It keeps the process alive: nothing else may, while the broker is away.
    await once(thread, "online");
    try {
      return await this.#caller.call("watch");
    } catch (error) {
      const where = settings.health === null ? "" : showHealthAddress(settings.health.address);
      const { message } = /** @type {Error} */ (error);
      throw new ImproperlyConfigured(`workerHealthAddress: cannot listen on ${where}: ${message}`);
    }
  }

  /** @type {Consumer["start"]} */
  async start(queues) {
    /** @type {string[]} */
    const warnings = await this.#caller.call("start", queues);
    for (const queue of queues) this.#listen(queue);
    return [...this.#options.warnings, ...warnings];
  }

  /** @type {Consumer["startRenewing"]} */
  async startRenewing() {
    const thread = this.#thread;
    await this.#caller.call("begin");
    if (thread && this.#options.thread.controlExchange !== null) await hears(thread);
  }

  /**
   * See `Consumer`. The first call starts to consume: its limit is all the room that there is.
   *
   * @type {Consumer["take"]}
   */
  async take(limit) {
    if (!this.isConnected && this.#waiting.size === 0) {
      throw new OperationalError(`${this.#options.display} is not connected`);
    }
    this.#hasNews = false;
    this.answeredAtMs = performance.now();
    this.#adjustPrefetch(limit);
    const deliveries = this.#waiting.take(limit, this.queues);
    for (const delivery of deliveries) this.#open.set(delivery.number, delivery);
    return { deliveries, undecodable: 0 };
  }

  /** @type {Consumer["wait"]} */
  async wait() {
    if (this.#hasNews || this.#isStopped) return;
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS, undefined);
      this.#endWait = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
    this.#endWait = null;
  }

  /** @type {Consumer["wake"]} */
  wake() {
    this.#hasNews = true;
    this.#endWait?.();
  }

  /** @type {Consumer["reconnected"]} */
  async reconnected(timeoutMs) {
    await this.#caller.call("reconnected", timeoutMs);
  }

  /** @type {Consumer["answers"]} */
  answers() {
    return this.#caller.call("ask");
  }

  /** @type {Consumer["addQueue"]} */
  async addQueue(queue, binding) {
    await this.#caller.call("addQueue", queue, binding);
    this.#listen(queue);
    this.wake();
  }

  /** @type {Consumer["cancelQueue"]} */
  cancelQueue(queue) {
    this.queues = this.queues.filter((each) => each !== queue);
    void this.#tell("cancelQueue", queue);
    void this.#giveBack(this.#waiting.removeQueue(queue));
  }

  /** @type {Consumer["stopTaking"]} */
  async stopTaking() {
    this.#isStopped = true;
    await this.#tell("prefetch", 0);
    await this.#giveBack(this.#waiting.clear());
  }

  /** @type {Consumer["hold"]} */
  hold(deliveries, limitsMs) {
    // Messages without a limit, which most are, are held without it.
    const limited = deliveries.filter((_, i) => limitsMs[i] > 0).map(({ number }) => number);
    if (limited.length > 0) {
      void this.#tell(
        "hold",
        limited,
        limitsMs.filter((limitMs) => limitMs > 0),
      );
    }
  }

  /** @type {Consumer["release"]} */
  release({ number }) {
    this.#open.delete(number);
    void this.#tell("release", number);
  }

  /** @type {Consumer["settle"]} */
  async settle(items, onSent) {
    const deliveries = items.flatMap(({ delivery }) => delivery ?? []);
    const ended = this.#end("settle", deliveries, deliveries.map(numberOf));
    onSent?.();
    return ended;
  }

  /** @type {Consumer["requeue"]} */
  requeue(items) {
    const deliveries = items.map(({ delivery }) => delivery);
    return this.#end(
      "requeue",
      deliveries,
      items.map(({ delivery: { number }, priority }) => ({ number, priority })),
    );
  }

  /** @type {Consumer["park"]} */
  park(items) {
    const deliveries = items.map(({ delivery }) => delivery);
    return this.#end(
      "park",
      deliveries,
      items.map(({ delivery: { number }, dueMs }) => ({ number, dueMs })),
    );
  }

  /** @type {Consumer["bury"]} */
  bury(items) {
    const deliveries = items.map(({ delivery }) => delivery);
    return this.#end(
      "bury",
      deliveries,
      items.map(({ delivery: { number }, reason }) => ({ number, reason })),
    );
  }

  /** @type {Consumer["markStarted"]} */
  markStarted({ number }) {
    return this.#caller.call("has", number);
  }

  /** @type {Consumer["reply"]} */
  reply({ exchange, routingKey }, text) {
    return this.#caller.call("reply", { exchange, routingKey }, text);
  }

  /** @type {Consumer["broadcast"]} */
  broadcast(exchange, routingKey, text) {
    return this.#caller.call("broadcast", exchange, routingKey, text);
  }

  /** @type {Consumer["close"]} */
  close() {
    if (this.#closing !== null) return;
    this.#isStopped = true;
    this.#endWait?.();
    this.#closing = this.#close();
  }

  /** @type {Consumer["stop"]} */
  async stop() {
    this.close();
    await this.#closing;
    clearInterval(this.#beat);
    await this.#thread?.terminate();
    this.#thread = null;
  }

  async #close() {
    const closed = this.#tell("close");
    this.#caller.close(new OperationalError(`connection to ${this.#options.display} is closed`), { except: "close" });
    this.isConnected = false;
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSE_WITHIN_MS).unref())]);
  }

  /**
   * A call whose failure changes nothing: the connection was lost or closed, and the broker has everything back.
   *
   * @param {string} method
   * @param {unknown[]} args
   */
  #tell(method, ...args) {
    return this.#caller.call(method, ...args).catch(() => {});
  }

  /**
   * @param {string} method
   * @param {readonly Delivery[]} deliveries
   * @param {unknown[]} items
   * @returns {Promise<Delivery[]>} those that the broker had taken back
   */
  async #end(method, deliveries, items) {
    if (items.length === 0) return [];
    /** @type {number[]} */
    const gone = await this.#caller.call(method, items);
    for (const { number } of deliveries) this.#open.delete(number);
    return gone.length === 0 ? [] : deliveries.filter(({ number }) => gone.includes(number));
  }

  /** @param {readonly Delivery[]} deliveries that nobody has taken */
  async #giveBack(deliveries) {
    // In their order: they are published again one after the other.
    const items = deliveries.map(({ number, raw }) => ({ number, priority: priorityIn(raw) }));
    if (items.length > 0) await this.#tell("requeue", items);
  }

  /** @param {string} queue */
  #listen(queue) {
    if (!this.queues.includes(queue)) this.queues = [...this.queues, queue];
  }

  /**
   * The first limit is the worker's window. Later it is changed only when it does not fit: messages that wait for their eta
   * keep the broker from sending others, or the pool has become smaller.
   *
   * @param {number} limit
   */
  #adjustPrefetch(limit) {
    const now = performance.now();
    const wanted = this.#open.size + limit;
    const isStarved = this.#waiting.size === 0 && this.#open.size >= this.#prefetch;
    const isTooHigh = this.#waiting.size > 0 && wanted < this.#prefetch / 2;
    if (!isStarved && !isTooHigh) this.#fitsAtMs = now;
    if (this.#prefetch > 0 && now - this.#fitsAtMs < MISFIT_MS) return;
    this.#prefetch = wanted;
    this.#fitsAtMs = now;
    void this.#tell("prefetch", wanted);
  }

  /** @param {Report} report */
  #receive({ taken, lost, up, down, refused, accepted, answer, command, subscribed, problem, malformed }) {
    const hooks = this.#hooks;
    if (answer) this.#caller.receive(answer);
    if (taken) this.#keep(taken);
    if (lost) this.#forget(lost);
    if (up) {
      this.isConnected = true;
      hooks.onUp?.();
      this.wake();
    }
    if (down) {
      this.isConnected = false;
      hooks.onDown?.(new Error(down.reason), down.retryInMs);
    }
    if (refused) hooks.onRefused?.(toError(refused.error), refused.retryInMs);
    if (accepted) hooks.onAccepted?.();
    if (command) hooks.onCommand?.(command);
    if (subscribed) hooks.onSubscribed?.();
    if (problem) hooks.onProblem?.(problem);
    if (malformed !== undefined) hooks.onMalformed?.(malformed);
  }

  /** @param {Taken[]} taken */
  #keep(taken) {
    const { tagPrefix } = this.#options;
    /** @type {Delivery[]} */
    const late = [];
    for (const [number, queue, workersLost, raw] of taken) {
      const delivery = { number, tag: `${tagPrefix}${number}`, queue, workersLost, raw };
      if (this.#isStopped || !this.queues.includes(queue)) late.push(delivery);
      else this.#waiting.add(delivery);
    }
    if (late.length > 0) void this.#giveBack(late);
    this.wake();
  }

  /** @param {number[]} lost */
  #forget(lost) {
    this.#waiting.forget(new Set(lost));
    const tags = lost.flatMap((number) => {
      const delivery = this.#open.get(number);
      this.#open.delete(number);
      return delivery === undefined ? [] : [delivery.tag];
    });
    if (tags.length > 0) this.#hooks.onLost?.(tags);
  }
}

/** @param {string} workerName */
const hostOf = (workerName) => workerName.slice(workerName.indexOf("@") + 1);

/** @param {Delivery} delivery */
const numberOf = ({ number }) => number;

/** @param {string} raw an envelope that message.js has written */
const priorityIn = (raw) => Number(/"priority":(\d+),"body_encoding"/.exec(raw)?.[1] ?? 0);

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
