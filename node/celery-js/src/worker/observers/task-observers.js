/**
 * Notifies the observers of tasks: the log, the receivers of signals, monitors, metrics. `createTaskObservers` has one line per
 * observer. The handlers of a task and the receivers of its run, which are awaited, are called in execution/hooks.js.
 */
import { countSent } from "../../publishing/sent-counters.js";
import { signals } from "../../signals.js";
import { TaskEvents } from "./task-events.js";
import { TaskLog } from "./task-log.js";
import { TaskSignals } from "./task-signals.js";
import { ErrorReports, TaskSpans } from "./task-telemetry.js";

/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("../../execution/disposition.js").Disposition} Disposition
 * @typedef {import("../../transport/transport.js").Delivery} Delivery
 * @typedef {Extract<import("../intake/admission.js").Decision, { kind: "bury" }>} Burial
 *
 * @typedef {() => void} Notify called once the outcome is stored, because listeners may read the result of an ended task
 *   at once
 * @typedef {Notify | null | undefined | void} Later what an observer only does then, if anything
 *
 * @typedef {object} TaskObserver is notified of the events it has a method for, and never throws; an error of what it does later
 *   affects nothing else
 * @property {(request: Request, isToRun: boolean) => Later} [received] a task's message; a revoked or expired one must not run
 * @property {(request: Request) => Later} [started]
 * @property {(request: Request, value: unknown, runtimeMs: number) => Later} [succeeded]
 * @property {(request: Request, error: Error, kind: Disposition["kind"]) => Later} [failed] `kind`: what happens to the
 *   message
 * @property {(request: Request, retry: import("../../errors.js").Retry) => Later} [retried]
 * @property {(request: Request) => Later} [ignored] the task threw `Ignore`
 * @property {(request: Request, reject: import("../../errors.js").Reject | null) => Later} [rejected] null: its retry or its replacement could
 *   not be sent, and it goes back
 * @property {(request: Request, reason: string, signal: string | null) => Later} [revoked] `reason`: "expired", "revoked", or "terminated" by
 *   the signal
 * @property {(delivery: Delivery, burial: Burial) => Later} [unknown] a message that cannot be run: no such task, unreadable, lost too often
 * @property {(queue: string, reason: string, count: number) => Later} [buried] messages of a queue are dead letters now
 *
 * @typedef {Required<TaskObserver>} Happenings
 *
 * @typedef {object} Subscription
 * @property {TaskObserver} observer
 * @property {() => boolean} isOn whether it wants `ROUTINE` events now; it always gets the others
 */

/** Events of a task that goes well: nothing is built for them while no observer wants them. @type {ReadonlySet<string>} */
const ROUTINE = new Set(["received", "started", "succeeded"]);

export class TaskObservers {
  #subscriptions;
  #onError;

  /**
   * @param {readonly Subscription[]} subscriptions in the order in which the observers are notified
   * @param {(error: unknown) => void} [onError] called with what an observer throws when the outcome is stored
   */
  constructor(subscriptions, onError = () => {}) {
    this.#subscriptions = subscriptions;
    this.#onError = onError;
  }

  /** @returns {boolean} whether any observer wants `ROUTINE` events; otherwise no arguments are built */
  get isOn() {
    for (const { isOn } of this.#subscriptions) if (isOn()) return true;
    return false;
  }

  /**
   * @template {keyof Happenings} What
   * @param {What} what
   * @param {Parameters<Happenings[What]>} details
   * @returns {Notify | null} to be called once the outcome is stored
   */
  notify(what, ...details) {
    /** @type {Notify | null} */
    let notify = null;
    const isRoutine = ROUTINE.has(what);
    for (const { observer, isOn } of this.#subscriptions) {
      if (isRoutine && !isOn()) continue;
      const tell = /** @type {((...details: unknown[]) => Later) | undefined} */ (observer[what]);
      const later = tell?.apply(observer, details);
      if (later) notify = this.#after(notify, later);
    }
    return notify;
  }

  /**
   * @param {Notify | null} first
   * @param {Notify} later
   * @returns {Notify} calls both
   */
  #after(first, later) {
    return () => {
      first?.();
      try {
        later();
      } catch (error) {
        this.#onError(error);
      }
    };
  }
}

/**
 * @param {object} parts
 * @param {import("./log.js").Logger} parts.log
 * @param {{ hostname: string }} parts.worker
 * @param {import("../model/types.js").TaskRegistry} parts.tasks
 * @param {import("./event-dispatcher.js").EventDispatcher} parts.events
 * @param {import("./task-metrics.js").TaskMetrics | null} parts.metrics null: metrics are off
 * @param {AbortSignal} parts.closed once the worker has stopped
 * @returns {TaskObservers}
 */
export function createTaskObservers({ log, worker, tasks, events, metrics, closed }) {
  if (metrics !== null) countSent((name, queue) => metrics.sent(name, queue), closed);
  const subscriptions = [
    { observer: new TaskLog(log, tasks), isOn: () => log.isLevelEnabled("info") },
    { observer: new TaskSignals({ worker, tasks, log }), isOn: () => signals.taskReceived.receivers.length > 0 },
    { observer: new TaskEvents(events), isOn: () => events.sendsTaskEvents },
    ...(metrics === null ? [] : [{ observer: metrics, isOn: () => true }]),
    { observer: new TaskSpans(), isOn: () => false },
    { observer: new ErrorReports(), isOn: () => false },
  ];
  return new TaskObservers(subscriptions, (error) => log.error({ error }, "A task could not be reported"));
}
