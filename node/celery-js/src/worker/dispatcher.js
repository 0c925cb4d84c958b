/**
 * Takes over every message from its delivery to its end: reserves it, and runs it when a slot is free. A message that was
 * handed over here is in exactly one place: waiting for its eta, reserved, running, or ending (endings.js).
 */
import { EtaSchedule } from "./eta.js";
import { nameOf } from "./request.js";

/**
 * @typedef {import("./request.js").Request} Request
 * @typedef {import("../transport/redis/consumer.js").Delivery} Delivery
 * @typedef {import("./executor.js").Ending} Ending
 */

/** Finished tasks whose results may wait to be stored, as a multiple of the window, before no more are taken. */
const MAX_UNSETTLED_WINDOWS = 4;
/** How long tasks are started in one turn of the event loop before input and output get their turn. */
const MAX_TURN_MS = 5;

export class Dispatcher {
  #parts;
  #concurrency;
  #window;
  /** @type {Request[]} reserved, the next one first */
  #reserved = [];
  /** Reserved as well, but their worker was lost before: they run one at a time. @type {Request[]} */
  #suspects = [];
  #suspectRuns = false;
  /** @type {Set<Request>} */
  #running = new Set();
  #scheduled = new EtaSchedule((/** @type {Request} */ request) => this.#reserve(request));
  #turnStartedAt = /** @type {number | null} */ (null);
  #pumping = false;
  #stopping = false;
  /** @type {Array<() => void>} */
  #changed = [];

  /**
   * @param {object} options
   * @param {number} options.concurrency tasks that run at a time
   * @param {number} options.window messages that are reserved or running at a time
   * @param {object} options.parts
   * @param {import("./reception.js").Reception} options.parts.reception
   * @param {import("./executor.js").Executor} options.parts.executor
   * @param {import("./endings.js").Endings} options.parts.endings
   * @param {import("../transport/redis/keeper.js").Keeper} options.parts.keeper
   * @param {import("./log.js").Logger} options.parts.log
   */
  constructor({ concurrency, window, parts }) {
    this.#concurrency = concurrency;
    this.#window = window;
    this.#parts = parts;
  }

  /**
   * How many messages to take now. A quarter of the window is worth a round trip: the other three keep the slots busy
   * meanwhile. Less than that is only taken when nothing is left to start.
   *
   * @returns {number} 0: not now
   */
  get room() {
    // Suspects that wait for their turn do not keep the slots beside them empty.
    const reserved = this.#reserved.length;
    const free = this.#window - this.#running.size - reserved;
    if (this.#parts.endings.pending >= MAX_UNSETTLED_WINDOWS * this.#window) return 0;
    return free >= this.#window / 4 || reserved === 0 ? Math.max(0, free) : 0;
  }

  /** @returns {boolean} whether nothing runs and nothing is on its way out */
  get isIdle() {
    return this.#running.size === 0 && this.#parts.endings.pending === 0;
  }

  /** @returns {string[]} what is running, as `name[id]` */
  get active() {
    return [...this.#running].map(nameOf);
  }

  /** @returns {Promise<void>} the next time that room or idleness may have changed */
  change() {
    return new Promise((resolve) => this.#changed.push(resolve));
  }

  /** Ends every wait for a change. */
  wake() {
    for (const resolve of this.#changed.splice(0)) resolve();
  }

  /** @param {Delivery[]} deliveries just taken */
  receive(deliveries) {
    if (deliveries.length === 0) return;
    const decisions = deliveries.map((delivery) => this.#parts.reception.decide(delivery));
    // First of all: a task that starts in this tick may block the event loop.
    const numbers = deliveries.map(({ number }) => number);
    this.#parts.keeper.hold(numbers, decisions.map(hardLimitMs));
    for (const [i, decision] of decisions.entries()) this.#accept(deliveries[i], decision);
    this.#pump();
  }

  /**
   * Forgets messages whose lease is lost and that have not started: somebody else has them.
   *
   * @param {number[]} numbers of deliveries
   */
  drop(numbers) {
    const lost = new Set(numbers);
    const isKept = (/** @type {Request} */ { delivery }) => !lost.has(delivery.number);
    this.#reserved = this.#reserved.filter(isKept);
    this.#suspects = this.#suspects.filter(isKept);
    this.#scheduled.keep(isKept);
    this.wake();
  }

  /**
   * Stops starting tasks, and puts everything that has not started back where it came from, to be taken next.
   *
   * @returns {Promise<number>} how many went back
   */
  async putBackWaiting() {
    this.#stopping = true;
    const waiting = [...this.#suspects.splice(0), ...this.#reserved.splice(0), ...this.#scheduled.clear()];
    await this.#parts.endings.putBack(waiting, "next");
    return waiting.length;
  }

  /** Puts back what is still running: its process is about to end. @returns {Promise<string[]>} what it was */
  async putBackRunning() {
    const running = [...this.#running];
    await this.#parts.endings.putBack(running, "next");
    return running.map(nameOf);
  }

  /** @param {Delivery} delivery @param {import("./reception.js").Decision} decision */
  #accept(delivery, decision) {
    const { endings } = this.#parts;
    switch (decision.kind) {
      case "run":
        this.#line(decision.request).push(decision.request);
        break;
      case "wait":
        this.#scheduled.add(decision.etaMs, decision.request);
        break;
      case "park":
        endings.park(decision.request, decision.etaMs);
        break;
      case "revoked":
        this.#revoke(decision.request, decision.reason);
        break;
      case "bury":
        endings.buryUnrunnable(delivery, decision);
    }
  }

  /** @param {Request} request whose eta has come */
  #reserve(request) {
    this.#line(request).push(request);
    this.#pump();
  }

  /** @param {Request} request */
  #line(request) {
    return request.delivery.workersLost > 0 ? this.#suspects : this.#reserved;
  }

  /** @returns {Request | undefined} what to start now */
  #next() {
    if (this.#stopping || this.#running.size >= this.#concurrency) return undefined;
    const suspect = this.#suspectRuns ? undefined : this.#suspects.shift();
    return suspect ?? this.#reserved.shift();
  }

  /** Starts reserved tasks while slots are free, and lets the event loop turn between them. */
  #pump() {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#turnStartedAt === null || performance.now() - this.#turnStartedAt <= MAX_TURN_MS) {
      const request = this.#next();
      if (request === undefined) break;
      if (this.#turnStartedAt === null) this.#startTurn();
      this.#run(request);
    }
    this.#pumping = false;
  }

  #startTurn() {
    this.#turnStartedAt = performance.now();
    setImmediate(() => {
      this.#turnStartedAt = null;
      this.#pump();
    });
  }

  /** @param {Request} request */
  #run(request) {
    this.#running.add(request);
    const ending = this.#execute(request);
    if (ending instanceof Promise) {
      ending.then(
        (later) => this.#finish(request, later),
        (error) => this.#finish(request, this.#parts.executor.broken(request, error)),
      );
    } else this.#finish(request, ending);
  }

  /** @param {Request} request @param {Ending | null} ending null when it did not run after all */
  #finish(request, ending) {
    this.#running.delete(request);
    if (ending !== null) this.#parts.endings.finish(request, ending);
    this.wake();
    this.#pump();
  }

  /** @param {Request} request @returns {Ending | null | Promise<Ending | null>} */
  #execute(request) {
    if (request.expiresMs !== null && request.expiresMs < Date.now()) {
      this.#revoke(request, "expired");
      return null;
    }
    if (request.delivery.workersLost > 0) return this.#executeSuspect(request);
    return request.acksLate ? this.#parts.executor.execute(request) : this.#acknowledgeAndExecute(request);
  }

  /**
   * Runs a task whose worker was lost before, and may be lost again. The server is told first, and no second suspect runs
   * beside it: so a task that kills its worker each time is told from those that happened to be near.
   *
   * @param {Request} request
   * @returns {Promise<Ending | null>}
   */
  async #executeSuspect(request) {
    const { endings, executor } = this.#parts;
    this.#suspectRuns = true;
    try {
      if (!(await endings.markStarted(request))) return this.#notRun(request);
      return request.acksLate ? await executor.execute(request) : await this.#acknowledgeAndExecute(request);
    } finally {
      this.#suspectRuns = false;
    }
  }

  /** @param {Request} request @returns {Promise<Ending | null>} */
  async #acknowledgeAndExecute(request) {
    const { endings, executor } = this.#parts;
    return (await endings.acknowledge(request)) ? executor.execute(request) : this.#notRun(request);
  }

  /** @param {Request} request @returns {null} */
  #notRun(request) {
    const taskId = request.message.id;
    this.#parts.log.warn({ taskId }, `Task ${nameOf(request)} is not run: its lease ran out before it started`);
    this.#parts.keeper.release([request.delivery.number]);
    return null;
  }

  /** @param {Request} request @param {string} reason */
  #revoke(request, reason) {
    this.#parts.log.info({ taskId: request.message.id }, `Discarding revoked task: ${nameOf(request)}`);
    this.#parts.endings.revoke(request, reason);
  }
}

/** @param {import("./reception.js").Decision} decision @returns {number} 0 for none */
const hardLimitMs = (decision) => ("request" in decision ? (decision.request.timeLimits[0] ?? 0) * 1000 : 0);
