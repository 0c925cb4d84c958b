/**
 * Events as Celery has them (celery.events.event): dicts with a type, sent one by one, or as a list of one group's. Their
 * fields stay as they are on the wire, in Celery's spelling.
 */
import { DecodeError } from "../errors.js";
import { decodeBody, decodeEnvelope } from "./decode-envelope.js";
import { checkBody, writeEnvelope } from "./encode-message.js";
import { dumps, quote } from "./json-dumps.js";
import { isMapping } from "./json-loads.js";
import { DEFAULT_LIMITS } from "./limits.js";

/** AMQP's transient delivery mode: events need not survive on disk. */
const TRANSIENT = 1;

/**
 * @typedef {object} CommonFields
 * @property {string} type such as "task-succeeded"; what is before the dash is its group
 * @property {string} hostname of the worker, or `gen<pid>@<host>` of a client
 * @property {number} timestamp seconds since the epoch
 * @property {number} utcoffset hours that the sender's time is behind UTC
 * @property {number} pid of the sender
 * @property {number} clock of the sender, see `LamportClock`
 *
 * @typedef {CommonFields & { [field: string]: any }} CeleryEvent each type has its own fields
 *
 * @typedef {{ type: string, text: string }} WrittenEvent `text`: the event as JSON
 */

/** @returns {number} the hours that this machine's time is behind UTC, as `celery.utils.time.utcoffset` */
const utcoffset = () => new Date().getTimezoneOffset() / 60;

/** Writes the events of one sender. */
export class EventWriter {
  #start;
  #afterOffset;

  /** @param {string} hostname see `CommonFields` */
  constructor(hostname) {
    this.#start = `{"hostname": ${quote(hostname)}, "utcoffset": `;
    this.#afterOffset = `, "pid": ${process.pid}, "clock": `;
  }

  /**
   * Events become text immediately: keeping objects until they are sent takes a tenth more time a task, which makes three events.
   *
   * @param {string} type
   * @param {number} clock
   * @param {Record<string, unknown>} fields of this type. Like Python, readers take the last of two with one name
   * @returns {WrittenEvent}
   * @throws {EncodeError} when a field cannot be written as JSON, or is nested too deep
   */
  write(type, clock, fields) {
    const own = dumps(fields, { root: "event" });
    if (!isFlat(fields)) checkBody(own, DEFAULT_LIMITS);
    const members = own === "{}" ? "" : `, ${own.slice(1, -1)}`;
    const end = `, "timestamp": ${Date.now() / 1000}, "type": ${quote(type)}}`;
    return { type, text: this.#start + utcoffset() + this.#afterOffset + clock + members + end };
  }
}

/** @param {Record<string, unknown>} fields */
function isFlat(fields) {
  for (const name in fields) if (typeof fields[name] === "object" && fields[name] !== null) return false;
  return true;
}

/**
 * @param {string} type
 * @returns {string} such as "task"
 */
export const groupOf = (type) => type.split("-", 1)[0];

/**
 * @param {string} type
 * @returns {string} the routing key of an event
 */
export const topicOf = (type) => type.replaceAll("-", ".");

/**
 * @param {string} group
 * @returns {string} the routing key of a list of events
 */
export const topicOfMany = (group) => `${group}.multi`;

/**
 * @param {WrittenEvent | readonly WrittenEvent[]} events one, or a list of one group's
 * @param {{ exchange: string, routingKey: string, hostname: string }} address
 * @returns {string} the message
 */
export function encodeEvents(events, { exchange, routingKey, hostname }) {
  const body = "text" in events ? events.text : `[${events.map(({ text }) => text).join(", ")}]`;
  return writeEnvelope(
    body,
    { headers: { hostname }, properties: {} },
    { exchange, routingKey, deliveryMode: TRANSIENT },
  );
}

/**
 * @param {string} raw a message of either language
 * @returns {CeleryEvent[]} in their order
 * @throws {DecodeError} or what `decodeEnvelope` throws, when it is not a message with events
 */
export function decodeEvents(raw) {
  const body = decodeBody(decodeEnvelope(raw));
  const events = Array.isArray(body) ? body : [body];
  if (!events.every((event) => isMapping(event) && typeof event.type === "string")) {
    throw new DecodeError("The message is not an event, nor a list of events");
  }
  return events;
}
