/** Sends a task: from a name, arguments and options to a message in its queue (`celery.app.base.Celery.send_task`). */
import { randomUUID } from "node:crypto";
import { encodeEnvelope, taskMessage } from "../protocol/message.js";
import { afterPublish, beforePublish } from "../publish-signals.js";
import { currentExecution } from "../tasks/current.js";
import { checkSendOptions, mergeOptions } from "../tasks/send-options.js";

/**
 * @typedef {import("./celery.js").Celery} Celery
 * @typedef {import("./result.js").AsyncResult} AsyncResult
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("../tasks/options.js").TaskOptions} TaskOptions
 * @typedef {import("../tasks/current.js").Execution} Execution
 */

/**
 * Everything up to handing the message to the publisher happens at once, so that messages stay in the order of the calls.
 *
 * @param {Celery} app
 * @param {string} name
 * @param {readonly unknown[]} args
 * @param {Readonly<SendOptions>} given
 * @returns {Promise<AsyncResult>} once the broker has the message
 * @throws as `Celery.sendTask`
 */
export async function send(app, name, args, given) {
  const parent = currentExecution();
  const options = completeOptions(app, name, given, parent);
  const { taskId = randomUUID(), addToParent = true } = options;
  const message = taskMessage(messageOptions(name, args, taskId, options));
  const address = addressOf(app, options);
  const { headers, deliveryMode } = options;
  Object.assign(message.headers, headers);
  beforePublish({ name, message, address });
  const publication = {
    ...address,
    exchangeType: options.exchangeType,
    text: encodeEnvelope(message, { ...address, deliveryMode }),
  };
  const publish = () => afterPublish(app.publisher.publish(publication), { name, message, address });
  const published = parent?.persist ? parent.persist(publish) : publish();
  const result = app.AsyncResult(taskId);
  result.ignored = options.ignoreResult === true;
  if (parent !== null) {
    // A task that does not wait for its sendings still does not end before they have arrived.
    parent.sends?.push(published.catch(() => {}));
    if (addToParent) parent.children.push(result);
  }
  await published;
  return result;
}

/**
 * @param {string} name
 * @param {unknown} args
 * @param {unknown} kwargs
 * @throws {TypeError} when one of them is of the wrong kind
 */
export function checkCall(name, args, kwargs) {
  if (typeof name !== "string" || name === "")
    throw new TypeError(`a task's name is a text, not ${JSON.stringify(name)}`);
  if (!Array.isArray(args)) {
    throw new TypeError(`${name}: the arguments must be an array, not ${args === null ? "null" : typeof args}`);
  }
  if (typeof kwargs !== "object" || kwargs === null || Array.isArray(kwargs)) {
    throw new TypeError(`${name}: keyword arguments (kwargs) must be an object`);
  }
}

/**
 * The options in force: the caller's, over those of the task where it is registered here, over its route, over the settings.
 *
 * @param {Celery} app
 * @param {string} name
 * @param {Readonly<SendOptions>} given
 * @param {Execution | null} parent the task that sends this one
 * @returns {SendOptions}
 */
function completeOptions(app, name, given, parent) {
  const task = app.tasks.has(name) ? app.tasks.get(name) : null;
  const ofTask = task === null ? {} : executionOptions(task.options);
  const options = mergeOptions(ofTask, checkSendOptions(given, name));
  const routed = mergeOptions(app.route(options.routeName ?? name) ?? {}, options);
  const { taskInheritParentPriority, taskDefaultPriority, taskIgnoreResult } = app.settings;
  const inherited = taskInheritParentPriority ? parent?.request.deliveryInfo?.priority : null;
  routed.queue ??= app.settings.taskDefaultQueue;
  routed.priority ??= typeof inherited === "number" ? inherited : taskDefaultPriority;
  // Of a task that is not registered here only its worker knows: null leaves it to that.
  routed.ignoreResult ??= task === null ? null : taskIgnoreResult;
  routed.rootId ??= parent?.request.rootId ?? parent?.request.id;
  routed.parentId ??= parent?.request.id;
  return routed;
}

/** @param {Readonly<TaskOptions>} options @returns {SendOptions} those that a message carries (Task._get_exec_options) */
function executionOptions({ queue, exchange, routingKey, priority, expires, timeLimit, softTimeLimit, ignoreResult }) {
  const options = { queue, exchange, routingKey, priority, expires, timeLimit, softTimeLimit, ignoreResult };
  return /** @type {SendOptions} */ (Object.fromEntries(Object.entries(options).filter(([, value]) => value != null)));
}

/**
 * Written out, as this is on the way of every message: an object of one shape is made several times faster than by spreading.
 *
 * @param {string} name
 * @param {readonly unknown[]} args
 * @param {string} taskId
 * @param {SendOptions} options
 * @returns {import("../protocol/message.js").TaskMessageOptions}
 */
export function messageOptions(name, args, taskId, options) {
  return {
    taskId,
    name,
    args,
    kwargs: options.kwargs,
    countdown: options.countdown,
    eta: options.eta,
    expires: options.expires,
    groupId: options.groupId,
    groupIndex: options.groupIndex,
    retries: options.retries,
    chord: options.chord,
    callbacks: maybeList(options.link),
    errbacks: maybeList(options.linkError),
    chain: options.chain,
    replyTo: options.replyTo,
    timeLimit: options.timeLimit,
    softTimeLimit: options.softTimeLimit,
    rootId: options.rootId,
    parentId: options.parentId,
    shadow: options.shadow,
    ignoreResult: options.ignoreResult,
    argsrepr: options.argsrepr,
    kwargsrepr: options.kwargsrepr,
    stampedHeaders: options.stampedHeaders,
    stamps: options.stamps,
    replacedTaskNesting: options.replacedTaskNesting,
  };
}

/** @param {unknown} value @returns {unknown[] | null} as `kombu.utils.functional.maybe_list` */
function maybeList(value) {
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? value : [value];
}

/**
 * A queue is addressed through the anonymous exchange unless an exchange and a routing key are given
 * (`celery.app.amqp.AMQP._create_task_sender`).
 *
 * @param {Celery} app
 * @param {SendOptions} options
 */
function addressOf(app, { exchange, exchangeType = "direct", routingKey, queue, priority }) {
  const named = exchange !== undefined && (routingKey !== undefined || exchangeType !== "direct");
  return {
    exchange: named ? exchange : "",
    routingKey: named ? (routingKey ?? "") : (queue ?? app.settings.taskDefaultQueue),
    priority: priority ?? 0,
  };
}
