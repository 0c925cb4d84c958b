/**
 * Converts between kombu's envelope, which the rest of this package uses, and AMQP messages: body as bytes, headers as a table,
 * properties as fields.
 */
import { EncodeError } from "../../errors.js";
import { loads, MAX_DEPTH } from "../../protocol/json.js";
import { bareRoutingKey, isDelayExchange } from "./delays.js";

/** kombu's name of each property that amqplib's options have under another name. */
const PROPERTIES = /** @type {const} */ ([
  ["correlation_id", "correlationId"],
  ["reply_to", "replyTo"],
  ["message_id", "messageId"],
  ["type", "type"],
  ["timestamp", "timestamp"],
  ["app_id", "appId"],
]);
/** Marks a message that a worker has requeued, because the broker sees it as a new one. */
export const PUT_BACK_HEADER = "x-celery-put-back";
/**
 * Headers that brokers and workers add to a message; a retried message is sent without them. With CC and BCC, which the broker has
 * obeyed already, each further sending would go to other queues too.
 */
const ON_THE_WAY = /^(x-(death|delivery-count|acquired-count|(first|last)-death-.*|opt-.*|celery-put-back)|CC|BCC)$/;
/** Counts the deliveries of a message that ended without an acknowledgement, in quorum queues. */
const DELIVERY_COUNT = "x-delivery-count";

/**
 * @typedef {import("./driver.js").AmqpMessage} AmqpMessage
 * @typedef {import("./driver.js").Table} Table
 *
 * @typedef {object} Outgoing
 * @property {Buffer} content
 * @property {Table & { headers: Table }} options of `publish`
 */

/**
 * @param {string} text an envelope
 * @param {number} [priority]
 * @returns {Outgoing}
 * @throws {EncodeError} when it is none
 */
export function toAmqp(text, priority) {
  const { body, headers, properties, ...content } = parse(text);
  /** @type {Table & { headers: Table }} */
  const options = {
    contentType: content["content-type"],
    contentEncoding: content["content-encoding"],
    headers: headers ?? {},
    deliveryMode: properties.delivery_mode ?? 2,
    priority: priority ?? properties.priority ?? 0,
  };
  for (const [name, option] of PROPERTIES) {
    if (properties[name] !== undefined && properties[name] !== null) options[option] = properties[name];
  }
  // AMQP has whole seconds.
  if (typeof options.timestamp === "number") options.timestamp = Math.floor(options.timestamp);
  return { content: Buffer.from(body, properties.body_encoding === "base64" ? "base64" : "utf8"), options };
}

/**
 * Built as text, as this is on the way of every message.
 *
 * @param {AmqpMessage} message
 * @param {string} queue where it was
 * @returns {string} the envelope that kombu would have put into a list of Redis
 */
export function toEnvelope({ content, fields, properties }, queue) {
  const { exchange, routingKey, redelivered } = fields;
  const isDelayed = isDelayExchange(exchange);
  const own = {
    correlation_id: properties.correlationId ?? null,
    reply_to: properties.replyTo ?? "",
    delivery_mode: properties.deliveryMode ?? 2,
    ...(typeof properties.timestamp === "number" && { timestamp: properties.timestamp }),
    delivery_info: {
      exchange: isDelayed ? "" : exchange,
      routing_key: isDelayed ? bareRoutingKey(routingKey) || queue : routingKey,
      redelivered: redelivered || properties.headers?.[PUT_BACK_HEADER] === true,
    },
    priority: properties.priority ?? 0,
    body_encoding: "base64",
    delivery_tag: String(fields.deliveryTag),
  };
  return (
    `{"body": "${content.toString("base64")}", "content-encoding": ${quoted(properties.contentEncoding)}, ` +
    `"content-type": ${quoted(properties.contentType)}, "headers": ${headersText(bareHeaders(properties.headers))}, ` +
    `"properties": ${JSON.stringify(own)}}`
  );
}

/**
 * @param {Table} headers
 * @returns {string} JSON; of headers that are nested too deep to be written, the upper levels: still too many for every reader
 */
function headersText(headers) {
  try {
    return JSON.stringify(headers);
  } catch {
    return JSON.stringify(upperLevels(headers, MAX_DEPTH + 1));
  }
}

/**
 * @param {unknown} value
 * @param {number} left levels
 * @returns {unknown}
 */
function upperLevels(value, left) {
  if (typeof value !== "object" || value === null || Buffer.isBuffer(value)) return value;
  if (left === 0) return null;
  if (Array.isArray(value)) return value.map((item) => upperLevels(item, left - 1));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, upperLevels(item, left - 1)]));
}

/**
 * The same message, to be published again. Only the user that it names may publish it with its `userId`.
 *
 * @param {AmqpMessage} message
 * @returns {Outgoing}
 */
export function again({ content, properties }) {
  const { headers, expiration, userId, ...rest } = properties;
  const kept = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { content, options: { ...Object.fromEntries(kept), headers: bareHeaders(headers) } };
}

/**
 * @param {AmqpMessage} message
 * @returns {number} how many workers died with it or returned it; classic queues only tell whether there was one
 */
export function workersLost({ fields, properties }) {
  const count = properties.headers?.[DELIVERY_COUNT];
  if (typeof count === "number") return count;
  return fields.redelivered ? 1 : 0;
}

/**
 * @param {Table | undefined} headers
 * @returns {Table} without those that were added on the way
 */
function bareHeaders(headers) {
  if (headers === undefined) return {};
  const names = Object.keys(headers);
  if (!names.some((name) => ON_THE_WAY.test(name))) return headers;
  return Object.fromEntries(names.filter((name) => !ON_THE_WAY.test(name)).map((name) => [name, headers[name]]));
}

/** @param {unknown} value */
const quoted = (value) => (typeof value === "string" ? JSON.stringify(value) : "null");

/**
 * @param {string} text
 * @returns {{ body: string, headers: Table | null, properties: Table, "content-type": unknown, "content-encoding": unknown }}
 */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    // NaN and Infinity, which Python writes and JSON does not know.
    const value = loads(text);
    if (typeof value !== "object" || value === null) throw new EncodeError("the message is not an envelope");
    return /** @type {ReturnType<typeof parse>} */ (value);
  }
}
