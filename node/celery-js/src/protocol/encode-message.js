/**
 * Writes messages: a task's, as `celery.app.amqp.AMQP.as_task_v2` builds it, and the envelope that kombu's virtual transports
 * put on a Redis list, with body, headers and properties in one JSON text (`kombu.transport.virtual.base.Channel`). Key order
 * and spacing are kombu's, so that all messages of a list have one format.
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { EncodeError } from "../errors.js";
import { compress } from "./compression.js";
import { checkLengths } from "./decode-envelope.js";
import { checkFollowers } from "./decode-task.js";
import { dumps, quote } from "./json-dumps.js";
import { checkText } from "./json-loads.js";
import { isoFormat } from "./json-types.js";
import { DEFAULT_LIMITS, refusal } from "./limits.js";
import { reprArgs, reprKwargs } from "./repr.js";
import { parseIso, toIso } from "./time.js";

/**
 * @typedef {object} TaskMessageOptions
 * @property {string} taskId
 * @property {string} name the task's
 * @property {readonly unknown[]} [args]
 * @property {Record<string, unknown>} [kwargs]
 * @property {number | null} [countdown] seconds from now; sets `eta`
 * @property {Date | string | null} [eta] the moment, or its ISO text
 * @property {number | Date | string | null} [expires] seconds from now, the moment, or its ISO text
 * @property {string | null} [groupId]
 * @property {number | null} [groupIndex] the task's place in its group
 * @property {number} [retries] how often it has been retried
 * @property {unknown} [chord] the signature of the chord's body
 * @property {readonly unknown[] | null} [callbacks] signatures to send on success (`link`)
 * @property {readonly unknown[] | null} [errbacks] signatures to call on failure (`link_error`)
 * @property {readonly unknown[] | null} [chain] the signatures that follow, the last one first
 * @property {string | null} [replyTo]
 * @property {string} [correlationId] default the task's id
 * @property {number | null} [timeLimit] seconds, hard
 * @property {number | null} [softTimeLimit] seconds
 * @property {string | null} [rootId] default the task's own id
 * @property {string | null} [parentId]
 * @property {string | null} [shadow] the name to show in logs
 * @property {string | null} [origin] who sends it, default `gen<pid>@<host>`
 * @property {boolean | null} [ignoreResult]
 * @property {string | null} [argsrepr] default the arguments as Python prints them
 * @property {string | null} [kwargsrepr]
 * @property {readonly string[] | null} [stampedHeaders] which of `stamps` are stamped
 * @property {Record<string, unknown>} [stamps]
 * @property {number} [replacedTaskNesting]
 * @property {number} [nowMs] epoch milliseconds that `countdown` and `expires` count from
 */

/**
 * @param {TaskMessageOptions} options
 * @returns {{ headers: Record<string, unknown>, properties: Record<string, unknown>, body: unknown[] }} for `encodeEnvelope`
 * @throws {TypeError} when `args` is not an array or `kwargs` not an object
 * @throws {EncodeError} when the id is too long
 * @throws {InvalidTaskError} when `expires` is not an ISO text
 */
export function taskMessage(options) {
  const { taskId, name, args = [], kwargs = {}, nowMs = Date.now() } = options;
  if (!Array.isArray(args)) throw new TypeError("task args must be an array");
  if (typeof kwargs !== "object" || kwargs === null || Array.isArray(kwargs)) {
    throw new TypeError("task keyword arguments must be an object");
  }
  const eta = options.countdown ? toIso(nowMs + options.countdown * 1000) : isoOrNull(options.eta, nowMs);
  const expires = isoOrNull(options.expires, nowMs);
  const stampedHeaders = options.stampedHeaders ?? null;
  const headers = {
    lang: "js",
    task: name,
    id: taskId,
    shadow: options.shadow ?? null,
    eta,
    expires,
    group: options.groupId ?? null,
    group_index: options.groupIndex ?? null,
    retries: options.retries ?? 0,
    timelimit: [options.timeLimit ?? null, options.softTimeLimit ?? null],
    root_id: options.rootId || taskId,
    parent_id: options.parentId ?? null,
    argsrepr: options.argsrepr ?? reprArgs(args),
    kwargsrepr: options.kwargsrepr ?? reprKwargs(kwargs),
    origin: options.origin || anonymousOrigin(),
    ignore_result: options.ignoreResult === undefined ? false : options.ignoreResult,
    replaced_task_nesting: options.replacedTaskNesting ?? 0,
    stamped_headers: stampedHeaders,
    stamps: pick(options.stamps ?? {}, stampedHeaders ?? []),
  };
  /** @type {Record<string, unknown>} */
  const properties = { correlation_id: options.correlationId ?? taskId, reply_to: options.replyTo || "" };
  checkLengths(headers, properties, EncodeError);
  if (expires !== null) properties.expiration = expirationOf(expires, nowMs);
  const { callbacks = null, errbacks = null, chain = null, chord = null } = options;
  return { headers, properties, body: [args, kwargs, { callbacks, errbacks, chain, chord }] };
}

/**
 * @param {string} expires ISO text
 * @param {number} nowMs
 * @returns {string} the milliseconds that are left, as AMQP's property has them
 */
function expirationOf(expires, nowMs) {
  return String(Math.max(0, Math.trunc(parseIso(expires) - nowMs)));
}

/**
 * @param {number | Date | string | null | undefined} moment a number is seconds from `nowMs`
 * @param {number} nowMs epoch
 * @returns {string | null} ISO text
 */
export function isoOrNull(moment, nowMs) {
  if (typeof moment === "number") return toIso(nowMs + moment * 1000);
  if (moment instanceof Date) return isoFormat(moment);
  return moment || null;
}

/**
 * @param {Record<string, unknown>} stamps
 * @param {readonly string[]} names
 */
function pick(stamps, names) {
  return Object.fromEntries(names.map((name) => [name, stamps[name] ?? null]));
}

/** @type {string | undefined} */
let origin;

/** @returns {string} Celery's name of a process that is not a worker (`celery.utils.nodenames.anon_nodename`) */
export function anonymousOrigin() {
  origin ??= `gen${process.pid}@${hostname()}`;
  return origin;
}

/**
 * @typedef {object} Message what a producer sends, before it is addressed
 * @property {Record<string, unknown>} headers
 * @property {Record<string, unknown>} properties
 * @property {unknown} body
 */

/**
 * @typedef {object} Address
 * @property {string} exchange empty for a queue addressed by its name
 * @property {string} routingKey
 * @property {number} [priority] 0 (the default) to 9
 * @property {string} [deliveryTag] default a new UUID
 * @property {number} [deliveryMode] 2 is persistent (the default), 1 transient
 * @property {string} [replyTo] overrides the message's own
 * @property {Record<string, unknown>} [headers] laid over the message's own
 * @property {string | null} [compression] of the body, by kombu's name
 */

/** The embed of a task without callbacks, chain or chord, which most are: encoded once. */
const EMPTY_EMBED_TEXT = '{"callbacks": null, "errbacks": null, "chain": null, "chord": null}';

/**
 * Addresses a message and writes it as kombu 5.7 does.
 *
 * @param {Message} message as `taskMessage` makes it
 * @param {Address} address
 * @param {import("./limits.js").Limits} [limits]
 * @returns {string} the text for the list
 * @throws {EncodeError} when the body or the headers cannot be written as JSON, with the path; when the body is over a limit,
 *   with its name
 */
export function encodeEnvelope(message, address, limits = DEFAULT_LIMITS) {
  const text = encodeBody(message.body);
  const [embed, isCompressed] = [followersIn(message.body), Boolean(address.compression)];
  checkReadable({ body: text, isCompressed, embed }, limits);
  return writeEnvelope(text, message, address);
}

/**
 * The same for a body that is JSON already, and within the limits.
 *
 * @param {string} text of the body, ASCII only
 * @param {Pick<Message, "headers" | "properties">} message
 * @param {Address} address
 * @returns {string}
 */
export function writeEnvelope(text, message, address) {
  let headers = address.headers === undefined ? message.headers : { ...message.headers, ...address.headers };
  // latin1 is the cheapest way from ASCII to bytes.
  /** @type {Buffer} */
  let body = Buffer.from(text, "latin1");
  if (address.compression) {
    const compressed = compress(body, address.compression);
    body = compressed.body;
    headers = { ...headers, compression: compressed.contentType };
  }
  return (
    `{"body": "${body.toString("base64")}", "content-encoding": "utf-8", "content-type": "application/json", ` +
    `"headers": ${dumps(headers, { root: "headers" })}, "properties": ${encodeProperties(message.properties, address)}}`
  );
}

/**
 * Refuses a body that its reader would refuse.
 *
 * @param {{ body: string, isCompressed: boolean, embed: object | null }} message
 * @param {import("./limits.js").Limits} limits
 * @throws {EncodeError} for any of them
 */
function checkReadable({ body, isCompressed, embed }, limits) {
  const { decompressedSizeLimit } = limits;
  if (isCompressed && body.length > decompressedSizeLimit) {
    throw refusal(EncodeError, `the body has ${body.length} bytes before its compression`, { decompressedSizeLimit });
  }
  checkBody(body, limits);
  if (embed !== null) checkFollowers(embed, limits, EncodeError);
}

/**
 * @param {string} text of a body
 * @param {import("./limits.js").Limits} limits
 * @throws {EncodeError} when it is nested too deep or has too many values
 */
export function checkBody(text, limits) {
  // Most bodies are so short that they cannot be nested too deep.
  if (text.length <= limits.messageDepthLimit && text.length <= limits.messageValueLimit) return;
  checkText(text, limits, "the body", EncodeError);
}

/**
 * Appends the transport's properties as text, which is cheaper than merging two objects.
 *
 * @param {Record<string, unknown>} given
 * @param {Address} address
 */
function encodeProperties(given, { exchange, routingKey, priority = 0, deliveryTag, deliveryMode = 2, replyTo }) {
  const { expiration } = given;
  const isChanged = replyTo !== undefined || expiration !== undefined;
  const first = isChanged ? { ...given, reply_to: replyTo ?? given.reply_to, expiration: undefined } : given;
  const firstText = dumps(first, { root: "properties" });
  return (
    `${firstText === "{}" ? "{" : `${firstText.slice(0, -1)}, `}"delivery_mode": ${deliveryMode}, ` +
    (expiration === undefined ? "" : `"expiration": ${dumps(expiration)}, `) +
    `"delivery_info": {"exchange": ${quote(exchange)}, "routing_key": ${quote(routingKey)}}, "priority": ${priority}, ` +
    `"body_encoding": "base64", "delivery_tag": ${quote(deliveryTag ?? randomUUID())}}`
  );
}

/** @param {unknown} body a task's is `[args, kwargs, embed]`, each named by its own name in an error */
function encodeBody(body) {
  if (!Array.isArray(body) || body.length !== 3) return dumps(body, { root: "body" });
  const [args, kwargs, embed] = body;
  return encodeCall(args, kwargs, isEmptyEmbed(embed) ? EMPTY_EMBED_TEXT : dumps(embed, { root: "embed" }));
}

/**
 * @param {unknown} args
 * @param {unknown} kwargs
 * @param {string} embed as JSON
 * @returns {string} a task's body
 */
export function encodeCall(args, kwargs, embed) {
  return `[${dumps(args, { root: "args" })}, ${dumps(kwargs, { root: "kwargs" })}, ${embed}]`;
}

/**
 * @param {unknown} body
 * @returns {Record<string, unknown> | null} a task's callbacks, errbacks, chain and chord; null without any
 */
function followersIn(body) {
  const embed = Array.isArray(body) && body.length === 3 ? body[2] : null;
  return typeof embed !== "object" || isEmptyEmbed(embed) ? null : embed;
}

/** @param {Record<string, unknown> | null} embed */
function isEmptyEmbed(embed) {
  return (
    embed?.callbacks === null &&
    embed.errbacks === null &&
    embed.chain === null &&
    embed.chord === null &&
    Object.keys(embed).length === 4
  );
}
