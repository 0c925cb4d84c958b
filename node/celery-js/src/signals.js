/**
 * Celery's signals (celery.signals, celery.utils.dispatch): callbacks within a program for its tasks, its workers and the
 * messages that it sends. As in Celery they belong to the process, not to an app.
 *
 * Guarantee: a receiver that throws or rejects is reported, and stops nothing. A signal without receivers costs
 * its sender one look at the length of `receivers`.
 */
import { didYouMean } from "./validation/suggest.js";

/**
 * @typedef {{ signal: Signal, sender: any, [argument: string]: any }} SignalPayload Celery's arguments in camelCase; each
 *   signal has its own
 * @typedef {(payload: any) => unknown} Receiver of a `SignalPayload`; `any`, so that it can take what it needs out of it
 * @typedef {object} ConnectOptions
 * @property {unknown} [sender] only signals from this sender. For task signals: the Task, its function or its name. For
 *   publishing signals: the task's name. For worker signals: the Worker, or its name for `celerydInit`, `celerydAfterSetup`,
 *   `workerShuttingDown`, `workerProcessInit` and `workerProcessShutdown`
 * @property {string} [dispatchUid] instead of the receiver: connecting a second one under it does nothing
 * @typedef {{ receiver: Receiver, sender: unknown, key: unknown }} Connection
 * @typedef {(error: unknown, sentence: string) => void} Report
 */

const OPTIONS = ["sender", "dispatchUid"];

export class Signal {
  /** The connections in order. Only `connect` and `disconnect` change them. @type {readonly Connection[]} */
  receivers = [];

  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }

  /**
   * Calls the receiver whenever the signal is sent, with one object: the signal's arguments, `sender` and `signal`. One that
   * is connected already stays so. A promise that it returns is waited for before the worker goes on.
   *
   * @template {Receiver} R
   * @param {R} receiver
   * @param {ConnectOptions} [options]
   * @returns {R} the receiver
   * @throws {TypeError} when it is not a function, or an option is unknown
   */
  connect(receiver, options = {}) {
    if (typeof receiver !== "function") throw new TypeError(`${this.name}: a signal's receiver must be a function`);
    const { sender = null, dispatchUid } = checked(options, this.name);
    const key = dispatchUid ?? receiver;
    if (!this.receivers.some((other) => other.key === key && other.sender === sender)) {
      this.receivers = [...this.receivers, { receiver, sender, key }];
    }
    return receiver;
  }

  /**
   * @param {Receiver | null} [receiver] null where `dispatchUid` identifies it
   * @param {ConnectOptions} [options] those that it was connected with
   * @returns {boolean} whether it was connected
   * @throws {TypeError} when an option is unknown
   */
  disconnect(receiver = null, options = {}) {
    const { sender = null, dispatchUid } = checked(options, this.name);
    const key = dispatchUid ?? receiver;
    const left = this.receivers.filter((other) => other.key !== key || other.sender !== sender);
    const found = left.length < this.receivers.length;
    this.receivers = left;
    return found;
  }

  /**
   * @param {unknown} [sender]
   * @returns {boolean} whether a receiver is connected to this sender
   */
  hasListeners(sender = null) {
    return this.receivers.some((connection) => isFrom(sender, connection.sender));
  }

  /**
   * Calls the connected receivers, in their order.
   *
   * @param {unknown} sender
   * @param {Record<string, unknown>} payload
   * @param {Report} [report] handles an error of a receiver; default: a process warning
   * @returns {Promise<void> | undefined} undefined when there is nothing to wait for
   */
  send(sender, payload, report = warn) {
    /** @type {Promise<unknown>[]} */
    const pending = [];
    for (const connection of this.receivers) {
      if (!isFrom(sender, connection.sender)) continue;
      const { receiver } = connection;
      const failed = (/** @type {unknown} */ error) =>
        report(error, `Signal handler ${receiver.name || "(anonymous)"} of ${this.name} raised`);
      try {
        const response = receiver({ ...payload, signal: this, sender });
        if (response instanceof Promise) pending.push(response.catch(failed));
      } catch (error) {
        failed(error);
      }
    }
    return pending.length === 0 ? undefined : Promise.all(pending).then(() => {});
  }
}

/**
 * @param {unknown} sender
 * @param {unknown} wanted null for any sender
 * @returns {boolean}
 */
function isFrom(sender, wanted) {
  if (wanted === null || wanted === sender) return true;
  if (typeof sender !== "object" || sender === null) return false;
  const { name, fn } = /** @type {{ name?: unknown, fn?: unknown }} */ (sender);
  return wanted === name || wanted === fn;
}

/**
 * @param {ConnectOptions} options
 * @param {string} signal
 * @returns {ConnectOptions}
 */
function checked(options, signal) {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) throw new TypeError(`${signal}: unknown option '${name}'${didYouMean(name, OPTIONS)}`);
  }
  return options;
}

/** @type {Report} */
function warn(error, sentence) {
  process.emitWarning(`${sentence}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}

const names = /** @type {const} */ ([
  "beforeTaskPublish",
  "afterTaskPublish",
  "taskReceived",
  "taskPrerun",
  "taskPostrun",
  "taskSuccess",
  "taskRetry",
  "taskFailure",
  "taskInternalError",
  "taskRevoked",
  "taskRejected",
  "taskUnknown",
  "celerydInit",
  "celerydAfterSetup",
  "workerInit",
  "workerProcessInit",
  "workerReady",
  "workerShuttingDown",
  "workerProcessShutdown",
  "workerShutdown",
  "heartbeatSent",
]);

/** @type {Readonly<Record<typeof names[number], Signal>>} */
export const signals = Object.freeze(
  /** @type {Record<typeof names[number], Signal>} */ (
    Object.fromEntries(names.map((name) => [name, new Signal(name)]))
  ),
);
