/**
 * Queues and exchanges as Celery declares them: a durable queue, bound to a durable exchange of the same name. Queues and
 * exchanges that exist with other properties are used as they are, so an installation can keep its classic queues.
 */
import { checkExchangeType } from "../../validation/task-queues.js";
import { bindToDelays, declareDelays } from "./delays.js";
import { isForbidden, isMissing, isTooLong, isUnequal } from "./errors.js";

/**
 * @typedef {import("./driver.js").Channel} Channel
 * @typedef {import("./driver.js").Model} Model
 *
 * @typedef {object} QueueKind how queues are made that do not exist
 * @property {"quorum" | "classic"} type
 * @property {string} exchangeType
 * @property {number | null} maxPriority of a classic queue; null: it has no priorities
 *
 * @typedef {object} TaskQueue
 * @property {string} name
 * @property {string} exchange
 * @property {string} exchangeType
 * @property {string} routingKey
 * @property {"quorum" | "classic"} type
 *
 * @typedef {{ exchange?: string, routingKey?: string, exchangeType?: string }} Binding
 */

/**
 * @param {string} queue
 * @param {Binding & { exchangeType: string }} binding the binding in a command; the type is "direct" unless the command says
 *   otherwise
 * @returns {Binding}
 * @throws {ImproperlyConfigured} for an exchange of another type than direct and topic
 */
export function servedBinding(queue, { exchangeType, ...place }) {
  checkExchangeType(queue, exchangeType);
  return exchangeType === "direct" ? place : { ...place, exchangeType };
}

/**
 * @param {Model} model
 * @param {string} name
 * @param {QueueKind} kind
 * @param {Binding} [binding] default: the queue's name for both, and the kind's type
 * @returns {Promise<TaskQueue>} as it is now
 * @throws when the user may not declare it, and it does not exist
 */
export async function declareTaskQueue(model, name, kind, binding = {}) {
  const { exchange = name, routingKey = name, exchangeType: asked = kind.exchangeType } = binding;
  /** @type {TaskQueue} */
  const wanted = { name, exchange, routingKey, exchangeType: asked, type: kind.type };
  const declareExchange = (/** @type {Channel} */ channel) =>
    channel.assertExchange(exchange, asked, { durable: true });
  const declareQueue = (/** @type {Channel} */ channel) =>
    channel.assertQueue(name, { durable: true, arguments: argumentsOf(kind) });
  const bind = (/** @type {Channel} */ channel) => channel.bindQueue(name, exchange, routingKey);
  try {
    await onOwnChannel(model, (channel) =>
      Promise.all([declareExchange(channel), declareQueue(channel), bind(channel)]),
    );
    return wanted;
  } catch (error) {
    if (!isForbidden(error) && !isUnequal(error)) throw error;
  }
  // Each step has its own channel, because a refusal closes the channel.
  const exchangeType = await orCurrent(() => onOwnChannel(model, declareExchange), asked);
  const type = await orCurrent(() => onOwnChannel(model, declareQueue), kind.type);
  await onOwnChannel(model, (channel) => channel.checkQueue(name));
  await onOwnChannel(model, bind).catch(onlyForbidden);
  return { ...wanted, exchangeType, type: type === "quorum" ? "quorum" : "classic" };
}

/**
 * @param {Model} model
 * @param {readonly TaskQueue[]} queues
 * @returns {Promise<boolean>} whether messages can wait for their eta in the broker; false: the user may not declare what that takes,
 *   or a queue's name is too long for it
 */
export async function prepareDelays(model, queues) {
  try {
    await onOwnChannel(model, declareDelays);
    for (const queue of queues) await onOwnChannel(model, (channel) => bindToDelays(channel, queue));
    return true;
  } catch (error) {
    if (isForbidden(error) || isUnequal(error) || isTooLong(error)) return false;
    throw error;
  }
}

/**
 * @template T
 * @param {Model} model
 * @param {(channel: Channel) => Promise<T>} body which the broker may refuse
 * @returns {Promise<T>}
 */
export async function onOwnChannel(model, body) {
  const channel = await model.createChannel();
  /** @type {unknown} */
  let reason = null;
  channel.on("error", (error) => {
    reason = error;
  });
  try {
    const value = await body(channel);
    await channel.close().catch(() => {});
    return value;
  } catch (error) {
    // The broker has closed it, unless the error came before anything was sent.
    if (reason === null && isTooLong(error)) await channel.close().catch(() => {});
    // The first refusal is the reason why everything after it failed.
    throw reason ?? error;
  }
}

/**
 * @param {Model} model
 * @param {string} queue
 * @returns {Promise<number | null>} messages that wait in it; null: there is no such queue
 */
export async function countMessages(model, queue) {
  try {
    return (await onOwnChannel(model, (channel) => channel.checkQueue(queue))).messageCount;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/**
 * @param {QueueKind} kind
 * @returns {import("../transport.js").Consumer["declares"]}
 */
export function declaredAs(kind) {
  const queueArguments = argumentsOf(kind);
  return {
    exchangeType: kind.exchangeType,
    queueArguments: Object.keys(queueArguments).length > 0 ? queueArguments : null,
  };
}

/**
 * @param {QueueKind} kind
 * @returns {Record<string, unknown>}
 */
function argumentsOf({ type, maxPriority }) {
  if (type === "quorum") return { "x-queue-type": "quorum" };
  return maxPriority === null ? {} : { "x-max-priority": maxPriority };
}

/**
 * @param {() => Promise<unknown>} declare
 * @param {string} wanted
 * @returns {Promise<string>} the type that was wanted, or that it has
 */
async function orCurrent(declare, wanted) {
  try {
    await declare();
    return wanted;
  } catch (error) {
    onlyForbidden(error);
    const text = /** @type {Error} */ (error).message;
    if (!/arg '(x-queue-)?type'/.test(text)) return wanted;
    // "received 'topic' but current is 'direct'", "received none but current is the value 'quorum' of type 'longstr'"
    return /current is (?:the value )?'([^']+)'/.exec(text)?.[1] ?? "classic";
  }
}

/** @param {unknown} error */
function onlyForbidden(error) {
  if (!isForbidden(error) && !isUnequal(error)) throw error;
}
