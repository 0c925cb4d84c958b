/**
 * The messages of remote control, as kombu's pidbox writes them (`kombu.pidbox`): a command goes to all workers over a fanout
 * exchange, and each sends its answer to the queue of the sender, with the ticket of the question.
 */
import { DecodeError } from "../errors.js";
import { clipped } from "../validation/clip.js";
import { show } from "../validation/kinds.js";
import { decodeBody, decodeEnvelope, MAX_ID_BYTES } from "./decode-envelope.js";
import { encodeEnvelope } from "./encode-message.js";
import { globPattern } from "./glob.js";
import { isMapping, textOrNull } from "./json-loads.js";
import { BROADCAST_LIMITS } from "./limits.js";

/**
 * @param {string} namespace Celery's `control_exchange`
 * @returns {string} the exchange of the commands
 */
export const controlExchange = (namespace) => `${namespace}.pidbox`;
/**
 * @param {string} namespace
 * @returns {string} the exchange of the answers
 */
export const replyExchange = (namespace) => `reply.${namespace}.pidbox`;

/**
 * The longest pattern, and what one of the matcher "pcre" may have: it is matched on the thread that renews the leases, so it must
 * not backtrack for long. Python's workers have the same limits (`celery_reliable/control_patterns.py`).
 */
const MAX_PATTERN = 255;
/** The longest name of a command, which log lines and the answer repeat. */
const MAX_METHOD = 255;
const MAX_CHOICES = 4;

/**
 * @typedef {object} Command
 * @property {string} method
 * @property {Record<string, unknown>} arguments
 * @property {readonly unknown[] | string | null} destination node names, null or empty: those that match the pattern
 * @property {string | null} pattern of node names; null: all nodes
 * @property {string | null} matcher how the pattern is read: "glob" or "pcre"
 * @property {ReplyAddress | null} replyTo null: no answer is wanted
 * @property {string | null} ticket which the answer has to carry
 * @property {number} clock the sender's
 *
 * @typedef {object} ReplyAddress
 * @property {string} exchange
 * @property {string} routingKey
 */

/**
 * @param {Pick<Command, "method" | "arguments"> & Partial<Command>} command
 * @param {{ clock: number, expires: number }} headers `expires`: when the command expires, in seconds since the epoch; 0: never
 * @param {string} exchange
 * @returns {string} the text to publish
 */
export function encodeCommand(command, headers, exchange) {
  const { method, arguments: args, destination = null, pattern = null, matcher = null, replyTo, ticket } = command;
  const reply =
    replyTo && ticket ? { ticket, reply_to: { exchange: replyTo.exchange, routing_key: replyTo.routingKey } } : {};
  const body = { method, arguments: args, destination, pattern, matcher, ...reply };
  return encodeEnvelope({ headers: { ...headers }, properties: {}, body }, { exchange, routingKey: "" });
}

/**
 * @param {string} raw
 * @returns {Command}
 * @throws {DecodeError} when it is not a command, or it is not clear for which workers it is
 * @throws {ContentDisallowed} when it is not JSON
 */
export function decodeCommand(raw) {
  const envelope = decodeEnvelope(raw, BROADCAST_LIMITS);
  const body = decodeBody(envelope, BROADCAST_LIMITS);
  if (!isMapping(body) || typeof body.method !== "string") throw new DecodeError("The message names no command");
  if (body.method.length > MAX_METHOD) {
    throw new DecodeError(`The command's name is longer than ${MAX_METHOD} characters`);
  }
  const { reply_to: replyTo } = body;
  const ticket = textOrNull(body.ticket);
  if (ticket !== null && ticket.length > MAX_ID_BYTES) {
    throw new DecodeError(`The command's ticket is longer than ${MAX_ID_BYTES} characters`);
  }
  return {
    method: body.method,
    arguments: isMapping(body.arguments) ? body.arguments : {},
    destination: destinationOf(body.destination),
    pattern: textOf(body, "pattern"),
    matcher: textOf(body, "matcher"),
    replyTo: isMapping(replyTo)
      ? { exchange: String(replyTo.exchange ?? ""), routingKey: String(replyTo.routing_key ?? "") }
      : null,
    ticket,
    clock: Number(envelope.headers.clock) || 0,
  };
}

/**
 * @param {unknown} value
 * @returns {readonly unknown[] | string | null}
 * @throws {DecodeError} when it is neither a list nor a string, in which kombu looks for a node's name
 */
function destinationOf(value) {
  if (!value) return null;
  if (typeof value !== "string" && !Array.isArray(value))
    throw new DecodeError("The command's destination is not a list");
  return value;
}

/**
 * @param {Record<string, unknown>} body
 * @param {string} name
 * @returns {string | null} null: it has none
 * @throws {DecodeError} when it is not a text
 */
function textOf(body, name) {
  const value = body[name];
  if (value && typeof value !== "string") throw new DecodeError(`The command's ${name} is not a string`);
  return textOrNull(value);
}

/**
 * @param {Pick<Command, "destination" | "pattern" | "matcher">} command
 * @param {string} hostname a worker's
 * @returns {boolean} whether the command is for it
 * @throws {DecodeError} for an unknown matcher, and for a pattern that it cannot read or that may take too long to match
 */
export function isAddressedTo({ destination, pattern, matcher }, hostname) {
  if (destination !== null && destination.length > 0) return destination.includes(hostname);
  if (!pattern || !matcher) return true;
  if (pattern.length > MAX_PATTERN) throw new DecodeError(`The pattern is longer than ${MAX_PATTERN} characters`);
  if (matcher !== "glob" && matcher !== "pcre") throw new DecodeError(`No matcher installed for ${clipped(matcher)}`);
  if (matcher === "pcre") checkChoices(pattern);
  try {
    return (matcher === "glob" ? globPattern(pattern) : new RegExp(pattern, "y")).test(hostname);
  } catch (error) {
    throw new DecodeError(`The pattern ${show(pattern)} cannot be read`, { cause: error });
  }
}

/**
 * A simple rule, because what makes a regular expression slow is hard to find: few choices, and none of them repeated.
 *
 * @param {string} pattern
 * @throws {DecodeError} for one that breaks it
 */
function checkChoices(pattern) {
  const choices = pattern.match(/[*+?{|]/g)?.length ?? 0;
  if (choices <= MAX_CHOICES && !/\)[*+?{]|\(\?/.test(pattern)) return;
  const rule = `at most ${MAX_CHOICES} of * + ? { |, no (?, and no quantifier after a group`;
  throw new DecodeError(`The pattern ${show(pattern)} may take too long to match: ${rule}`);
}

/**
 * @param {string} hostname of the worker that answers
 * @param {unknown} reply
 * @param {{ replyTo: ReplyAddress, ticket: string | null, clock: number }} about
 * @returns {string} the text for the queue of the sender
 * @throws {EncodeError} when JSON cannot hold the reply
 */
export function encodeReply(hostname, reply, { replyTo, ticket, clock }) {
  const message = { headers: { ticket, clock }, properties: {}, body: { [hostname]: reply } };
  return encodeEnvelope(message, { ...replyTo, deliveryMode: 1 });
}

/**
 * @param {string} raw
 * @returns {{ ticket: string | null, clock: number, replies: Record<string, unknown> }} by the workers' names
 * @throws {DecodeError | ContentDisallowed} when it is not an answer
 */
export function decodeReply(raw) {
  const envelope = decodeEnvelope(raw);
  const body = decodeBody(envelope);
  if (!isMapping(body)) throw new DecodeError("The message is not a worker's answer");
  const { ticket, clock } = envelope.headers;
  return { ticket: textOrNull(ticket), clock: Number(clock) || 0, replies: body };
}
