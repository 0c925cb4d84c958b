/**
 * What is told of a task, and when: the events of celery.worker.strategy, of celery.worker.request, and of
 * celery.worker.consumer for messages that no task is made of. What tells of a task's end is told once that is stored.
 *
 * Whoever calls these functions looks at `isOn` first, so that a task which nobody is told of costs a look.
 */
import { constants } from "node:os";
import { NotRegistered, Reject } from "../../errors.js";
import { exceptionRepr, formatTraceback } from "../../protocol/exceptions.js";
import { reprArgs, saferepr } from "../../protocol/repr.js";

/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {{ type: string, fields: Record<string, unknown> }} TaskEvent
 */

export class TaskEvents {
  #events;

  /** @param {import("./event-dispatcher.js").EventDispatcher} events */
  constructor(events) {
    this.#events = events;
  }

  /** @returns {boolean} whether tasks are told of */
  get isOn() {
    return this.#events.sendsTaskEvents;
  }

  /** @param {Request} request that will be run */
  received({ message, task }) {
    if (task.options.sendEvents === false) return;
    const { id, name, shadow, args, kwargs, argsrepr, kwargsrepr, rootId, parentId, retries, eta, expires } = message;
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
  started({ message, task }) {
    if (task.options.sendEvents === false) return;
    this.#events.send("task-started", { uuid: message.id });
  }

  /** @param {Request} request @param {string} reason "expired", "terminated" or another @param {string | null} signal that ended it */
  revoked({ message, task }, reason, signal) {
    if (task.options.sendEvents === false) return;
    const signum = signal === null ? null : (constants.signals[/** @type {NodeJS.Signals} */ (signal)] ?? null);
    const terminated = reason === "terminated";
    this.#events.send("task-revoked", { uuid: message.id, terminated, signum, expired: reason === "expired" });
  }

  /** As Celery's consumer, which has no traceback of a task that it does not know. @param {string} id @param {Error} error */
  unrunnable(id, error) {
    const traceback = error instanceof NotRegistered ? {} : { traceback: formatTraceback(error) };
    this.#events.send("task-failed", { uuid: id, exception: exceptionRepr(error), ...traceback });
  }

  /** @param {TaskEvent[]} events of a task's end, which is stored now */
  send(events) {
    for (const { type, fields } of events) this.#events.send(type, fields);
  }

  /** @param {Request} request @param {unknown} value @param {number} runtimeS @returns {TaskEvent[]} */
  ofSuccess({ message, task }, value, runtimeS) {
    if (task.options.sendEvents === false) return [];
    const fields = { uuid: message.id, result: saferepr(value ?? null), runtime: runtimeS };
    return [{ type: "task-succeeded", fields }];
  }

  /** @param {Request} request @param {Error | null} cause what made the task retry @param {Error} retry @returns {TaskEvent[]} */
  ofRetry(request, cause, retry) {
    const exception = cause === null ? "None" : exceptionRepr(cause);
    return eventsOf(request, ["task-retried", { exception, traceback: formatTraceback(cause ?? retry) }]);
  }

  /**
   * @param {Request} request
   * @param {Error} error
   * @param {import("../../execution/disposition.js").Disposition["kind"]} kind what becomes of the message
   * @returns {TaskEvent[]}
   */
  ofFailure(request, error, kind) {
    const exception = error instanceof Reject ? reprOfReject(error) : exceptionRepr(error);
    const failed = /** @type {const} */ (["task-failed", { exception, traceback: formatTraceback(error) }]);
    if (kind === "settle") return eventsOf(request, failed);
    const rejected = rejection(kind === "requeue");
    // In the order in which Celery tells of the two.
    return kind === "bury" && !(error instanceof Reject)
      ? eventsOf(request, rejected, failed)
      : eventsOf(request, failed, rejected);
  }

  /** @param {Request} request whose message goes back to its queue @returns {TaskEvent[]} */
  ofRequeue(request) {
    return eventsOf(request, rejection(true));
  }
}

/** @param {Reject} error @returns {string} its `repr`, which is Celery's own */
function reprOfReject({ reason, requeue }) {
  return `reject requeue=${saferepr(requeue)}: ${typeof reason === "string" ? reason : saferepr(reason)}`;
}

/** @param {boolean} requeue @returns {readonly [string, Record<string, unknown>]} */
const rejection = (requeue) => ["task-rejected", { requeue }];

/**
 * @param {Request} request
 * @param {...(readonly [type: string, fields: Record<string, unknown>])} events
 * @returns {TaskEvent[]}
 */
function eventsOf({ message, task, acknowledged }, ...events) {
  if (task.options.sendEvents === false) return [];
  // What is acknowledged already cannot be rejected any more.
  const happened = events.filter(([type]) => type !== "task-rejected" || !acknowledged);
  return happened.map(([type, fields]) => ({ type, fields: { uuid: message.id, ...fields } }));
}
