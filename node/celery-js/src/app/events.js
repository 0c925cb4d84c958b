/** Events of an app (celery.app.events): receives those of a cluster. */
import { EventReceiver } from "./event-receiver.js";

/** @typedef {import("./event-receiver.js").ReceiverOptions} ReceiverOptions */

export class Events {
  #app;
  /** Open receivers. @type {Set<EventReceiver>} */
  #receivers = new Set();

  /** @param {import("./event-receiver.js").ReceiverApp & { markUsed?: () => void }} app */
  constructor(app) {
    this.#app = app;
  }

  /**
   * Makes a receiver for the events of workers and clients, in either language.
   *
   * @param {ReceiverOptions} [options]
   * @returns {EventReceiver} not started yet: see its `start` and `capture`
   * @throws {TypeError} when an option is unknown or of the wrong kind
   */
  receiver(options = {}) {
    this.#app.markUsed?.();
    return new EventReceiver(this.#app, options, this.#receivers);
  }

  /** Closes all receivers. @returns {Promise<void>} */
  async close() {
    for (const receiver of [...this.#receivers]) await receiver.close();
  }
}
