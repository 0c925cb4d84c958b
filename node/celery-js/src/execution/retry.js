/**
 * `self.retry()` and automatic retries (celery.app.task.Task.retry, celery.app.autoretry). A retry is the same message
 * again: everything in it that is not about the retry, known to us or not, stays unchanged.
 */
import { listOf } from "../canvas/options.js";
import { Ignore, MaxRetriesExceededError, Retry, WorkerLostError } from "../errors.js";
import { encodeEnvelope, isoOrNull } from "../protocol/message.js";
import { pythonRepr, pythonTupleRepr, reprArgs, reprKwargs } from "../protocol/repr.js";
import { completePolicy } from "../publishing/publish-policy.js";
import { afterPublish, beforePublish } from "../publishing/publish-signals.js";
import { addressOf } from "../publishing/send.js";
import { withSentEvent } from "../publishing/sent-events.js";
import { rebindArguments } from "../tasks/rebinding.js";
import { checkRetryOptions } from "../tasks/retry-options.js";
import { COMPRESSION } from "../validation/kinds.js";

/** How much of the arguments an error shows, in characters. */
const SHOWN = 65_536;

/**
 * @typedef {import("../protocol/message.js").TaskMessage} TaskMessage
 * @typedef {import("../worker/model/types.js").RegisteredTask} RegisteredTask
 * @typedef {import("../tasks/retry-options.js").RetryOptions} RetryOptions
 *
 * @typedef {object} PlannedSending
 * @property {import("../publishing/publish-signals.js").Published} published
 * @property {import("../transport/transport.js").Publication} publication
 */

/** @typedef {{ retry: Retry } & PlannedSending} PlannedRetry */

/**
 * Turns an error into a `Retry` if `autoretryFor` covers it.
 *
 * @param {import("./execution.js").Execution} execution
 * @param {unknown} thrown
 * @returns {unknown}
 */
export function applyAutoretry(execution, thrown) {
  // Celery retries a Reject that `autoretryFor` covers.
  if (thrown instanceof Ignore || thrown instanceof Retry || execution.isCutOff) return thrown;
  const { task, message } = execution.request;
  const options = automaticRetry(task, thrown, message.retries);
  if (options === null) return thrown;
  try {
    return execution.self.retry({ ...options, throw: false });
  } catch (exhausted) {
    return exhausted;
  }
}

/**
 * Turns the loss of the task's thread into a `Retry` if `retryOnWorkerLost` is set and retries are left (Celery's
 * `Request._retry_worker_lost`).
 *
 * @param {import("./execution.js").Execution} execution
 * @param {unknown} thrown
 * @returns {unknown}
 */
export function retryLost(execution, thrown) {
  const { request } = execution;
  if (!execution.isCutOff || !(thrown instanceof WorkerLostError)) return thrown;
  if (!request.task.retryOnWorkerLost || hasNoRetriesLeft(request)) return thrown;
  return execution.self.retry({ exc: thrown, throw: false });
}

/**
 * @param {Pick<import("./request.js").Request, "task" | "message">} request
 * @returns {boolean}
 */
export const hasNoRetriesLeft = ({ task: { maxRetries }, message }) =>
  maxRetries !== null && message.retries >= maxRetries;

/**
 * Sends a retry, as a worker does.
 *
 * @param {import("../publishing/sent-events.js").SendingApp} app
 * @param {PlannedSending} planned
 * @returns {Promise<unknown>}
 */
export function sendRetry(app, { publication, published }) {
  const sending = withSentEvent(app, app.publisher.publish(publication), published.message.headers, publication);
  return afterPublish(sending, published);
}

/**
 * Plans a retry: what to publish, and the `Retry` to throw. It goes to the queue that the message was taken from,
 * wherever the task is routed to.
 *
 * @param {import("./request.js").Request} request
 * @param {RetryOptions} options
 * @returns {PlannedRetry}
 * @throws {TypeError} when an option is unknown (naming the nearest known one) or of the wrong kind
 * @throws {MaxRetriesExceededError} or `options.exc`, when there are no retries left
 */
export function planRetry({ task, message, delivery }, options) {
  checkRetryOptions(options, (problem) => new TypeError(`${task.name}: retry(): ${problem}`));
  const retries = message.retries + 1;
  const maxRetries = options.maxRetries ?? task.maxRetries;
  const { args, kwargs } = rebindArguments(task.parameters, message, options);
  if (maxRetries !== null && retries > maxRetries) {
    if (options.exc) throw options.exc;
    const text = `Can't retry ${task.name}[${message.id}] args:${pythonTupleRepr(args, SHOWN)} kwargs:${pythonRepr(kwargs, SHOWN)}`;
    throw new MaxRetriesExceededError(text);
  }
  const countdown = options.countdown ?? task.defaultRetryDelay;
  // By the broker's clock, which decides when the retry starts.
  const nowMs = Date.now() + (delivery.aheadMs ?? 0);
  const eta = options.eta ?? (countdown > 0 ? new Date(nowMs + countdown * 1000) : null);
  const retry = new Retry({ exc: options.exc ?? null, when: options.eta ? new Date(options.eta) : countdown });
  const queue = options.queue ?? delivery.queue;
  const sent = { ...options, queue, args, kwargs, retries, eta: isoOrNull(eta, nowMs) };
  return { retry, ...publicationOf(message, sent, task.app.settings) };
}

/**
 * @param {RegisteredTask} task
 * @param {unknown} error what the task threw
 * @param {number} retries how often it has been retried
 * @returns {RetryOptions | null} how to retry, or null when `autoretryFor` does not cover the error
 */
export function automaticRetry(task, error, retries) {
  if (!matches(error, task.autoretryFor) || matches(error, task.dontAutoretryFor)) return null;
  const exc = error instanceof Error ? error : new Error(String(error));
  const given = task.retryKwargs;
  if (!task.retryBackoff) return { ...given, exc };
  const factor = Math.trunc(Math.max(1, Number(task.retryBackoff)));
  return { ...given, exc, countdown: backoffS(factor, retries, task.retryBackoffMax, task.retryJitter) };
}

/**
 * @param {unknown} error
 * @param {readonly (string | Function)[] | null | undefined} kinds classes, or names of classes
 * @returns {boolean}
 */
export function matches(error, kinds) {
  const noted = error instanceof Error ? MATCHES.get(error) : undefined;
  return (kinds ?? []).some((kind) => {
    if (noted?.has(kind)) return true;
    return typeof kind === "string" ? error instanceof Error && namesOf(error).includes(kind) : error instanceof kind;
  });
}

/**
 * For an error from another thread, which has lost its class: the option values that it matched there.
 *
 * @type {WeakMap<Error, Set<string | Function>>}
 */
const MATCHES = new WeakMap();

/**
 * @param {Error} error
 * @param {Array<string | Function>} kinds that it matched where it was thrown
 */
export function noteMatches(error, kinds) {
  if (kinds.length > 0) MATCHES.set(error, new Set(kinds));
}

/**
 * Celery's get_exponential_backoff_interval, in seconds.
 *
 * @param {number} factor
 * @param {number} retries
 * @param {number} maximum
 * @param {boolean} jitter
 */
function backoffS(factor, retries, maximum, jitter) {
  const countdown = Math.min(maximum, factor * 2 ** retries);
  return Math.max(0, jitter ? Math.floor(Math.random() * (countdown + 1)) : countdown);
}

/** @param {Error} error its own name and those of its class and the classes above it */
function namesOf(error) {
  const names = [error.name];
  for (let kind = error.constructor; kind !== Function.prototype; kind = Object.getPrototypeOf(kind))
    names.push(kind.name);
  return names;
}

/**
 * @param {TaskMessage} message
 * @param {Omit<RetryOptions, "eta"> & { queue: string, args: unknown[], kwargs: Record<string, unknown>, retries: number, eta: string | null }} retry
 * @param {import("../settings.js").Settings} settings
 * @returns {PlannedSending}
 */
function publicationOf(message, retry, settings) {
  const { args, kwargs, deliveryMode } = retry;
  const { priority, ...place } = addressOf({ ...retry, priority: retry.priority ?? message.priority }, retry.queue);
  const headers = headersOf(message, retry);
  // As in Celery, a sender's own correlation id ends with the first run.
  const properties = { correlation_id: String(headers.id), reply_to: retry.replyTo ?? message.replyTo ?? "" };
  /** @type {import("../publishing/publish-signals.js").Published} */
  const published = {
    name: message.name,
    endSpan: null,
    message: { headers, properties, body: [args, kwargs, embedOf(message, retry)] },
    address: place,
  };
  beforePublish(published, () => completePolicy({}, settings));
  // Keeps the compression, if Node can write it.
  const { compression: before } = message.rawHeaders;
  const compression = retry.compression ?? (COMPRESSION[1](before) ? String(before) : null);
  const text = encodeEnvelope(published.message, { ...place, priority, deliveryMode, compression }, settings);
  return { published, publication: { ...place, priority, text } };
}

/**
 * @param {TaskMessage} message
 * @param {RetryOptions & { args: unknown[], kwargs: Record<string, unknown>, retries: number, eta: string | null }} retry
 */
function headersOf(message, retry) {
  /** @type {Record<string, unknown>} */
  const headers = {
    ...message.rawHeaders,
    task: message.name,
    id: message.id,
    retries: retry.retries,
    eta: retry.eta,
    timelimit: [retry.timeLimit ?? message.timelimit[0], retry.softTimeLimit ?? message.timelimit[1]],
    argsrepr: retry.argsrepr ?? reprArgs(retry.args),
    kwargsrepr: retry.kwargsrepr ?? reprKwargs(retry.kwargs),
    ...(message.protocol === 1 && version2Headers(message)),
  };
  if (retry.expires != null) headers.expires = isoOrNull(retry.expires, Date.now());
  for (const [option, header] of HEADERS_OF_OPTIONS) if (retry[option] != null) headers[header] = retry[option];
  delete headers.redelivered;
  delete headers.compression;
  if (!retry.headers) return headers;
  for (const name of Object.keys(message.headers ?? {})) delete headers[name];
  return Object.assign(headers, retry.headers);
}

/** Options that are copied unchanged into a header of another name. */
const HEADERS_OF_OPTIONS = /** @type {const} */ ([
  ["taskId", "id"],
  ["shadow", "shadow"],
  ["ignoreResult", "ignore_result"],
  ["rootId", "root_id"],
  ["parentId", "parent_id"],
  ["groupId", "group"],
  ["groupIndex", "group_index"],
]);

/**
 * @param {TaskMessage} message
 * @param {RetryOptions} retry
 */
function embedOf({ embed }, { link, linkError, chain, chord }) {
  if (link == null && linkError == null && chain == null && chord == null) return embed;
  return {
    callbacks: link == null ? embed.callbacks : listOf(link),
    errbacks: linkError == null ? embed.errbacks : listOf(linkError),
    chain: chain ?? embed.chain,
    chord: chord ?? embed.chord,
  };
}

/** The headers of protocol 2, for a message of protocol 1, which has them in its body. @param {TaskMessage} message */
function version2Headers({ rootId, id, parentId, group, groupIndex, shadow, expires, ignoreResult }) {
  return {
    lang: "js",
    root_id: rootId ?? id,
    parent_id: parentId,
    group,
    group_index: groupIndex,
    shadow,
    expires,
    ignore_result: ignoreResult,
  };
}
