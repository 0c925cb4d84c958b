/** The sender's event for monitors: `task-sent` (celery.app.amqp.AMQP), with `taskSendSentEvent`. */
import { EventWriter, encodeEvents, topicOf } from "../protocol/events.js";
import { anonymousOrigin } from "../protocol/message.js";

const TASK_SENT = "task-sent";

/**
 * @typedef {import("../transport/transport.js").Publication} Publication
 *
 * @typedef {object} SendingApp
 * @property {Pick<import("../settings.js").Settings, "taskSendSentEvent" | "eventExchange">} settings
 * @property {import("../protocol/clock.js").LamportClock} clock
 * @property {{ publish: (publication: Publication) => Promise<unknown> }} publisher
 */

/**
 * Publishes the event once the broker has the message. The caller does not wait for it, and a failure loses it.
 *
 * @template T
 * @param {SendingApp} app
 * @param {Promise<T>} sending
 * @param {Record<string, unknown>} headers of the message
 * @param {Publication} publication the message, and where it goes
 * @param {string} [queue] that its route names
 * @returns {Promise<T>} the same promise without `taskSendSentEvent`
 */
export function withSentEvent(app, sending, headers, publication, queue = publication.routingKey) {
  if (!app.settings.taskSendSentEvent) return sending;
  return sending.then((result) => {
    publishSentEvent(app, headers, publication, queue);
    return result;
  });
}

/**
 * @param {SendingApp} app
 * @param {Record<string, unknown>} headers
 * @param {Publication} publication
 * @param {string} queue
 */
function publishSentEvent({ settings, clock, publisher }, headers, { exchange, routingKey, retryPolicy }, queue) {
  const family = { uuid: headers.id, root_id: headers.root_id, parent_id: headers.parent_id };
  const call = { name: headers.task, args: headers.argsrepr, kwargs: headers.kwargsrepr };
  const { retries, eta, expires } = headers;
  const fields = { ...family, ...call, retries, eta, expires, queue, exchange, routing_key: routingKey };
  const hostname = anonymousOrigin();
  const address = { exchange: settings.eventExchange, routingKey: topicOf(TASK_SENT) };
  const event = new EventWriter(hostname).write(TASK_SENT, clock.forward(), fields);
  const text = encodeEvents(event, { ...address, hostname });
  publisher.publish({ ...address, exchangeType: "fanout", text, retryPolicy }).catch(() => {});
}
