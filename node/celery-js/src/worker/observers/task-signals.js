/**
 * Signals about messages: those that are received, and those that do not run. Signals about a running task are sent with
 * its handlers, and awaited: execution/hooks.js.
 */
import { constants } from "node:os";
import { NotRegistered, WorkerLostError } from "../../errors.js";
import { Context } from "../../execution/context.js";
import { formatTraceback } from "../../protocol/exceptions.js";
import { decodeEnvelope } from "../../protocol/message.js";
import { signals } from "../../signals.js";

/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("./task-observers.js").Happenings} Happenings
 * @typedef {import("./task-observers.js").TaskObserver} TaskObserver
 */

/** @implements {TaskObserver} */
export class TaskSignals {
  #worker;
  #tasks;
  #log;

  /**
   * @param {object} parts
   * @param {{ hostname: string }} parts.worker the sender of these signals, as Celery's consumer is
   * @param {import("../model/types.js").TaskRegistry} parts.tasks
   * @param {import("./log.js").Logger} parts.log
   */
  constructor({ worker, tasks, log }) {
    this.#worker = worker;
    this.#tasks = tasks;
    this.#log = log;
  }

  /**
   * @param {Request} request
   * @param {boolean} isToRun
   */
  received(request, isToRun) {
    if (!isToRun) return;
    void sendSignal(this.#log, "taskReceived", this.#worker, { request: this.#contextOf(request) });
  }

  /** @type {Happenings["revoked"]} */
  revoked(request, reason, signal) {
    if (signals.taskRevoked.receivers.length === 0) return null;
    const signum = signal === null ? null : (constants.signals[/** @type {NodeJS.Signals} */ (signal)] ?? null);
    const why = { expired: reason === "expired", terminated: reason === "terminated", signum };
    const payload = { request: this.#contextOf(request), ...why };
    return () => void sendSignal(this.#log, "taskRevoked", request.task, payload);
  }

  /** @type {Happenings["unknown"]} */
  unknown(delivery, { error: exc, taskId: id, message: task }) {
    const send = (
      /** @type {keyof typeof signals} */ name,
      /** @type {unknown} */ sender,
      /** @type {object} */ payload,
    ) => void sendSignal(this.#log, name, sender, { ...payload });
    if (task === null || !(exc instanceof NotRegistered || exc instanceof WorkerLostError)) {
      return () => send("taskRejected", this.#worker, { message: envelopeOf(delivery), exc });
    }
    if (exc instanceof NotRegistered) {
      return () => send("taskUnknown", this.#worker, { message: envelopeOf(delivery), exc, name: task.name, id });
    }
    const { args, kwargs } = task;
    const traceback = formatTraceback(exc);
    const einfo = { type: WorkerLostError, exception: exc, traceback, internal: false };
    const payload = { taskId: id, exception: exc, args, kwargs, traceback, einfo };
    return () => send("taskFailure", this.#tasks.get(task.name), payload);
  }

  /** @param {Request} request */
  #contextOf(request) {
    return new Context(request, { hostname: this.#worker.hostname, isEager: false, children: [] });
  }
}

/**
 * Calls the receivers of one of a worker's signals; their errors are logged.
 *
 * @param {import("./log.js").Logger} log
 * @param {keyof typeof signals} name
 * @param {unknown} sender
 * @param {Record<string, unknown>} payload
 * @returns {Promise<void> | undefined}
 */
export function sendSignal(log, name, sender, payload) {
  return signals[name].send(sender, payload, (error, sentence) => log.error({ error }, sentence));
}

/**
 * @param {import("../../transport/transport.js").Delivery} delivery
 * @returns {object} the message as it is on the wire (`Envelope`), `{ body }` if it is not an envelope
 */
function envelopeOf({ raw }) {
  try {
    return decodeEnvelope(raw);
  } catch {
    return { body: raw, contentType: null, contentEncoding: null, headers: {}, properties: {} };
  }
}
