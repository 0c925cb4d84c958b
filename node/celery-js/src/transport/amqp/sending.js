/** Sending from the connection's thread: answers to remote control, events, and messages that move elsewhere. */
import { Confirms } from "./confirms.js";
import { isMissing, Unroutable } from "./errors.js";
import { toAmqp } from "./message.js";
import { onOwnChannel } from "./topology.js";

/**
 * @typedef {import("./driver.js").Channel} Channel
 * @typedef {import("./driver.js").Model} Model
 *
 * @typedef {object} Link what there is on one connection
 * @property {Model} model
 * @property {Channel} plain for what needs no confirmation
 * @property {Confirms} confirms
 * @property {import("./subscriptions.js").Subscriptions} subscriptions
 * @property {Map<string, Promise<string>>} deadQueues
 * @property {Set<string>} exchanges those that are declared
 * @property {boolean} canDelay
 */

/** @param {Pick<Link, "model" | "confirms">} link whose channel may have been closed by a refusal */
export async function confirmsOf(link) {
  if (!link.confirms.isOpen) link.confirms = new Confirms(await link.model.createConfirmChannel());
  return link.confirms;
}

/**
 * Kombu declares the exchange of the answers with each answer.
 *
 * @param {Link} link
 * @param {import("../../protocol/pidbox.js").ReplyAddress} address
 * @param {string} text
 * @returns {Promise<boolean>} false: the asker has gone
 */
export async function reply(link, { exchange, routingKey }, text) {
  await declareOnce(link, exchange, "direct", false);
  try {
    await (await confirmsOf(link)).publish({ exchange, routingKey }, toAmqp(text));
    return true;
  } catch (error) {
    if (error instanceof Unroutable || isMissing(error)) return false;
    throw error;
  }
}

/**
 * @param {Link} link
 * @param {string} exchange
 * @param {string} routingKey
 * @param {string} text
 * @param {{ isOfEvents: boolean }} kind
 */
export async function broadcast(link, exchange, routingKey, text, { isOfEvents }) {
  await declareOnce(link, exchange, isOfEvents ? "topic" : "fanout", isOfEvents);
  const { content, options } = toAmqp(text);
  link.plain.publish(exchange, routingKey, content, options);
}

/**
 * @param {Link} link
 * @param {string} exchange
 * @param {string} type
 * @param {boolean} durable
 */
async function declareOnce(link, exchange, type, durable) {
  if (exchange === "" || link.exchanges.has(exchange)) return;
  await onOwnChannel(link.model, (channel) => channel.assertExchange(exchange, type, { durable }));
  link.exchanges.add(exchange);
}
