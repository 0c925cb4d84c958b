/**
 * Notifies the observers of tasks: the log, the receivers of signals, monitors. `createObservers` has one line per
 * observer. The handlers of a task and the receivers of its run, which are awaited, are called in execution/hooks.js.
 */

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
 * @typedef {object} TaskObserver is notified of the events it has a method for, and never throws
 * @property {boolean} isOn whether it wants the events of a successful task: `received`, `started`, `succeeded`
 * @property {(request: Request, isToRun: boolean) => Later} [received] a task's message; a revoked or expired one must
 *   not run
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
 *
 * @typedef {Required<Omit<TaskObserver, "isOn">>} Happenings
 */

export class TaskObservers {
  #observers;

  /** @param {readonly TaskObserver[]} observers in the order in which they are notified */
  constructor(observers) {
    this.#observers = observers;
  }

  /** @returns {boolean} whether any observer wants the events of a successful task; otherwise no arguments are built */
  get isOn() {
    for (const observer of this.#observers) if (observer.isOn) return true;
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
    for (const observer of this.#observers) {
      const tell = /** @type {((...details: unknown[]) => Later) | undefined} */ (observer[what]);
      const later = tell?.apply(observer, details);
      if (later) notify = notify === null ? later : both(notify, later);
    }
    return notify;
  }
}

/**
 * @param {Notify} first
 * @param {Notify} second
 * @returns {Notify}
 */
const both = (first, second) => () => {
  first();
  second();
};
