/** Sends a task: from a name, arguments and options to a message in its queue (`celery.app.base.Celery.send_task`). */
import { randomUUID } from "node:crypto";
import { listOf } from "../canvas/options.js";
import { QueueNotFound } from "../errors.js";
import { encodeEnvelope, taskMessage } from "../protocol/message.js";
import { signals } from "../signals.js";
import { addTrail, currentTask } from "../tasks/current.js";
import { checkSendOptions, mergeOptions, shadowOf } from "../tasks/send-options.js";
import { tracer } from "../telemetry/open-telemetry.js";
import { OBJECT, optionsObject, show } from "../validation/kinds.js";
import { queueNames } from "../validation/task-queues.js";
import { completePolicy, ONCE, shortPolicy } from "./publish-policy.js";
import { afterPublish, beforePublish } from "./publish-signals.js";
import { counters } from "./sent-counters.js";
import { withSentEvent } from "./sent-events.js";

/**
 * @typedef {import("../app/celery.js").Celery} Celery
 * @typedef {import("../app/result.js").AsyncResult} AsyncResult
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("../tasks/options.js").TaskOptions} TaskOptions
 * @typedef {import("../tasks/current.js").CurrentTask} CurrentTask
 * @typedef {import("../transport/publish-policy.js").PublishPolicy} PublishPolicy
 * @typedef {import("../validation/retry-policy.js").RetryPolicy} RetryPolicy
 */

/**
 * @typedef {object} Prepared a message that is ready to be sent
 * @property {string} taskId
 * @property {import("../transport/transport.js").Publication} publication
 * @property {import("./publish-signals.js").Published} published for the steps after sending: span, signal, event
 * @property {string} queue that its route names
 * @property {boolean} ignored whether no result will be stored
 * @property {boolean} addToParent
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
  const parent = currentTask();
  const { result, published } = publish(app, prepare(app, name, args, given, parent), parent);
  await published;
  return result;
}

/**
 * Makes a message; sends nothing.
 *
 * @param {Celery} app
 * @param {string} name
 * @param {readonly unknown[]} args
 * @param {Readonly<SendOptions>} given
 * @param {CurrentTask | null} parent the task that sends it
 * @returns {Prepared}
 * @throws {TypeError} for a wrong option
 * @throws {EncodeError} for what cannot be written as JSON
 */
export function prepare(app, name, args, given, parent) {
  const options = completeOptions(app, name, args, given, parent);
  const { taskId = randomUUID(), addToParent = true } = options;
  const message = taskMessage(messageOptions(name, args, taskId, options));
  const address = addressOf(options, app.settings.taskDefaultQueue);
  const { headers, properties, deliveryMode, compression } = options;
  // AMQP's own property, in seconds, from which workers know how long a task has waited. Celery does not read it.
  message.properties.timestamp = Date.now() / 1000;
  Object.assign(message.headers, headers);
  Object.assign(message.properties, properties);
  /** @type {import("./publish-signals.js").Published} */
  const published = { name, message, address, endSpan: null };
  if (signals.beforeTaskPublish.receivers.length > 0 || tracer() !== null) {
    beforePublish(published, () => completePolicy(options, app.settings));
  }
  const publication = {
    ...address,
    text: encodeEnvelope(message, { ...address, deliveryMode, compression }, app.settings),
    retryPolicy: publishPolicy(options, app.settings, Boolean(parent?.persist)),
  };
  const { queue = "", ignoreResult } = options;
  return { taskId, publication, published, queue, ignored: ignoreResult === true, addToParent };
}

/**
 * Hands a message to the publisher, and its result to the task that sends it.
 *
 * @param {Celery} app
 * @param {Prepared} prepared
 * @param {CurrentTask | null} parent
 * @returns {{ result: AsyncResult, published: Promise<void> }}
 */
export function publish(app, prepared, parent) {
  const published = publishAlone(app, prepared, parent);
  const result = app.AsyncResult(prepared.taskId);
  result.taskName = prepared.published.name;
  result.ignored = prepared.ignored;
  if (parent !== null && prepared.addToParent) addTrail(parent, result);
  return { result, published };
}

/**
 * Hands a message to the publisher.
 *
 * @param {Celery} app
 * @param {Prepared} prepared
 * @param {CurrentTask | null} parent
 * @returns {Promise<void>}
 */
export function publishAlone(app, prepared, parent) {
  const published = parent?.persist
    ? parent.persist(() => publishNow(app, prepared, parent))
    : publishNow(app, prepared, parent);
  // A task ends only after its messages have arrived, even if it did not await them.
  parent?.sends?.push(published.catch(() => {}));
  return published;
}

/**
 * @param {Celery} app
 * @param {Prepared} prepared
 * @param {CurrentTask | null} parent
 * @returns {Promise<void>}
 */
function publishNow(app, { taskId, publication, published, queue }, parent) {
  const publisher = parent?.carrier?.taskId === taskId ? parent.carrier : app.publisher;
  let sending = publisher.publish(publication);
  if (app.settings.taskSendSentEvent) {
    sending = withSentEvent(app, sending, published.message.headers, publication, queue);
  }
  const hasReceivers = signals.afterTaskPublish.receivers.length > 0;
  const isObserved = hasReceivers || published.endSpan !== null || counters.size > 0;
  return isObserved ? afterPublish(sending, published) : sending;
}

/**
 * @param {string} name
 * @param {unknown} args
 * @param {unknown} options whose `kwargs` are looked at
 * @throws {TypeError} when one of them is of the wrong kind
 */
export function checkCall(name, args, options) {
  if (typeof name !== "string" || name === "")
    throw new TypeError(`a task's name must be a non-empty string, not ${show(name)}`);
  if (!Array.isArray(args)) throw new TypeError(`${name}: the arguments must be an array, not ${show(args)}`);
  const refuse = (/** @type {string} */ problem) => new TypeError(`${name}: ${problem}`);
  const { kwargs } = optionsObject(options, refuse, "kwargs");
  if (kwargs !== undefined && kwargs !== null && !OBJECT[1](kwargs)) {
    throw new TypeError(`${name}: keyword arguments (kwargs) must be an object, not ${show(kwargs)}`);
  }
}

/**
 * Merges the options, in falling priority: the caller's, those of the registered task, its route, the settings.
 *
 * @param {Celery} app
 * @param {string} name
 * @param {readonly unknown[]} args
 * @param {Readonly<SendOptions>} given
 * @param {CurrentTask | null} parent the task that sends this one
 * @returns {SendOptions}
 */
function completeOptions(app, name, args, given, parent) {
  const task = app.tasks.has(name) ? app.tasks.get(name) : null;
  const ofTask = task === null ? {} : executionOptions(task.options);
  const options = mergeOptions(ofTask, checkSendOptions(given, name));
  const route = app.route?.(options.routeName ?? name, args, options.kwargs ?? {}, options, task) ?? null;
  const routed = route === null ? options : mergeOptions(route, options);
  const { taskInheritParentPriority, taskDefaultPriority, taskIgnoreResult, taskCompression } = app.settings;
  const inherited = taskInheritParentPriority ? parent?.context.deliveryInfo?.priority : null;
  routed.queue ??= app.settings.taskDefaultQueue;
  if (!app.settings.taskCreateMissingQueues && !routed.exchange) checkQueue(app.settings, routed.queue);
  routed.priority ??= typeof inherited === "number" ? inherited : taskDefaultPriority;
  routed.compression ??= taskCompression;
  // null lets the worker decide for a task that is not registered here.
  routed.ignoreResult ??= task === null ? null : taskIgnoreResult;
  if (task?.shadowName) routed.shadow ||= shadowOf(task, args, given);
  routed.rootId ??= parent?.context.rootId ?? parent?.context.id;
  routed.parentId ??= parent?.context.id;
  return routed;
}

/**
 * @param {import("../settings.js").Settings} settings
 * @param {string} queue
 * @throws {QueueNotFound}
 */
function checkQueue(settings, queue) {
  if (queueNames(settings).includes(queue)) return;
  throw new QueueNotFound(`queue '${queue}' is missing from taskQueues, and taskCreateMissingQueues is false`);
}

/** The options of a task that its messages carry (Task._get_exec_options). */
const CARRIED = /** @type {const} */ ([
  "queue",
  "exchange",
  "routingKey",
  "priority",
  "expires",
  "deliveryMode",
  "compression",
  "timeLimit",
  "softTimeLimit",
  "ignoreResult",
]);

/**
 * @param {Readonly<TaskOptions>} task
 * @returns {SendOptions}
 */
function executionOptions(task) {
  const given = CARRIED.filter((option) => task[option] !== undefined && task[option] !== null);
  return /** @type {SendOptions} */ (Object.fromEntries(given.map((option) => [option, task[option]])));
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
    callbacks: options.link == null ? null : listOf(options.link),
    errbacks: options.linkError == null ? null : listOf(options.linkError),
    chain: options.chain,
    replyTo: options.replyTo,
    correlationId: options.correlationId,
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

/**
 * A queue is addressed through the anonymous exchange, unless an exchange and a routing key are given
 * (`celery.app.amqp.AMQP._create_task_sender`).
 *
 * @param {SendOptions} options
 * @param {string} defaultQueue where the options name none
 */
export function addressOf({ exchange, exchangeType = "direct", routingKey, queue, priority }, defaultQueue) {
  const isNamed = Boolean(exchange) && (Boolean(routingKey) || exchangeType !== "direct");
  return {
    exchange: isNamed ? String(exchange) : "",
    exchangeType: isNamed ? exchangeType : "direct",
    routingKey: isNamed ? (routingKey ?? "") : (queue ?? defaultQueue),
    priority: priority ?? 0,
  };
}

/**
 * How often sending is repeated: the caller's policy over the setting's over Celery's defaults.
 *
 * @param {{ retry?: boolean | null, retryPolicy?: RetryPolicy | null }} given by the caller
 * @param {{ taskPublishRetry: boolean, taskPublishRetryPolicy: RetryPolicy | null }} settings
 * @param {boolean} isFollowUp whether the caller repeats the sending itself, as a worker does for follow-ups
 * @returns {Readonly<PublishPolicy> | null} null without any: the transport then repeats for `taskPublishTimeout`
 */
function publishPolicy({ retry, retryPolicy }, { taskPublishRetry, taskPublishRetryPolicy }, isFollowUp) {
  if (!(retry ?? taskPublishRetry)) return ONCE;
  if (!retryPolicy && !taskPublishRetryPolicy) return null;
  const policy = completePolicy({ retryPolicy }, { taskPublishRetryPolicy });
  return isFollowUp ? shortPolicy(policy) : policy;
}
