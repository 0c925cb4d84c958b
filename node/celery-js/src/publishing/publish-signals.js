/** Sends the signals `beforeTaskPublish` and `afterTaskPublish` (celery.app.amqp.AMQP), and traces and counts what is sent. */
import { signals } from "../signals.js";
import { startPublishSpan } from "./publish-span.js";
import { counted } from "./sent-counters.js";

/**
 * @typedef {object} Published
 * @property {string} name of the task
 * @property {import("../protocol/message.js").Message} message whose headers, properties and body a receiver may change
 * @property {{ exchange: string, routingKey: string }} address
 * @property {import("./publish-span.js").EndSpan | null} endSpan null if nothing is traced
 */

/**
 * Called before a message is encoded and sent. Messages are sent in the order of their calls, so a receiver can change a message
 * only before its first `await`.
 *
 * @param {Published} published
 * @param {() => import("../validation/retry-policy.js").RetryPolicy} policy how its sending is repeated
 */
export function beforePublish(published, policy) {
  if (signals.beforeTaskPublish.receivers.length > 0) sendBefore(published, policy());
  published.endSpan = startPublishSpan(published);
}

/**
 * @param {Published} published
 * @param {import("../validation/retry-policy.js").RetryPolicy} retryPolicy
 */
function sendBefore({ name, message, address: { exchange, routingKey } }, retryPolicy) {
  const { headers, properties, body } = message;
  const declare = exchange === "" ? [routingKey] : [];
  void signals.beforeTaskPublish.send(name, { body, exchange, routingKey, headers, properties, declare, retryPolicy });
}

/**
 * Ends the span, counts the message, and sends the signal once the broker has it.
 *
 * @template T
 * @param {Promise<T>} sending
 * @param {Published} published
 * @returns {Promise<T>} the same promise without receivers, spans and counters
 */
export function afterPublish(sending, published) {
  const { endSpan, name, address } = published;
  const traced = endSpan ? ended(sending, endSpan) : sending;
  const sent = counted(traced, name, address.routingKey);
  return signals.afterTaskPublish.receivers.length > 0 ? sendAfter(sent, published) : sent;
}

/**
 * @template T
 * @param {Promise<T>} sending
 * @param {import("./publish-span.js").EndSpan} endSpan
 * @returns {Promise<T>}
 */
function ended(sending, endSpan) {
  return sending.then(
    (result) => {
      endSpan();
      return result;
    },
    (error) => {
      endSpan(error);
      throw error;
    },
  );
}

/**
 * @template T
 * @param {Promise<T>} sending
 * @param {Published} published
 * @returns {Promise<T>}
 */
async function sendAfter(sending, { name, message: { headers, body }, address: { exchange, routingKey } }) {
  const result = await sending;
  await signals.afterTaskPublish.send(name, { body, exchange, routingKey, headers });
  return result;
}
