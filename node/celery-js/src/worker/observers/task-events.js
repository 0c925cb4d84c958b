/**
 * Task events for monitors: those of celery.worker.strategy, of celery.worker.request, and of celery.worker.consumer for
 * messages that do not become tasks. Events of a task's end are sent once the end is stored.
 */
import { constants } from "node:os";
import { NotRegistered } from "../../errors.js";
import { exceptionRepr, formatTraceback } from "../../protocol/exceptions.js";
import { reprArgs, saferepr } from "../../protocol/repr.js";

/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("./task-observers.js").Happenings} Happenings
 * @typedef {import("./task-observers.js").TaskObserver} TaskObserver
 * @typedef {import("./task-observers.js").Notify} Notify
 * @typedef {readonly [type: string, fields: Record<string, unknown>]} TaskEvent
 */

/** @implements {TaskObserver} */
export class TaskEvents {
  #events;

  /** @param {import("./event-dispatcher.js").EventDispatcher} events */
  constructor(events) {
    this.#events = events;
  }

  /**
   * @param {Request} request
   * @param {boolean} isToRun
   */
  received(request, isToRun) {
    if (!isToRun || !this.#tellsOf(request)) return;
    const { id, name, shadow, args, kwargs, argsrepr, kwargsrepr, rootId, parentId, retries, eta, expires } =
      request.message;
    this.#events.send("task-received", {
      uuid: id,
      name: shadow || name,
      args: argsrepr ?? reprArgs(args),
      kwargs: kwargsrepr ?? saferepr(kwargs),
      root_id: rootId,
      parent_id: parentId,
      retries,
      eta,
      expires,
    });
  }

  /** @param {Request} request */
  started(request) {
    if (this.#tellsOf(request)) this.#events.send("task-started", { uuid: request.message.id });
  }

  /** @type {Happenings["succeeded"]} */
  succeeded(request, value, runtimeMs) {
    if (!this.#tellsOf(request)) return null;
    const result = saferepr(value ?? null, request.task.options.resultreprMaxsize ?? undefined);
    return this.#later(request, ["task-succeeded", { result, runtime: runtimeMs / 1000 }]);
  }

  /** @type {Happenings["failed"]} */
  failed(request, error, kind) {
    if (!this.#tellsOf(request) || kind === "leave") return null;
    const failed = failure(exceptionRepr(error), error);
    if (kind === "settle") return this.#later(request, failed);
    // In the order in which Celery sends the two.
    return kind === "bury"
      ? this.#later(request, rejection(false), failed)
      : this.#later(request, failed, rejection(true));
  }

  /** @type {Happenings["retried"]} */
  retried(request, retry) {
    if (!this.#tellsOf(request)) return null;
    const exception = retry.exc === null ? "None" : exceptionRepr(retry.exc);
    return this.#later(request, ["task-retried", { exception, traceback: formatTraceback(retry.exc ?? retry) }]);
  }

  /** @type {Happenings["rejected"]} */
  rejected(request, reject) {
    if (!this.#tellsOf(request)) return null;
    if (reject === null || reject.requeue) return this.#later(request, rejection(true));
    return this.#later(request, failure(reprOfReject(reject), reject), rejection(false));
  }

  /** @type {Happenings["revoked"]} */
  revoked(request, reason, signal) {
    if (!this.#tellsOf(request)) return null;
    const signum = signal === null ? null : (constants.signals[/** @type {NodeJS.Signals} */ (signal)] ?? null);
    const fields = { terminated: reason === "terminated", signum, expired: reason === "expired" };
    return this.#later(request, ["task-revoked", fields]);
  }

  /** As in Celery, the event of an unknown task has no traceback. @type {Happenings["unknown"]} */
  unknown(_delivery, { error, message }) {
    if (!this.#events.sendsTaskEvents || message === null) return null;
    const traceback = error instanceof NotRegistered ? {} : { traceback: formatTraceback(error) };
    const fields = { uuid: message.id, exception: exceptionRepr(error), ...traceback };
    return () => this.#events.send("task-failed", fields);
  }

  /** @param {Request} request */
  #tellsOf({ task }) {
    return this.#events.sendsTaskEvents && task.options.sendEvents !== false;
  }

  /**
   * @param {Request} request
   * @param {TaskEvent[]} events of a task's end
   * @returns {Notify}
   */
  #later({ message, acknowledged }, ...events) {
    // A message that is already acknowledged can no longer be rejected.
    const happened = events.filter(([type]) => type !== "task-rejected" || !acknowledged);
    return () => {
      for (const [type, fields] of happened) this.#events.send(type, { uuid: message.id, ...fields });
    };
  }
}

/**
 * @param {string} exception
 * @param {Error} error
 * @returns {TaskEvent}
 */
const failure = (exception, error) => ["task-failed", { exception, traceback: formatTraceback(error) }];

/**
 * @param {boolean} requeue
 * @returns {TaskEvent}
 */
const rejection = (requeue) => ["task-rejected", { requeue }];

/**
 * @param {import("../../errors.js").Reject} reject
 * @returns {string} its `repr`, which is Celery's own
 */
function reprOfReject({ reason, requeue }) {
  return `reject requeue=${saferepr(requeue)}: ${typeof reason === "string" ? reason : saferepr(reason)}`;
}
