/**
 * Takes over every message from its delivery to its end: reserves it, runs it when a slot is free, and settles, puts back
 * or buries it. A message that was handed over here is in exactly one of these: waiting for its eta, reserved, running,
 * ending; whichever it is, its lease is renewed until the server has confirmed the end.
 */
import { EtaSchedule } from "./eta.js";
import { label } from "./log.js";
import { markRedelivered } from "../protocol/message.js";

/**
 * @typedef {import("./request.js").Request} Request
 * @typedef {import("../transport/redis/consumer.js").Delivery} Delivery
 * @typedef {import("./executor.js").Ending} Ending
 */

/** Finished tasks whose results may wait to be stored, as a multiple of the window, before no more are taken. */
const MAX_UNSETTLED_WINDOWS = 4;

export class Dispatcher {
  #parts;
  #concurrency;
  #window;
  #leaseMs;
  /** @type {Request[]} reserved, the next one first */
  #reserved = [];
  /** @type {Set<Request>} */
  #running = new Set();
  #scheduled = new EtaSchedule((/** @type {Request} */ request) => this.#reserve(request));
  #pumping = false;
  #stopping = false;
  #ending = 0;
  /** @type {Array<() => void>} */
  #changed = [];

  /**
   * @param {object} options
   * @param {number} options.concurrency tasks that run at a time
   * @param {number} options.window messages that are reserved or running at a time
   * @param {number} options.leaseMs
   * @param {Parts} options.parts
   */
  constructor({ concurrency, window, leaseMs, parts }) {
    this.#concurrency = concurrency;
    this.#window = window;
    this.#leaseMs = leaseMs;
    this.#parts = parts;
  }

  /**
   * How many messages to take now: 0 until so much room is free that taking is worth a round trip.
   *
   * @returns {number}
   */
  get room() {
    const free = this.#window - this.#running.size - this.#reserved.length;
    const isWorthIt = this.#reserved.length < this.#concurrency && free > 0;
    return isWorthIt && this.#parts.settler.pending < MAX_UNSETTLED_WINDOWS * this.#window ? free : 0;
  }

  get isIdle() {
    return this.#running.size === 0 && this.#ending === 0;
  }

  /** @returns {string[]} what is running, as `name[id]` */
  get active() {
    return [...this.#running].map(({ task, message }) => label(task.name, message.id));
  }

  /** @returns {Promise<void>} the next time that room or idleness may have changed */
  change() {
    return new Promise((resolve) => this.#changed.push(resolve));
  }

  /** @param {Delivery[]} deliveries just taken */
  receive(deliveries) {
    const decisions = deliveries.map((delivery) => this.#parts.reception.decide(delivery));
    // First of all: a task that starts in this tick may block the event loop.
    this.#parts.keeper.hold(
      deliveries.map(({ number }) => number),
      decisions.map((decision) => ("request" in decision ? nameOf(decision.request) : "")),
    );
    for (const [i, decision] of decisions.entries()) this.#accept(deliveries[i], decision);
    this.#pump();
  }

  /**
   * Stops starting tasks, and puts everything that has not started back where it came from, to be taken next.
   *
   * @returns {Promise<number>} how many went back
   */
  async putBackWaiting() {
    this.#stopping = true;
    const waiting = [...this.#reserved.splice(0), ...this.#scheduled.clear()];
    await this.#putBack(waiting, "next");
    return waiting.length;
  }

  /** Puts back what is still running: its process is about to end. @returns {Promise<string[]>} what it was */
  async putBackRunning() {
    const running = [...this.#running];
    await this.#putBack(running, "next");
    return running.map(nameOf);
  }

  /** @param {Delivery} delivery @param {import("./reception.js").Decision} decision */
  #accept(delivery, decision) {
    switch (decision.kind) {
      case "run":
        this.#reserved.push(decision.request);
        break;
      case "wait":
        if (this.#stopping) this.#end(this.#putBack([decision.request], "next"));
        else this.#scheduled.add(decision.etaMs, decision.request);
        break;
      case "park":
        this.#end(this.#park(decision.request, decision.etaMs));
        break;
      case "revoked":
        this.#revoke(decision.request, decision.reason);
        break;
      case "bury":
        this.#end(this.#buryUnrunnable(delivery, decision));
    }
  }

  /** @param {Request} request whose eta has come */
  #reserve(request) {
    this.#reserved.push(request);
    this.#pump();
  }

  /** Starts reserved tasks while slots are free; no more than that many in one turn of the event loop. */
  #pump() {
    if (this.#pumping) return;
    let started = 0;
    while (!this.#stopping && this.#reserved.length > 0 && this.#running.size < this.#concurrency) {
      if (started++ >= this.#concurrency) {
        this.#pumping = true;
        setImmediate(() => {
          this.#pumping = false;
          this.#pump();
        });
        return;
      }
      void this.#run(/** @type {Request} */ (this.#reserved.shift()));
    }
    if (this.#stopping && this.#reserved.length > 0) this.#end(this.#putBack(this.#reserved.splice(0), "next"));
  }

  /** @param {Request} request */
  async #run(request) {
    this.#running.add(request);
    const ending = await this.#execute(request);
    this.#running.delete(request);
    if (ending !== null) this.#finish(request, ending);
    this.#announce();
    this.#pump();
  }

  /** @param {Request} request @returns {Promise<Ending | null>} null when it did not run after all */
  async #execute(request) {
    if (request.expiresMs !== null && request.expiresMs < Date.now()) {
      this.#revoke(request, "expired");
      return null;
    }
    if (!request.acksLate && !(await this.#acknowledge(request))) return null;
    return this.#parts.executor.execute(request);
  }

  /** Before the start, for tasks that must never run twice. @param {Request} request @returns {Promise<boolean>} false: it is no longer ours */
  async #acknowledge(request) {
    const gone = await new Promise((resolve) => this.#settle(request, "", resolve));
    request.acknowledged = true;
    if (gone) this.#parts.log.warn({ taskId: request.message.id }, `Task ${nameOf(request)} is not run: its lease ran out before it started`);
    return !gone;
  }

  /** @param {Request} request @param {Ending} ending */
  #finish(request, ending) {
    const { delivery, message } = request;
    if (request.acknowledged) {
      if (ending.result !== "") this.#parts.settler.add(this.#settlement(null, message.id, ending.result));
      return;
    }
    if (ending.kind === "settle") return this.#settle(request, ending.result);
    if (ending.kind === "requeue") return this.#end(this.#putBack([request], "last"));
    this.#end(this.#bury(delivery, message.id, ending.reason ?? "", ending.result));
  }

  /** @param {Request} request @param {string} reason */
  #revoke(request, reason) {
    const { message, task } = request;
    this.#parts.log.info({ taskId: message.id }, `Discarding revoked task: ${nameOf(request)}`);
    this.#settle(request, this.#parts.outcomes.revoked(message, task.options, reason));
  }

  /** @param {Request} request @param {string} result @param {(gone: boolean) => void} [done] */
  #settle({ delivery, message }, result, done) {
    this.#parts.settler.add(this.#settlement(delivery.number, message.id, result), done);
  }

  /** @param {number | null} number @param {string} taskId @param {string} result */
  #settlement(number, taskId, result) {
    const { resultKey, resultExpiresS } = this.#parts;
    return { number, taskId, resultKey: resultKey(taskId), result, expiresS: resultExpiresS };
  }

  /** @param {Request[]} requests @param {"next" | "last"} side */
  async #putBack(requests, side) {
    const held = requests.filter(({ acknowledged }) => !acknowledged);
    if (held.length === 0) return;
    // Those that are taken next are taken from the end of the list: the first one goes there last.
    const items = held.toReversed().map(({ delivery, message }) => ({
      number: delivery.number,
      queue: delivery.queue,
      priority: message.priority,
      raw: markRedelivered(delivery.raw),
      side,
    }));
    await this.#parts.transport.requeue(items);
    this.#parts.keeper.release(items.map(({ number }) => number));
  }

  /** @param {Request} request @param {number} etaMs */
  async #park({ delivery }, etaMs) {
    // It comes back one lease before its time, and is then held, so that it starts on time.
    const dueMs = Math.floor(etaMs - this.#leaseMs);
    await this.#parts.transport.park([{ number: delivery.number, dueMs, etaS: etaMs / 1000 }]);
    this.#parts.keeper.release([delivery.number]);
  }

  /** @param {Delivery} delivery @param {Extract<import("./reception.js").Decision, { kind: "bury" }>} decision */
  async #buryUnrunnable(delivery, { reason, error, taskId, message }) {
    const result = taskId === null ? "" : this.#parts.outcomes.unrunnable(taskId, message, error);
    await this.#bury(delivery, taskId ?? "", reason, result);
  }

  /** The failure first: a message that is in the dead-letter list has told its sender. @param {Delivery} delivery @param {string} taskId @param {string} reason @param {string} result */
  async #bury(delivery, taskId, reason, result) {
    if (result !== "") {
      await new Promise((resolve) => this.#parts.settler.add(this.#settlement(null, taskId, result), resolve));
    }
    const { number, queue, raw, workersLost } = delivery;
    await this.#parts.transport.bury([{ number, queue, raw, taskId, reason, deliveries: workersLost }]);
    this.#parts.keeper.release([number]);
  }

  /** Counts work that ends a message, so that a stopping worker waits for it. @param {Promise<void>} work */
  #end(work) {
    this.#ending += 1;
    work
      .catch((/** @type {Error} */ error) => this.#parts.log.error({ err: error }, `A message could not be ended: ${error.message}`))
      .finally(() => {
        this.#ending -= 1;
        this.#announce();
      });
  }

  /** Ends every wait for a change. */
  wake() {
    this.#announce();
  }

  #announce() {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

/**
 * @typedef {object} Parts
 * @property {import("./reception.js").Reception} reception
 * @property {import("./executor.js").Executor} executor
 * @property {import("./outcomes.js").Outcomes} outcomes
 * @property {import("./settler.js").Settler} settler
 * @property {import("../transport/redis/consumer.js").RedisConsumer} transport
 * @property {import("../transport/redis/keeper.js").Keeper} keeper
 * @property {import("./log.js").Logger} log
 * @property {(taskId: string) => string} resultKey
 * @property {number} resultExpiresS
 */

/** @param {Request} request */
const nameOf = ({ task, message }) => label(message.shadow ?? task.name, message.id);
