/** Sends the signals `beforeTaskPublish` and `afterTaskPublish` (celery.app.amqp.AMQP). */
import { signals } from "../signals.js";

/**
 * @typedef {object} Published
 * @property {string} name of the task
 * @property {import("../protocol/message.js").Message} message whose headers, properties and body a receiver may change
 * @property {{ exchange: string, routingKey: string }} address
 */

/**
 * Called before a message is encoded and sent. Messages are sent in the order of their calls, so that a receiver
 * cannot take its time: what it does after its first `await` comes too late for the message.
 *
 * @param {Published} published
 */
export function beforePublish({ name, message: { headers, properties, body }, address }) {
  if (signals.beforeTaskPublish.receivers.length === 0) return;
  const { exchange, routingKey } = address;
  const declare = exchange === "" ? [routingKey] : [];
  void signals.beforeTaskPublish.send(name, { body, exchange, routingKey, headers, properties, declare });
}

/**
 * Sends the signal once the broker has the message.
 *
 * @template T
 * @param {Promise<T>} sending
 * @param {Published} published
 * @returns {Promise<T>} the same promise without receivers
 */
export function afterPublish(sending, { name, message: { headers, body }, address: { exchange, routingKey } }) {
  if (signals.afterTaskPublish.receivers.length === 0) return sending;
  return sending.then(async (result) => {
    await signals.afterTaskPublish.send(name, { body, exchange, routingKey, headers });
    return result;
  });
}
