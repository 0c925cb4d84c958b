/**
 * Sends events (celery.events.dispatcher). Guarantee: nothing waits for an event. Task events gather while others are
 * being sent, and travel as lists. While the server is away all events gather, up to a limit, and then the oldest are
 * dropped. An event whose answer was lost is sent again.
 */
import { EventWriter, encodeEvents, groupOf, topicOf, topicOfMany } from "../../protocol/events.js";
import { isForbidden } from "../../transport/errors.js";
import { SOFTWARE } from "./software.js";

/** The groups whose events travel as lists (Celery's `buffer_group`). */
const GATHERED = new Set(["task"]);
/** Most events in one list. Celery has 24; a Node worker is ten times as fast. */
const LIST_LIMIT = 200;
/** The most events that wait (some 10 MB at worst), and how many are dropped at a time for new ones. */
const WAITING_LIMIT = 10_000;
const DROPPED_AT_ONCE = 1_000;
/** The interval that Celery's control command `heartbeat` reports, whatever the real one is. */
const ANSWERED_FREQ_S = 5;

/**
 * @typedef {import("../../protocol/events.js").WrittenEvent} WrittenEvent
 *
 * @typedef {object} Broadcaster
 * @property {boolean} isConnected
 * @property {(exchange: string, routingKey: string, text: string) => Promise<void>} broadcast
 *
 * @typedef {{ routingKey: string, body: WrittenEvent | WrittenEvent[] }} Parcel one message
 */

export class EventDispatcher {
  /** Events in their order. @type {WrittenEvent[]} */
  #waiting = [];
  #dropped = 0;
  #isScheduled = false;
  /** @type {Promise<void> | null} */
  #sending = null;
  #isClosed = false;
  #hostname;
  #writer;
  #clock;
  #exchange;
  #broadcaster;
  #log;
  #limit;
  #onRefused;
  #onAccepted;

  /** Whether events of tasks are sent; checked for every task. Only `enable` and `disable` change it. */
  sendsTaskEvents;

  /**
   * @param {object} options
   * @param {string} options.hostname the worker's
   * @param {import("../../protocol/clock.js").LamportClock} options.clock
   * @param {string} options.exchange
   * @param {boolean} options.taskEvents whether events of tasks are sent from the start
   * @param {Broadcaster} options.broadcaster
   * @param {import("./log.js").Logger} options.log
   * @param {number} [options.limit] most events that wait
   * @param {(error: Error) => void} [options.onRefused] called whenever the server forbids this user to send them
   * @param {() => void} [options.onAccepted] called whenever some were sent
   */
  constructor({ hostname, clock, exchange, taskEvents, broadcaster, log, limit = WAITING_LIMIT, ...hooks }) {
    this.#hostname = hostname;
    this.#writer = new EventWriter(hostname);
    this.#clock = clock;
    this.#exchange = exchange;
    this.#broadcaster = broadcaster;
    this.#log = log;
    this.#limit = limit;
    this.#onRefused = hooks.onRefused;
    this.#onAccepted = hooks.onAccepted;
    this.sendsTaskEvents = taskEvents;
  }

  /**
   * Sends events of tasks from now on (Celery's control command `enable_events`).
   *
   * @returns {boolean} false if it already did
   */
  enable() {
    if (this.sendsTaskEvents) return false;
    this.sendsTaskEvents = true;
    this.#log.info("Events of group {task} enabled by remote.");
    return true;
  }

  /**
   * Stops sending events of tasks (Celery's control command `disable_events`).
   *
   * @returns {boolean} false if it did not before
   */
  disable() {
    if (!this.sendsTaskEvents) return false;
    this.sendsTaskEvents = false;
    this.#log.info("Events of group {task} disabled by remote.");
    return true;
  }

  /** Sends one heartbeat (Celery's control command `heartbeat`), with the few fields that Celery's has. */
  heartbeat() {
    this.#log.debug("Heartbeat requested by remote.");
    this.send("worker-heartbeat", { freq: ANSWERED_FREQ_S, ...SOFTWARE });
  }

  /**
   * Sends an event, soon; returns at once, and never throws.
   *
   * @param {string} type
   * @param {Record<string, unknown>} fields that JSON can hold
   */
  send(type, fields) {
    if (this.#isClosed) return;
    if (this.#waiting.length >= this.#limit) this.#makeWay();
    try {
      this.#waiting.push(this.#writer.write(type, this.#clock.forward(), fields));
    } catch (error) {
      this.#log.error({ error }, `An event '${type}' cannot be encoded and was dropped`);
      return;
    }
    if (this.#isScheduled || this.#sending !== null) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  /**
   * Sends the waiting events, if the server is there, and nothing after that.
   *
   * @returns {Promise<void>} once it is sent, or lost
   */
  async close() {
    this.#isClosed = true;
    while (this.#sending !== null) await this.#sending;
    this.#flush();
    while (this.#sending !== null) await this.#sending;
  }

  #flush() {
    if (this.#waiting.length === 0 || this.#sending !== null || !this.#broadcaster.isConnected) return;
    const sent = this.#waiting.splice(0);
    this.#sending = this.#sendAll(sent).then((unsent) => {
      this.#sending = null;
      this.#waiting.unshift(...unsent);
      // Unsent events go with the next event: a worker with heartbeats has one every two seconds.
      if (unsent.length === 0) this.#flush();
    });
  }

  /**
   * @param {WrittenEvent[]} events
   * @returns {Promise<WrittenEvent[]>} those that could not be sent
   */
  async #sendAll(events) {
    const outcomes = await Promise.allSettled(parcelsOf(events).map((parcel) => this.#sendParcel(parcel)));
    const unsent = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? outcome.reason.events : []));
    if (unsent.length === 0 && this.#dropped > 0) {
      this.#log.warn(`${this.#dropped} event(s) were dropped while the server was away`);
      this.#dropped = 0;
    }
    return unsent;
  }

  /**
   * @param {Parcel} parcel
   * @throws {{ events: WrittenEvent[] }} what is to be sent again
   */
  async #sendParcel({ routingKey, body }) {
    const events = [body].flat();
    const text = encodeEvents(body, { exchange: this.#exchange, routingKey, hostname: this.#hostname });
    try {
      await this.#broadcaster.broadcast(this.#exchange, routingKey, text);
      this.#onAccepted?.();
    } catch (error) {
      if (isForbidden(error)) this.#onRefused?.(error);
      throw { events };
    }
  }

  #makeWay() {
    const count = Math.min(DROPPED_AT_ONCE, Math.ceil(this.#limit / 10));
    this.#dropped += this.#waiting.splice(0, count).length;
  }
}

/**
 * @param {WrittenEvent[]} events
 * @returns {Parcel[]} neighbours of one group as lists, ordered by the first event of each
 */
function parcelsOf(events) {
  /** @type {Parcel[]} */
  const parcels = [];
  /** @type {Map<string, WrittenEvent[]>} */
  const open = new Map();
  for (const event of events) {
    const group = groupOf(event.type);
    if (!GATHERED.has(group)) {
      parcels.push({ routingKey: topicOf(event.type), body: event });
      continue;
    }
    let list = open.get(group);
    if (list === undefined || list.length >= LIST_LIMIT) {
      list = [];
      open.set(group, list);
      parcels.push({ routingKey: topicOfMany(group), body: list });
    }
    list.push(event);
  }
  return parcels;
}
