/**
 * What the receivers of signals are told of a worker itself, and of the messages that it took and did not run; monitors are
 * told of the latter by events. Of tasks that run the receivers are told by hooks.js, monitors by executor.js and failure-handler.js.
 */
import { NotRegistered, WorkerLostError } from "../../errors.js";
import { Context } from "../../execution/request.js";
import { formatTraceback } from "../../protocol/exceptions.js";
import { decodeEnvelope } from "../../protocol/message.js";
import { signals } from "../../signals.js";

/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("../../transport/redis/consumer.js").Delivery} Delivery
 * @typedef {Extract<import("../intake/admission.js").Decision, { kind: "bury" }>} Burial
 * @typedef {keyof typeof signals} SignalName
 */

export class Announcements {
  #worker;
  #hostname;
  #tasks;
  #events;
  #log;

  /**
   * @param {object} parts
   * @param {object} parts.worker sender of what is told of messages, as Celery's consumer is
   * @param {string} parts.hostname
   * @param {import("../model/types.js").TaskRegistry} parts.tasks
   * @param {import("./task-events.js").TaskEvents} parts.events
   * @param {import("./log.js").Logger} parts.log
   */
  constructor({ worker, hostname, tasks, events, log }) {
    this.#worker = worker;
    this.#hostname = hostname;
    this.#tasks = tasks;
    this.#events = events;
    this.#log = log;
  }

  /** @param {Request} request that will be run */
  received(request) {
    if (this.#events.isOn) this.#events.received(request);
    if (signals.taskReceived.receivers.length === 0) return;
    void this.send("taskReceived", this.#worker, { request: this.#contextOf(request) });
  }

  /** @param {Request} request @param {string} reason "expired", "terminated" or another @param {string | null} [signal] that ended it */
  revoked(request, reason, signal = null) {
    if (this.#events.isOn) this.#events.revoked(request, reason, signal);
    if (signals.taskRevoked.receivers.length === 0) return;
    const why = { expired: reason === "expired", terminated: reason === "terminated", signum: null };
    const payload = { request: this.#contextOf(request), ...why };
    void this.send("taskRevoked", request.task, payload);
  }

  /** @param {Delivery} delivery @param {Burial} burial of a message that will not be run */
  unrunnable(delivery, { error: exc, taskId: id, message: task }) {
    if (this.#events.isOn && task !== null) this.#events.unrunnable(task.id, exc);
    if (exc instanceof NotRegistered && task !== null) {
      void this.send("taskUnknown", this.#worker, { message: envelopeOf(delivery), exc, name: task.name, id });
    } else if (exc instanceof WorkerLostError && task !== null) {
      const { args, kwargs } = task;
      const traceback = formatTraceback(exc);
      const einfo = { type: WorkerLostError, exception: exc, traceback, internal: false };
      const payload = { taskId: id, exception: exc, args, kwargs, traceback, einfo };
      void this.send("taskFailure", this.#tasks.get(task.name), payload);
    } else {
      void this.send("taskRejected", this.#worker, { message: envelopeOf(delivery), exc });
    }
  }

  /**
   * @param {SignalName} name
   * @param {unknown} sender
   * @param {Record<string, unknown>} payload
   * @returns {Promise<void> | undefined}
   */
  send(name, sender, payload) {
    return signals[name].send(sender, payload, (err, sentence) => this.#log.error({ err }, sentence));
  }

  /** @param {Request} request */
  #contextOf(request) {
    return new Context(request, { hostname: this.#hostname, children: [] });
  }
}

/** @param {Delivery} delivery @returns {object} the message as it stands on the wire (`Envelope`), `{ body }` where it is no envelope */
function envelopeOf({ raw }) {
  try {
    return decodeEnvelope(raw);
  } catch {
    return { body: raw, contentType: null, contentEncoding: null, headers: {}, properties: {} };
  }
}
