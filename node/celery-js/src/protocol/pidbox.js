/**
 * The messages of remote control, as kombu's pidbox writes them (`kombu.pidbox`): a command goes to all workers over a fanout
 * exchange, and each sends its answer to the queue of the sender, with the ticket of the question.
 */
import { DecodeError } from "../errors.js";
import { decodeBody, decodeEnvelope } from "./decode-envelope.js";
import { encodeEnvelope } from "./encode-message.js";
import { globPattern } from "./glob.js";
import { isMapping, textOrNull } from "./json-loads.js";

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
 * @typedef {object} Command
 * @property {string} method
 * @property {Record<string, unknown>} arguments
 * @property {readonly string[] | null} destination node names, null or empty: those that match the pattern
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
 * @throws {DecodeError} when it is not a command
 * @throws {ContentDisallowed} when it is not JSON
 */
export function decodeCommand(raw) {
  const envelope = decodeEnvelope(raw);
  const body = decodeBody(envelope);
  if (!isMapping(body) || typeof body.method !== "string") throw new DecodeError("The message names no command");
  const { destination, reply_to: replyTo } = body;
  return {
    method: body.method,
    arguments: isMapping(body.arguments) ? body.arguments : {},
    destination: Array.isArray(destination) ? destination : null,
    pattern: textOrNull(body.pattern),
    matcher: textOrNull(body.matcher),
    replyTo: isMapping(replyTo)
      ? { exchange: String(replyTo.exchange ?? ""), routingKey: String(replyTo.routing_key ?? "") }
      : null,
    ticket: textOrNull(body.ticket),
    clock: Number(envelope.headers.clock) || 0,
  };
}

/**
 * @param {Pick<Command, "destination" | "pattern" | "matcher">} command
 * @param {string} hostname a worker's
 * @returns {boolean} whether the command is for it
 * @throws {DecodeError} for an unknown matcher, or a pattern that it cannot read
 */
export function isAddressedTo({ destination, pattern, matcher }, hostname) {
  if (destination !== null && destination.length > 0) return destination.includes(hostname);
  if (!pattern || !matcher) return true;
  if (matcher === "glob") return globPattern(pattern).test(hostname);
  if (matcher !== "pcre") throw new DecodeError(`No matcher installed for ${matcher}`);
  try {
    return new RegExp(pattern, "y").test(hostname);
  } catch (error) {
    throw new DecodeError(`The pattern ${JSON.stringify(pattern)} cannot be read`, { cause: error });
  }
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
