/**
 * Events as Celery has them (celery.events.event): dicts with a type, sent one by one, or as a list of one group's. Their
 * fields stay as they are on the wire, in Celery's spelling.
 */
import { DecodeError } from "../errors.js";
import { decodeBody, decodeEnvelope } from "./decode-envelope.js";
import { encodeEnvelope } from "./encode-message.js";
import { isMapping } from "./json-loads.js";

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
 * @typedef {{ hostname: string, clock: number }} Origin
 */

/** @returns {number} the hours that this machine's time is behind UTC, as `celery.utils.time.utcoffset` */
const utcoffset = () => new Date().getTimezoneOffset() / 60;

/**
 * Written out, because spreading takes thirty times as long and a task makes three events.
 *
 * @param {string} type
 * @param {Origin} origin
 * @param {Record<string, unknown>} fields
 * @returns {CeleryEvent}
 */
export function makeEvent(type, { hostname, clock }, fields) {
  const event = /** @type {CeleryEvent} */ ({ hostname, utcoffset: utcoffset(), pid: process.pid, clock });
  Object.assign(event, fields);
  event.timestamp = Date.now() / 1000;
  event.type = type;
  return event;
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
 * @param {CeleryEvent | CeleryEvent[]} body
 * @param {{ exchange: string, routingKey: string, hostname: string }} address
 * @returns {string} the message
 * @throws {EncodeError} when a field cannot be written as JSON
 */
export function encodeEvents(body, { exchange, routingKey, hostname }) {
  const message = { headers: { hostname }, properties: {}, body };
  return encodeEnvelope(message, { exchange, routingKey, deliveryMode: TRANSIENT });
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
