/**
 * The ways in which a message leaves this worker: settled with its result, put back, let go of until its eta, or buried
 * among the dead letters. Until the server has confirmed it, the message counts as ending and its lease is renewed.
 */
import { TaskRevokedError } from "../../errors.js";
import { markRedelivered } from "../../protocol/message.js";

/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("../../transport/redis/consumer.js").Delivery} Delivery
 * @typedef {import("../../execution/executor.js").Ending} Ending
 */

export class Endings {
  #parts;
  #pending = 0;
  #held = 0;

  /**
   * @param {object} parts
   * @param {import("../../transport/redis/consumer.js").RedisConsumer} parts.transport
   * @param {import("../../transport/redis/keeper.js").Keeper} parts.keeper
   * @param {import("./settler.js").Settler} parts.settler
   * @param {import("../../execution/outcomes.js").Outcomes} parts.outcomes
   * @param {import("../../execution/follow-ups/aftermath.js").Aftermath} parts.aftermath
   * @param {import("../observers/announcements.js").Announcements} parts.announcements
   * @param {import("../observers/task-events.js").TaskEvents} parts.events
   * @param {import("../observers/log.js").Logger} parts.log
   * @param {() => void} parts.onEnded called whenever a message has left
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @returns {number} messages on their way out, and results on their way to be stored */
  get pending() {
    return this.#pending + this.#parts.settler.pending;
  }

  /** @returns {number} messages that have ended here, and that the server would still count as held if a `take` were sent now */
  get held() {
    return this.#held + this.#parts.settler.held;
  }

  /** What a task left behind. @param {Request} request @param {Ending} ending */
  finish(request, { kind, result, reason = "", events }) {
    const { delivery, message } = request;
    // Whoever hears of a task's end may look for its result at once.
    const tell = events === undefined ? null : () => this.#parts.events.tell(events);
    if (request.acknowledged) {
      this.#storeAndTell(message.id, result, tell);
    } else if (kind === "settle") {
      const done = tell && ((/** @type {import("./settler.js").Outcome} */ outcome) => outcome === "settled" && tell());
      this.#parts.settler.add(delivery, message.id, result, done);
    } else if (kind === "leave") {
      this.#parts.keeper.release([delivery.number]);
    } else if (kind === "requeue") {
      void this.#storeAndPutBack(request, result, tell);
    } else {
      this.bury(delivery, message.id, reason, result, async () => tell?.());
    }
  }

  /** @param {string} taskId @param {string} result "" for none @param {(() => void) | null} tell */
  #storeAndTell(taskId, result, tell) {
    if (result === "") tell?.();
    else this.#parts.settler.add(null, taskId, result, tell);
  }

  /** @param {Request} request @param {string} result "" for none @param {(() => void) | null} tell */
  async #storeAndPutBack(request, result, tell) {
    this.#pending += 1;
    this.#held += 1;
    if (result !== "") await this.store(request.message.id, result);
    this.#pending -= 1;
    this.#held -= 1;
    tell?.();
    await this.putBack([request], "last");
  }

  /**
   * Stores a state, and keeps the message.
   *
   * @param {string} taskId
   * @param {string} result
   * @returns {Promise<boolean>} false when the server refused it for good, which the log says
   */
  store(taskId, result) {
    return new Promise((resolve) => {
      this.#parts.settler.add(null, taskId, result, (outcome) => resolve(outcome !== "refused"));
    });
  }

  /**
   * Ends a message whose result cannot be stored: it is not acknowledged, and kept among the dead letters.
   *
   * @param {import("./settler.js").Waiting} waiting
   * @param {Error} error why
   */
  refuse({ settlement: { taskId }, delivery }, error) {
    const end = delivery === null ? "" : `; its message is kept in ${delivery.queue}.dead`;
    this.#parts.log.error({ taskId }, `The result of task ${taskId} cannot be stored${end}: ${error.message}`);
    if (delivery !== null) this.bury(delivery, taskId, "unstorable", "");
  }

  /**
   * Acknowledges before the start, for tasks that must never run twice.
   *
   * @param {Request} request
   * @returns {Promise<boolean>} false: its lease had run out, and it must not start
   */
  async acknowledge(request) {
    const { delivery, message } = request;
    const outcome = await new Promise((resolve) => this.#parts.settler.add(delivery, message.id, "", resolve));
    request.acknowledged = true;
    return outcome === "settled";
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
  revoke(request, reason) {
    const { delivery, message, task } = request;
    const { settler, outcomes, aftermath, announcements } = this.#parts;
    const result = outcomes.revoked(message, task.options, reason);
    this.#held += 1;
    void this.#end([], async () => {
      try {
        const left = await aftermath.revoked(message, new TaskRevokedError(reason), { kind: "settle", result });
        settler.add(delivery, message.id, left.result, (outcome) => {
          if (outcome === "settled") announcements.revoked(request, reason);
        });
      } finally {
        this.#held -= 1;
      }
    });
  }

  /**
   * @param {Request[]} requests
   * @param {"next" | "last"} side taken before all others, or after them
   * @returns {Promise<void>}
   */
  async putBack(requests, side) {
    const held = requests.filter(({ acknowledged }) => !acknowledged);
    if (held.length === 0) return;
    const numbers = held.map(({ delivery }) => delivery.number);
    await this.#end(numbers, () => {
      // Those that are taken next are taken from the end of the list: the first one goes there last.
      const items = held.toReversed().map(({ delivery: { number, queue, raw }, message: { priority } }) => {
        return { number, queue, priority, raw: markRedelivered(raw), side };
      });
      return this.#parts.transport.requeue(items);
    });
  }

  /** @param {Request} request @param {number} dueMs epoch: when it is to be back in its queue */
  park({ delivery: { number }, etaMs }, dueMs) {
    // Its eta, if that is later, is what kombu's sweep goes by.
    const parking = { number, dueMs: Math.floor(dueMs), etaS: Math.max(dueMs, etaMs ?? 0) / 1000 };
    void this.#end([number], () => this.#parts.transport.park([parking]));
  }

  /** @param {Delivery} delivery @param {Extract<import("../intake/reception.js").Decision, { kind: "bury" }>} decision */
  buryUnrunnable(delivery, decision) {
    const { reason, error, taskId, message } = decision;
    const result = taskId === null ? "" : this.#parts.outcomes.unrunnable(taskId, message, error);
    /** @type {Ending} */
    const ending = { kind: "bury", result: "" };
    const tellOthers = async () => {
      this.#parts.announcements.unrunnable(delivery, decision);
      if (message !== null) await this.#parts.aftermath.failed(message, error, ending);
    };
    this.bury(delivery, taskId ?? "", reason, result, tellOthers);
  }

  /**
   * @param {Delivery} delivery
   * @param {string} taskId
   * @param {string} reason
   * @param {string} result
   * @param {() => Promise<void>} [tellOthers] done before the message leaves
   */
  bury({ number, queue, raw, workersLost }, taskId, reason, result, tellOthers) {
    void this.#end([number], async () => {
      // The failure first: the sender of a message that is in the dead-letter list has been told.
      if (result !== "") await this.store(taskId, result);
      await tellOthers?.();
      await this.#parts.transport.bury([{ number, queue, raw, taskId, reason, deliveries: workersLost }]);
    });
  }

  /** @param {number[]} numbers of deliveries @param {() => Promise<unknown>} work */
  async #end(numbers, work) {
    this.#pending += 1;
    this.#held += numbers.length;
    try {
      await work();
    } catch (error) {
      // Mostly a closed connection. The leases end, and the messages go back.
      this.#parts.log.error({ err: error }, `${numbers.length} message(s) were not handed back`);
    }
    this.#parts.keeper.release(numbers);
    this.#pending -= 1;
    this.#held -= numbers.length;
    this.#parts.onEnded();
  }
}
