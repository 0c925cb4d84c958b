/**
 * The ways in which a message leaves this worker: settled with its result, put back, let go of until its eta, or buried
 * among the dead letters. Until the server has confirmed it, the message counts as ending and its lease is renewed.
 */
import { markRedelivered } from "../protocol/message.js";

/**
 * @typedef {import("./request.js").Request} Request
 * @typedef {import("../transport/redis/consumer.js").Delivery} Delivery
 * @typedef {import("./executor.js").Ending} Ending
 */

export class Endings {
  #parts;
  #pending = 0;

  /**
   * @param {object} parts
   * @param {import("../transport/redis/consumer.js").RedisConsumer} parts.transport
   * @param {import("../transport/redis/keeper.js").Keeper} parts.keeper
   * @param {import("./settler.js").Settler} parts.settler
   * @param {import("./outcomes.js").Outcomes} parts.outcomes
   * @param {import("./log.js").Logger} parts.log
   * @param {number} parts.leaseMs
   * @param {() => void} parts.onEnded called whenever a message has left
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @returns {number} messages on their way out, and results on their way to be stored */
  get pending() {
    return this.#pending + this.#parts.settler.pending;
  }

  /** What a task left behind. @param {Request} request @param {Ending} ending */
  finish(request, { kind, result, reason = "" }) {
    const { delivery, message } = request;
    if (request.acknowledged) {
      if (result !== "") void this.store(message.id, result);
    } else if (kind === "settle") {
      this.#settle(delivery.number, message.id, result);
    } else if (kind === "requeue") {
      this.putBack([request], "last");
    } else {
      this.bury(delivery, message.id, reason, result);
    }
  }

  /** Stores a state, and keeps the message. @param {string} taskId @param {string} result @returns {Promise<void>} */
  store(taskId, result) {
    return new Promise((resolve) => this.#settle(null, taskId, result, () => resolve()));
  }

  /**
   * Acknowledges before the start, for tasks that must never run twice.
   *
   * @param {Request} request
   * @returns {Promise<boolean>} false: its lease had run out, and it must not start
   */
  async acknowledge(request) {
    const { delivery, message } = request;
    const gone = await new Promise((resolve) => this.#settle(delivery.number, message.id, "", resolve));
    request.acknowledged = true;
    return !gone;
  }

  /**
   * Tells the server that a task whose worker was lost before starts again.
   *
   * @param {Request} request
   * @returns {Promise<boolean>} false: its lease had run out, and it must not start
   */
  markStarted({ delivery }) {
    return this.#parts.transport.markStarted(delivery.number);
  }

  /** @param {Request} request @param {string} reason such as "expired" */
  revoke({ delivery, message, task }, reason) {
    this.#settle(delivery.number, message.id, this.#parts.outcomes.revoked(message, task.options, reason));
  }

  /**
   * @param {Request[]} requests
   * @param {"next" | "last"} side taken before all others, or after them
   * @returns {Promise<void>}
   */
  putBack(requests, side) {
    const held = requests.filter(({ acknowledged }) => !acknowledged);
    // Those that are taken next are taken from the end of the list: the first one goes there last.
    const items = held.toReversed().map(({ delivery: { number, queue, raw }, message: { priority } }) => {
      return { number, queue, priority, raw: markRedelivered(raw), side };
    });
    if (items.length === 0) return Promise.resolve();
    return this.#end(
      items.map(({ number }) => number),
      () => this.#parts.transport.requeue(items),
    );
  }

  /** @param {Request} request @param {number} etaMs */
  park({ delivery: { number } }, etaMs) {
    // It comes back one lease before its time, and is then held, so that it starts on time.
    const dueMs = Math.floor(etaMs - this.#parts.leaseMs);
    void this.#end([number], () => this.#parts.transport.park([{ number, dueMs, etaS: etaMs / 1000 }]));
  }

  /** @param {Delivery} delivery @param {Extract<import("./reception.js").Decision, { kind: "bury" }>} decision */
  buryUnrunnable(delivery, { reason, error, taskId, message }) {
    const result = taskId === null ? "" : this.#parts.outcomes.unrunnable(taskId, message, error);
    this.bury(delivery, taskId ?? "", reason, result);
  }

  /** @param {Delivery} delivery @param {string} taskId @param {string} reason @param {string} result */
  bury({ number, queue, raw, workersLost }, taskId, reason, result) {
    void this.#end([number], async () => {
      // The failure first: the sender of a message that is in the dead-letter list has been told.
      if (result !== "") await this.store(taskId, result);
      await this.#parts.transport.bury([{ number, queue, raw, taskId, reason, deliveries: workersLost }]);
    });
  }

  /** @param {number | null} number @param {string} taskId @param {string} result @param {(gone: boolean) => void} [done] */
  #settle(number, taskId, result, done) {
    this.#parts.settler.add({ number, taskId, result }, done);
  }

  /** @param {number[]} numbers of deliveries @param {() => Promise<unknown>} work */
  async #end(numbers, work) {
    this.#pending += 1;
    try {
      await work();
      this.#parts.keeper.release(numbers);
    } catch (error) {
      // Only a closed connection gets here; the leases end with it, and the messages go back.
      this.#parts.log.error({ err: error }, `${numbers.length} message(s) were not handed back`);
    }
    this.#pending -= 1;
    this.#parts.onEnded();
  }
}
