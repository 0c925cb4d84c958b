/** Events of an app (celery.app.events): hearing those of a cluster, and telling of the tasks that are sent here. */
import { encodeEvents, makeEvent, topicOf } from "../protocol/events.js";
import { EventReceiver } from "./event-receiver.js";

/**
 * @typedef {import("./event-receiver.js").ReceiverOptions} ReceiverOptions
 * @typedef {import("../transport/transport.js").Publication} Publication
 *
 * @typedef {import("./event-receiver.js").ReceiverApp & { publisher: import("../transport/transport.js").Publisher }} EventsApp
 */

/** What the type of an event of sending is, and its topic. */
const TASK_SENT = "task-sent";

export class Events {
  #app;
  /** Those that hear. @type {Set<EventReceiver>} */
  #receivers = new Set();

  /** @param {EventsApp} app */
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

  /**
   * Tells of a task that is being sent (`taskSendSentEvent`), once the broker has it. Nobody waits for that, and where it cannot
   * be told it is lost.
   *
   * @param {Promise<void>} sending of its message
   * @param {Record<string, unknown>} headers of its message
   * @param {{ queue: string, publication: Publication }} about
   * @returns {Promise<void>} the same as `sending`
   */
  tellOfSending(sending, headers, { queue, publication: { exchange, routingKey, retryPolicy } }) {
    const call = { name: headers.task, args: headers.argsrepr, kwargs: headers.kwargsrepr };
    const family = { uuid: headers.id, root_id: headers.root_id, parent_id: headers.parent_id };
    const { retries, eta, expires } = headers;
    const fields = { ...family, ...call, retries, eta, expires, queue, exchange, routing_key: routingKey };
    return sending.then(() => this.#broadcast(String(headers.origin), fields, retryPolicy));
  }

  /** Closes what hears. @returns {Promise<void>} */
  async close() {
    for (const receiver of [...this.#receivers]) await receiver.close();
  }

  /** @param {string} hostname @param {Record<string, unknown>} fields @param {Publication["retryPolicy"]} retryPolicy */
  #broadcast(hostname, fields, retryPolicy) {
    const { settings, clock, publisher } = this.#app;
    const address = { exchange: settings.eventExchange, routingKey: topicOf(TASK_SENT) };
    const event = makeEvent(TASK_SENT, { hostname, clock: clock.forward() }, fields);
    const text = encodeEvents(event, { ...address, hostname });
    publisher.publish({ ...address, exchangeType: "fanout", text, retryPolicy }).catch(() => {});
  }
}
