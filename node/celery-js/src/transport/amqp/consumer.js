/**
 * The consuming half of the AMQP transport, on the main thread. The connection has its own thread (connection-thread.js):
 * it is the lease of everything that this worker holds, and heartbeats have to be answered while a task blocks the event loop.
 * Messages from the broker wait here until they are taken, up to the prefetch limit of each queue.
 */
import { OperationalError } from "../../errors.js";
import { ConnectionLink } from "./connection-link.js";
import { HOLD_LIMIT } from "./held.js";
import { Prefetch } from "./prefetch.js";
import { toError } from "./thread-calls.js";
import { declaredAs, servedBinding } from "./topology.js";
import { WaitingDeliveries } from "./waiting.js";

/** How long a wait for messages lasts at most: a worker that takes shows that it works. */
const POLL_MS = 1_000;

/**
 * @typedef {import("../transport.js").Consumer} Consumer
 * @typedef {import("../transport.js").Delivery} Delivery
 *
 * @typedef {object} ConsumerOptions
 * @property {import("./connection-link.js").LinkSettings} thread
 * @property {string} display the broker, without its password
 * @property {string} tagPrefix unique to this process, so that a tag is never used twice
 * @property {string[]} warnings for the start
 */

/** @implements {Consumer} */
export class AmqpConsumer {
  #options;
  #hooks;
  #link;
  #waiting = new WaitingDeliveries();
  /** Deliveries that were taken and not completed yet. @type {Map<number, Delivery>} */
  #open = new Map();
  #prefetch = new Prefetch();
  #endWait = /** @type {(() => void) | null} */ (null);
  #hasNews = false;
  #isStopped = false;
  /** @type {Promise<void> | null} */
  #closing = null;

  capabilities = Object.freeze({ canPark: true, canStoreResultsWithSettle: false, holdLimit: HOLD_LIMIT });
  /** @type {readonly string[]} */
  queues = [];
  answeredAtMs = 0;
  nowMs = Date.now;
  isConnected = false;

  /**
   * @param {ConsumerOptions} options
   * @param {Partial<import("../transport.js").ConsumerHooks>} hooks
   */
  constructor(options, hooks) {
    this.#options = options;
    this.#hooks = hooks;
    this.declares = declaredAs(options.thread.queueKind);
    this.#link = new ConnectionLink(options.thread, hooks, (report) => this.#receive(report));
  }

  /** @type {Consumer["watch"]} */
  watch() {
    return this.#link.start();
  }

  /** @type {Consumer["start"]} */
  async start(queues) {
    /** @type {string[]} */
    const warnings = await this.#link.call("start", queues);
    for (const queue of queues) this.#listen(queue);
    return [...this.#options.warnings, ...warnings];
  }

  /** @type {Consumer["startRenewing"]} */
  startRenewing() {
    return this.#link.begin();
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
    const prefetch = this.#prefetch.adjust({ open: this.#open.size, waiting: this.#waiting.size, limit });
    if (prefetch !== null) void this.#link.tell("prefetch", prefetch);
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
    await this.#link.call("reconnected", timeoutMs);
  }

  /** @type {Consumer["answers"]} */
  answers() {
    return this.#link.call("ask");
  }

  /** @type {Consumer["addQueue"]} */
  async addQueue(queue, binding) {
    await this.#link.call("addQueue", queue, servedBinding(queue, binding));
    this.#listen(queue);
    this.wake();
  }

  /** @type {Consumer["cancelQueue"]} */
  cancelQueue(queue) {
    this.queues = this.queues.filter((each) => each !== queue);
    void this.#link.tell("cancelQueue", queue);
    void this.#giveBack(this.#waiting.removeQueue(queue));
  }

  /** @type {Consumer["stopTaking"]} */
  async stopTaking() {
    this.#isStopped = true;
    await this.#link.tell("prefetch", 0);
    await this.#giveBack(this.#waiting.clear());
  }

  /** @type {Consumer["hold"]} */
  hold(deliveries, limitsMs) {
    // Only deliveries with a time limit, which few have, are sent to the thread.
    const limited = deliveries.filter((_, i) => limitsMs[i] > 0).map(({ number }) => number);
    if (limited.length > 0) {
      void this.#link.tell(
        "hold",
        limited,
        limitsMs.filter((limitMs) => limitMs > 0),
      );
    }
  }

  /** @type {Consumer["release"]} */
  release({ number }) {
    this.#open.delete(number);
    void this.#link.tell("release", number);
  }

  /** @type {Consumer["settle"]} */
  async settle(items, onSent) {
    const known = items.flatMap(({ delivery }) => (delivery ? [{ delivery }] : []));
    const ended = this.#end("settle", known, ({ delivery }) => delivery.number);
    onSent?.();
    return { gone: await ended, unsent: [] };
  }

  /** @type {Consumer["requeue"]} */
  requeue(items) {
    // The first one comes last, for a list that is pushed to; here they go to the end of a queue one after the other.
    return this.#end("requeue", items.toReversed(), ({ delivery: { number }, priority }) => ({ number, priority }));
  }

  /** @type {Consumer["park"]} */
  park(items) {
    return this.#end("park", items, ({ delivery: { number }, dueMs }) => ({ number, dueMs }));
  }

  /** @type {Consumer["bury"]} */
  bury(items) {
    return this.#end("bury", items, ({ delivery: { number }, reason }) => ({ number, reason }));
  }

  /** @type {Consumer["markStarted"]} */
  markStarted({ number }) {
    return this.#link.call("has", number);
  }

  /** @type {Consumer["reply"]} */
  reply({ exchange, routingKey }, text) {
    return this.#link.call("reply", { exchange, routingKey }, text);
  }

  /** @type {Consumer["broadcast"]} */
  broadcast(exchange, routingKey, text) {
    return this.#link.call("broadcast", exchange, routingKey, text);
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
    await this.#link.stop();
  }

  async #close() {
    const closed = this.#link.close(new OperationalError(`connection to ${this.#options.display} is closed`));
    this.isConnected = false;
    await closed;
  }

  /**
   * @template {{ delivery: Delivery }} T
   * @param {string} method
   * @param {readonly T[]} items
   * @param {(item: T) => unknown} toArgument
   * @returns {Promise<Delivery[]>} those that the broker had taken back
   */
  async #end(method, items, toArgument) {
    if (items.length === 0) return [];
    /** @type {number[]} */
    const gone = await this.#link.call(method, items.map(toArgument));
    const deliveries = items.map(({ delivery }) => delivery);
    for (const { number } of deliveries) this.#open.delete(number);
    return gone.length === 0 ? [] : deliveries.filter(({ number }) => gone.includes(number));
  }

  /** @param {readonly Delivery[]} deliveries not taken yet */
  async #giveBack(deliveries) {
    // In their order: they are published again one after the other.
    const items = deliveries.map(({ number, raw }) => ({ number, priority: priorityIn(raw) }));
    if (items.length > 0) await this.#link.tell("requeue", items);
  }

  /** @param {string} queue */
  #listen(queue) {
    if (!this.queues.includes(queue)) this.queues = [...this.queues, queue];
  }

  /** @param {import("./connection-link.js").Report} report */
  #receive({ taken, lost, up, down, refused, accepted }) {
    const hooks = this.#hooks;
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
  }

  /** @param {import("./connection-link.js").Taken[]} taken */
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

/** @param {string} raw an envelope that message.js has written */
const priorityIn = (raw) => Number(/"priority":(\d+),"body_encoding"/.exec(raw)?.[1] ?? 0);
