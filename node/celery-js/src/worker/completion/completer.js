/**
 * Completes messages: settles them with their results, puts them back, parks them until their eta, or buries them among the dead
 * letters. Until the server has confirmed it, the message is pending and its lease is renewed.
 */
import { TaskRevokedError } from "../../errors.js";
import { toError } from "../../protocol/exceptions.js";

/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("../../transport/transport.js").Delivery} Delivery
 * @typedef {import("../../execution/disposition.js").Disposition} Disposition
 * @typedef {Extract<import("../intake/admission.js").Decision, { kind: "bury" }>} Burial
 */

/** Why a message is buried whose result the server refuses. */
const UNSTORABLE = "unstorable";

export class Completer {
  #parts;
  /** How many messages are leaving other than in a batch. */
  pending = 0;
  /** How many of them the server would still count as held by this worker at the next `take`. */
  held = 0;
  /** Called whenever a message has left. */
  onRoom = () => {};

  /**
   * @param {object} parts
   * @param {import("../../transport/transport.js").Consumer} parts.taskConsumer
   * @param {import("./settle-batcher.js").SettleBatcher} parts.settleBatcher
   * @param {import("../../protocol/result-encoder.js").ResultEncoder} parts.resultEncoder
   * @param {import("../../execution/follow-ups/follow-ups.js").FollowUps} parts.followUps
   * @param {import("../observers/task-observers.js").TaskObservers} parts.observers
   * @param {(taskId: string) => void} parts.onGone called for each that cannot be put back, as its lease had run out
   * @param {import("../observers/log.js").Logger} parts.log
   */
  constructor(parts) {
    this.#parts = parts;
    parts.settleBatcher.onRefused = (settlement, error) => this.#refuse(settlement, error);
  }

  /**
   * Completes a task according to its disposition.
   *
   * @param {Request} request
   * @param {Disposition} disposition
   */
  finish(request, { kind, result, reason = "", notify = null, carried = null }) {
    const { delivery, message } = request;
    if (carried !== null) {
      this.#settleWith(carried, request, result, notify);
    } else if (request.acknowledged) {
      this.#storeAndNotify(message.id, result, notify);
    } else if (kind === "settle") {
      const done =
        notify && ((/** @type {import("./settle-batcher.js").Outcome} */ outcome) => outcome === "settled" && notify());
      this.#parts.settleBatcher.add(delivery, message.id, result, done);
    } else if (kind === "leave") {
      this.#parts.taskConsumer.release(delivery);
    } else if (kind === "requeue") {
      void this.#storeAndPutBack(request, result, notify);
    } else {
      this.bury(delivery, message.id, reason, result, async () => notify?.());
    }
  }

  /**
   * Settles a task in one step with the message that follows it.
   *
   * @param {import("../../execution/disposition.js").Carried} carried
   * @param {Request} request
   * @param {string} result
   * @param {(() => void) | null} notify
   */
  #settleWith({ publication, carrier, delivered }, request, result, notify) {
    const { delivery, message } = request;
    const done = (/** @type {import("./settle-batcher.js").Outcome} */ outcome) => {
      const isOver = outcome === "settled" || outcome === "gone";
      if (isOver) carrier.delivered();
      else carrier.sendApart(publication);
      void this.#end(isOver ? [] : [delivery], async () => {
        await delivered;
        if (outcome === "settled") notify?.();
        if (outcome === "unsent") this.finish(request, { kind: "settle", result: "", notify });
        if (outcome === "refused") this.bury(delivery, message.id, UNSTORABLE, "");
      });
    };
    this.#parts.settleBatcher.add(delivery, message.id, result, done, publication);
  }

  /**
   * @param {string} taskId
   * @param {string} result "" for none
   * @param {(() => void) | null} notify
   */
  #storeAndNotify(taskId, result, notify) {
    if (result === "") notify?.();
    else this.#parts.settleBatcher.add(null, taskId, result, notify);
  }

  /**
   * @param {Request} request
   * @param {string} result "" for none
   * @param {(() => void) | null} notify
   */
  async #storeAndPutBack(request, result, notify) {
    this.pending += 1;
    this.held += 1;
    if (result !== "") await this.#parts.settleBatcher.store(request.message.id, result);
    this.pending -= 1;
    this.held -= 1;
    notify?.();
    await this.putBack([request], "last");
  }

  /**
   * Buries a message whose result cannot be stored, instead of acknowledging it. What would have gone along is sent first.
   *
   * @param {import("../../transport/transport.js").Settlement} settlement
   * @param {Error} error why
   */
  #refuse({ taskId, delivery, publication }, error) {
    const end = delivery === null ? "" : `; its message is kept in ${delivery.queue}.dead`;
    this.#parts.log.error({ task_id: taskId }, `The result of task ${taskId} cannot be stored${end}: ${error.message}`);
    if (delivery !== null && !publication) this.bury(delivery, taskId, UNSTORABLE, "");
  }

  /**
   * Acknowledges before the start, for tasks that must never run twice.
   *
   * @param {Request} request
   * @returns {Promise<boolean>} false: its lease had run out, and it must not start
   */
  async acknowledge(request) {
    const { delivery, message } = request;
    const outcome = await new Promise((resolve) => this.#parts.settleBatcher.add(delivery, message.id, "", resolve));
    request.acknowledged = true;
    return outcome === "settled";
  }

  /**
   * Notes on the server that a task whose worker was lost before starts again.
   *
   * @param {Request} request
   * @returns {Promise<boolean>} false: its lease had run out, and it must not start
   */
  markStarted({ delivery }) {
    return this.#parts.taskConsumer.markStarted(delivery);
  }

  /**
   * @param {Request} request
   * @param {string} reason such as "expired"
   */
  revoke(request, reason) {
    const { delivery, message, task } = request;
    const { settleBatcher, resultEncoder, followUps, observers } = this.#parts;
    const notify = observers.notify("revoked", request, reason, null);
    const result = resultEncoder.revoked(message, task.options, reason);
    this.held += 1;
    void this.#end([], async () => {
      try {
        const left = await followUps.followRevocation(message, new TaskRevokedError(reason), {
          kind: "settle",
          result,
        });
        settleBatcher.add(delivery, message.id, left.result, (outcome) => {
          if (outcome === "settled") notify?.();
        });
      } finally {
        this.held -= 1;
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
    const deliveries = held.map(({ delivery }) => delivery);
    await this.#end(deliveries, async () => {
      // Messages to be taken next go to the end of the queue, so the first one is pushed last.
      const items = held.toReversed().map(({ delivery, message: { priority } }) => ({ delivery, priority, side }));
      const gone = await this.#parts.taskConsumer.requeue(items);
      for (const { delivery, message } of held) if (gone.includes(delivery)) this.#parts.onGone(message.id);
    });
  }

  /**
   * @param {Request} request
   * @param {number} dueMs epoch: when it is to be back in its queue
   */
  park({ delivery, etaMs }, dueMs) {
    void this.#end([delivery], () => this.#parts.taskConsumer.park([{ delivery, dueMs, etaMs }]));
  }

  /**
   * @param {Delivery} delivery
   * @param {Burial} burial
   */
  buryUnrunnable(delivery, burial) {
    const { reason, error, taskId, message } = burial;
    const result = taskId === null ? "" : this.#parts.resultEncoder.unrunnable(taskId, message, error);
    const later = this.#tell(burial, () => this.#parts.observers.notify("unknown", delivery, burial));
    const notify = async () => {
      this.#tell(burial, () => later?.());
      if (message !== null) await this.#parts.followUps.followUnrunnable(message, error);
    };
    this.bury(delivery, taskId ?? "", reason, result, notify);
  }

  /**
   * A failing observer, such as a broken log, must not stop a message from ending.
   *
   * @template T
   * @param {Burial} burial
   * @param {() => T} tell
   * @returns {T | null}
   */
  #tell({ taskId }, tell) {
    try {
      return tell();
    } catch (error) {
      this.#parts.log.error({ error, task_id: taskId }, "An observer failed for a message that was not run");
      return null;
    }
  }

  /**
   * @param {Delivery} delivery
   * @param {string} taskId
   * @param {string} reason
   * @param {string} result
   * @param {() => Promise<void>} [notify] done before the message leaves
   */
  bury(delivery, taskId, reason, result, notify) {
    void this.#end([delivery], async () => {
      // The failure is stored first, so that the sender of every dead letter knows of it.
      if (result !== "") await this.#parts.settleBatcher.store(taskId, result);
      await notify?.();
      await this.#parts.taskConsumer.bury([{ delivery, taskId, reason }]);
      this.#parts.observers.notify("buried", delivery.queue, reason, 1);
    });
  }

  /**
   * @param {Delivery[]} deliveries
   * @param {() => Promise<unknown>} work
   */
  async #end(deliveries, work) {
    this.pending += 1;
    this.held += deliveries.length;
    try {
      await work();
    } catch (error) {
      // Usually a closed connection. The leases end, and the messages go back.
      const { message } = toError(error);
      const when = "they return when their leases end, or on RabbitMQ the connection";
      this.#parts.log.error({ error }, `${deliveries.length} message(s) not released; ${when}: ${message}`);
      for (const delivery of deliveries) this.#parts.taskConsumer.release(delivery);
    }
    this.pending -= 1;
    this.held -= deliveries.length;
    this.onRoom();
  }
}
