/** Receives events of workers and clients, in either language (celery.events.receiver). */
import { TimeoutError } from "../errors.js";
import { decodeEvents } from "../protocol/events.js";
import { MAX_TIMER_MS } from "../protocol/time.js";
import { createListener } from "../transport/transport.js";
import { BOOLEAN, DURATION, methodOptions, POSITIVE, TEXT } from "../validation/kinds.js";

/** Celery's value. A client's own clock cannot order its events, so each gets this receiver's clock minus one. */
const CLIENT_CLOCK_SKEW = -1;

/**
 * @typedef {import("../protocol/events.js").CeleryEvent & { local_received: number }} ReceivedEvent `local_received`: when it
 *   was received, in seconds since the epoch
 * @typedef {(event: ReceivedEvent) => unknown} EventHandler
 *
 * @typedef {object} ReceiverOptions
 * @property {Record<string, EventHandler>} [handlers] by type, such as "task-failed"; "*" gets all others
 * @property {string} [routingKey] a filter: "task.#" gives all task events; default "#", all events
 *
 * @typedef {object} StartOptions
 * @property {boolean} [wakeup] false does not ask the workers for a heartbeat at once
 *
 * @typedef {object} CaptureLimits
 * @property {number | null} [limit] stops after this many events
 * @property {number | null} [timeout] seconds to wait for each event
 *
 * @typedef {StartOptions & CaptureLimits} CaptureOptions
 *
 * @typedef {Pick<import("./celery.js").Celery, "settings" | "clock" | "control">} ReceiverApp
 * @typedef {{ onEvent: () => void, fail: (error: unknown) => void, end: () => void }} Capture
 */

const RECEIVER_KINDS = {
  handlers: /** @type {import("../validation/kinds.js").Kind} */ ([
    "an object of functions by the type of event",
    isHandlers,
  ]),
  routingKey: TEXT,
};
const START_KINDS = { wakeup: BOOLEAN };
const CAPTURE_KINDS = { ...START_KINDS, limit: POSITIVE, timeout: DURATION };

export class EventReceiver {
  #app;
  #handlers;
  #routingKey;
  #open;
  /** @type {import("../transport/transport.js").Listener | null} */
  #listener = null;
  /** @type {Capture | null} */
  #capture = null;

  /**
   * @param {ReceiverApp} app
   * @param {ReceiverOptions} options
   * @param {Set<EventReceiver>} open the open receivers; this one adds and removes itself
   * @throws {TypeError} when an option is unknown or of the wrong kind
   */
  constructor(app, options, open) {
    const { handlers, routingKey } = /** @type {ReceiverOptions} */ (
      methodOptions(options, RECEIVER_KINDS, "receiver()")
    );
    this.#app = app;
    this.#open = open;
    this.#handlers = new Map(Object.entries(handlers ?? {}));
    this.#routingKey = routingKey ?? "#";
  }

  /**
   * Receives until it is closed, and keeps the process alive until then. An error of a handler becomes a process warning.
   * After an outage of the server it continues by itself; events sent meanwhile are lost. If the server then refuses to send
   * events, that is a process warning, and it tries again.
   *
   * @param {StartOptions} [options]
   * @returns {Promise<void>} once it receives, or is closed
   * @throws {TypeError} for a wrong option, and when it has been started and not closed
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async start(options = {}) {
    const { wakeup } = /** @type {StartOptions} */ (methodOptions(options, START_KINDS, "start()"));
    if (this.#listener !== null) throw new TypeError("start(): this receiver is already started; close() it first");
    const isToWake = wakeup ?? true;
    const listener = createListener(this.#app.settings, {
      exchange: this.#app.settings.eventExchange,
      routingKey: this.#routingKey,
      onMessage: (text) => this.#receive(text),
      onAgain: () => {
        if (isToWake) void this.wakeupWorkers().catch(() => {});
      },
      onRefused: (error) => process.emitWarning(`No events arrive until the server allows it: ${error.message}`),
    });
    this.#listener = listener;
    this.#open.add(this);
    try {
      await listener.start();
      if (isToWake && this.#listener === listener) await this.wakeupWorkers();
    } catch (error) {
      if (this.#listener !== listener) return;
      await this.close();
      throw error;
    }
  }

  /**
   * Receives until there were enough events or it is closed, then closes (Celery's `capture`).
   *
   * @param {CaptureOptions} [options]
   * @returns {Promise<number>} how many events it has received
   * @throws what a handler throws
   * @throws {TimeoutError} when no event comes for `timeout`
   * @throws {TypeError} and {OperationalError} as `start` does
   */
  async capture(options = {}) {
    const { limit, timeout, ...rest } = /** @type {CaptureOptions} */ (
      methodOptions(options, CAPTURE_KINDS, "capture()")
    );
    if (this.#listener !== null) throw new TypeError("capture(): this receiver is already started; close() it first");
    let received = 0;
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    /** @type {Promise<void>} */
    const over = new Promise((resolve, reject) => {
      const waitOn = () => {
        clearTimeout(timer);
        if (!timeout || timeout * 1000 > MAX_TIMER_MS) return;
        timer = setTimeout(() => reject(new TimeoutError(`no event for ${timeout} s`)), timeout * 1000);
      };
      const count = () => {
        received += 1;
        if (limit && received >= limit) void this.close();
        else waitOn();
      };
      this.#capture = { onEvent: count, fail: reject, end: resolve };
      waitOn();
    });
    over.catch(() => {}); // it may end before it is awaited
    try {
      await this.start(rest);
      await over;
      return received;
    } finally {
      clearTimeout(timer);
      await this.close();
    }
  }

  /**
   * Asks every worker for a heartbeat, to learn at once which ones are online.
   *
   * @returns {Promise<void>} once they are asked
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async wakeupWorkers() {
    await this.#app.control.broadcast("heartbeat");
  }

  /** Stops receiving. Idempotent; it can be started again. @returns {Promise<void>} */
  async close() {
    const [listener, capture] = [this.#listener, this.#capture];
    this.#listener = null;
    this.#capture = null;
    this.#open.delete(this);
    listener?.close();
    capture?.end();
  }

  /** @param {string} text */
  #receive(text) {
    /** @type {import("../protocol/events.js").CeleryEvent[]} */
    let events = [];
    try {
      events = decodeEvents(text);
    } catch (error) {
      process.emitWarning(`An event cannot be read: ${/** @type {Error} */ (error).message}`);
    }
    for (const event of events) {
      if (this.#listener === null) return; // a handler has closed it, or there were enough
      this.#handle(this.#received(event));
      this.#capture?.onEvent();
    }
  }

  /**
   * As Celery's `event_from_message`; only the timestamp stays as it was sent.
   *
   * @param {import("../protocol/events.js").CeleryEvent} event
   * @returns {ReceivedEvent}
   */
  #received(event) {
    const { clock } = this.#app;
    if (event.type === "task-sent") {
      event.clock = (clock.value || 1) + CLIENT_CLOCK_SKEW;
      clock.adjust(event.clock);
    } else if (typeof event.clock === "number") {
      clock.adjust(event.clock);
    } else {
      event.clock = clock.forward();
    }
    return Object.assign(event, { local_received: Date.now() / 1000 });
  }

  /** @param {ReceivedEvent} event */
  #handle(event) {
    const handler = this.#handlers.get(event.type) ?? this.#handlers.get("*");
    const capture = this.#capture;
    const fail = (/** @type {unknown} */ error) => {
      if (capture === null) return void process.emitWarning(sentenceOf(event.type, error));
      capture.fail(error);
      void this.close();
    };
    try {
      const returned = handler?.(event);
      if (returned instanceof Promise) returned.catch(fail);
    } catch (error) {
      fail(error);
    }
  }
}

/**
 * @param {unknown} value
 * @returns {boolean}
 */
function isHandlers(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((handler) => typeof handler === "function");
}

/**
 * @param {string} type
 * @param {unknown} error
 */
const sentenceOf = (type, error) =>
  `The handler of ${type} raised: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
