/**
 * The envelope that kombu's virtual transports put on a Redis list: the message's body, headers and properties as one JSON
 * text (`kombu.transport.virtual.base.Channel`). Its key order and spacing are kombu's, so that a list holds one format.
 */
import { randomUUID } from "node:crypto";
import { DecodeError } from "../errors.js";
import { compress } from "./compression.js";
import { dumps } from "./json.js";
import { quote } from "./json-text.js";
import { checkSending, checkSize, DEFAULT_LIMITS, loadsWithin, taskIdIn } from "./limits.js";

/**
 * @typedef {object} Message what a producer sends, before it is addressed
 * @property {Record<string, unknown>} headers
 * @property {Record<string, unknown>} properties
 * @property {unknown} body
 */

/**
 * @typedef {object} Envelope
 * @property {string} body as it stands on the wire; `properties.body_encoding` says how
 * @property {string | null} contentType
 * @property {string | null} contentEncoding
 * @property {Record<string, unknown>} headers
 * @property {Record<string, unknown>} properties
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
 * @throws {EncodeError} when the body or the headers hold what JSON cannot; the message says where. Also when the body is over a
 *   limit, by whose name the message calls it
 */
export function encodeEnvelope(message, address, limits = DEFAULT_LIMITS) {
  let headers = address.headers === undefined ? message.headers : { ...message.headers, ...address.headers };
  // The text is ASCII only, and latin1 is the cheapest way from ASCII to bytes.
  const text = encodeBody(message.body);
  checkSending({ body: text, isCompressed: Boolean(address.compression), embed: embedOf(message.body) }, limits);
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
 * Appends what the transport adds as text: building one object out of both costs more than writing them.
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
  const embedText = isEmptyEmbed(embed) ? EMPTY_EMBED_TEXT : dumps(embed, { root: "embed" });
  return `[${dumps(args, { root: "args" })}, ${dumps(kwargs, { root: "kwargs" })}, ${embedText}]`;
}

/** @param {unknown} body @returns {Record<string, unknown> | null} */
const embedOf = (body) => (Array.isArray(body) && body.length === 3 && isMapping(body[2]) ? body[2] : null);

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

/**
 * Reads an envelope. Headers and properties that are missing are empty: other clients leave them out.
 *
 * @param {string} raw
 * @param {import("./limits.js").Limits} [limits]
 * @returns {Envelope}
 * @throws {DecodeError} when the text is not an envelope of kombu's, or a limit forbids to read it: it then has the `taskId`
 */
export function decodeEnvelope(raw, limits = DEFAULT_LIMITS) {
  const payload = loadsEnvelope(raw, limits);
  if (!isMapping(payload)) throw new DecodeError("The message is no JSON object");
  const { body, headers, properties } = payload;
  if (typeof body !== "string") throw new DecodeError("The message has no body");
  if (!isMapping(properties)) throw new DecodeError("The message has no properties");
  if (!isMapping(headers) && headers !== null && headers !== undefined) {
    throw new DecodeError("The message's headers are no JSON object");
  }
  return {
    body,
    contentType: textOrNull(payload["content-type"]),
    contentEncoding: textOrNull(payload["content-encoding"]),
    headers: headers ?? {},
    properties,
  };
}

/** @param {string} raw @param {import("./limits.js").Limits} limits */
function loadsEnvelope(raw, limits) {
  try {
    checkSize(raw.length, limits);
    return loadsWithin(raw, limits, "the message");
  } catch (error) {
    throw Object.assign(/** @type {Error} */ (error), { taskId: taskIdIn(raw) });
  }
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>} whether it is what Python reads as a dict
 */
export function isMapping(value) {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/**
 * @param {unknown} value
 * @returns {string | null}
 */
export function textOrNull(value) {
  return typeof value === "string" ? value : null;
}
