/** Events of an app (celery.app.events): hearing those of a cluster. */
import { EventReceiver } from "./event-receiver.js";

/** @typedef {import("./event-receiver.js").ReceiverOptions} ReceiverOptions */

export class Events {
  #app;
  /** Those that hear. @type {Set<EventReceiver>} */
  #receivers = new Set();

  /** @param {import("./event-receiver.js").ReceiverApp} app */
  constructor(app) {
    this.#app = app;
  }

  /**
   * Hears what workers and clients of either language tell of themselves and of tasks.
   *
   * @param {ReceiverOptions} [options]
   * @returns {EventReceiver} that does not hear yet: see its `start` and `capture`
   * @throws {TypeError} when an option is unknown or of the wrong kind
   */
  receiver(options = {}) {
    return new EventReceiver(this.#app, options, this.#receivers);
  }

  /** Closes what hears. @returns {Promise<void>} */
  async close() {
    for (const receiver of [...this.#receivers]) await receiver.close();
  }
}
