/** The loop that takes messages while there is room, and waits on the server while there are none. */
import { Refusal } from "../../transport/errors.js";

/** The pause after a server has answered a command with an error. */
const REFUSED_PAUSE_MS = 500;
const REFUSED_MAX_PAUSE_MS = 3_000;
/** How soon a stop is noticed while the server is away. */
const RECONNECT_CHECK_MS = 1_000;
/** The smallest window of which half is worth a round trip. */
const MIN_SPLIT_WINDOW = 32;
/** With messages that are larger on average, half of any window is: the server takes milliseconds to send it. */
const LARGE_CHARACTERS = 65_536;

/** @typedef {import("../../validation/task-queues.js").Place} Place */

export class Consumer {
  #taskConsumer;
  #admission;
  #dispatcher;
  #log;
  #reporter;
  #observers;
  #stopping = false;
  /** Whether the last `take` brought as many messages as it asked for. */
  #wasFull = false;
  /** Whether its messages were large. */
  #wereLarge = false;
  /** Refusals in a row. */
  #refusals = 0;
  /** The queues that were added, and where they are bound; also those that it no longer consumes. @type {Map<string, Place>} */
  #added = new Map();
  /** @type {Promise<void>} */
  #loop = Promise.resolve();

  /**
   * @param {object} options
   * @param {import("../../transport/transport.js").Consumer} options.taskConsumer
   * @param {import("./admission.js").Admission} options.admission
   * @param {import("./dispatcher.js").Dispatcher} options.dispatcher
   * @param {import("../observers/reporter.js").Reporter} options.reporter
   * @param {import("../observers/task-observers.js").TaskObservers} options.observers
   * @param {import("../observers/log.js").Logger} options.log
   */
  constructor({ taskConsumer, admission, dispatcher, reporter, observers, log }) {
    this.#observers = observers;
    this.#taskConsumer = taskConsumer;
    this.#admission = admission;
    this.#dispatcher = dispatcher;
    this.#log = log;
    this.#reporter = reporter;
  }

  start() {
    this.#loop = this.#consume();
  }

  /** @returns {readonly string[]} the queues that it consumes */
  get queues() {
    return this.#taskConsumer.queues;
  }

  /**
   * Takes from one more queue.
   *
   * @param {string} queue
   * @param {Place} place
   * @returns {Promise<void>}
   */
  async add(queue, place) {
    await this.#taskConsumer.addQueue(queue, place);
    this.#added.set(queue, place);
  }

  /**
   * @param {string} queue
   * @returns {Place | null} where `add` has bound it; null: it was not added
   */
  placeOf(queue) {
    return this.#added.get(queue) ?? null;
  }

  /** Stops taking from a queue; messages already taken still run. @param {string} queue */
  cancel(queue) {
    this.#taskConsumer.cancelQueue(queue);
  }

  /** Stops taking. @returns {Promise<void>} once the last message that was taken has been handed over */
  async stop() {
    this.#stopping = true;
    this.#taskConsumer.wake();
    this.#dispatcher.wake();
    await this.#loop;
    await this.#taskConsumer.stopTaking();
  }

  async #consume() {
    while (!this.#stopping) {
      const { room } = this.#dispatcher;
      if (room === 0) await this.#dispatcher.change();
      // It does not take again at once: a follow-up, such as the next task of a chain, is still on its way.
      else if (!(await this.#take(room)) && !this.#stopping) await this.#taskConsumer.wait();
    }
  }

  /**
   * Takes half a window at a time. While tasks end as fast as they come, the next half is asked for before the last one
   * runs, so that server and worker work at the same time. (1.4 times as many tasks a second.)
   *
   * @param {number} room
   * @returns {Promise<boolean>} whether there may be more
   */
  async #take(room) {
    const { window } = this.#dispatcher;
    const batch = window < MIN_SPLIT_WINDOW && !this.#wereLarge ? window : Math.ceil(window / 2);
    let limit = Math.min(room, batch);
    try {
      for (let taking = this.#taskConsumer.take(limit); ; ) {
        const taken = await taking;
        const isFull = taken.deliveries.length === limit;
        const isAhead = isFull && this.#wasFull && this.#canTakeAhead(batch);
        this.#wasFull = isFull;
        this.#wereLarge = areLarge(taken.deliveries);
        limit = Math.min(batch, window - limit);
        if (isAhead) taking = this.#taskConsumer.take(limit);
        this.#admit(taken);
        if (!isAhead) return isFull || (taken.hasMore ?? false);
      }
    } catch (error) {
      return this.#stopping ? false : await this.#recover(/** @type {Error} */ (error));
    }
  }

  /**
   * Tasks that take longer, or block the event loop, never have messages taken ahead: those would wait unread, and lose their
   * leases.
   *
   * @param {number} batch half of the window, or all of a small one
   */
  #canTakeAhead(batch) {
    const { room, window } = this.#dispatcher;
    return !this.#stopping && batch < window && room === window;
  }

  /** @param {Awaited<ReturnType<import("../../transport/transport.js").Consumer["take"]>>} taken */
  #admit({ deliveries, undecodable }) {
    this.#refusals = 0;
    if (this.#reporter.awaitsTake) this.#reporter.onTaken();
    if (undecodable > 0) {
      const { queues } = this;
      this.#observers.notify("buried", queues.length === 1 ? queues[0] : "", "undecodable", undecodable);
      this.#log.fatal(`${undecodable} message(s) are not JSON envelopes and were moved to the dead letters`);
    }
    if (deliveries.length === 0) return;
    this.#admission.admit(deliveries);
    this.#dispatcher.startMore();
  }

  /**
   * @param {Error} error
   * @returns {Promise<true>}
   */
  async #recover(error) {
    const { isConnected } = this.#taskConsumer;
    if (isConnected || error instanceof Refusal) this.#reporter.onTakeFailed(error);
    if (isConnected) {
      this.#refusals += 1;
      const pauseMs = Math.min(REFUSED_PAUSE_MS * 2 ** Math.min(this.#refusals - 1, 10), REFUSED_MAX_PAUSE_MS);
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random() / 2)));
    } else {
      await this.#taskConsumer.reconnected(RECONNECT_CHECK_MS).catch(() => {});
    }
    return true;
  }
}

/**
 * @param {readonly import("../../transport/transport.js").Delivery[]} deliveries
 * @returns {boolean} whether transferring and reading them takes longer than a round trip
 */
function areLarge(deliveries) {
  const characters = deliveries.reduce((sum, { raw }) => sum + raw.length, 0);
  return characters > LARGE_CHARACTERS * deliveries.length;
}
