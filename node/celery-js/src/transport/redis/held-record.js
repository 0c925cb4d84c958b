/** Reads the records that `take` writes into `unacked`: the text of a message and the queue that it goes back to. */
import { DEFAULT_LIMITS } from "../../protocol/limits.js";
import { decodeEnvelope, markRedelivered } from "../../protocol/message.js";

/** The text between message and queue in a record: the exchange is always empty. */
const BEFORE_QUEUE = ', "", "';
/** Half a surrogate pair, which UTF-8 cannot encode, so another program wrote the record. */
const HALF_PAIR = /\p{Surrogate}/u;

/**
 * @typedef {object} HeldMessage
 * @property {string} raw the message
 * @property {string | null} marked the message as redelivered; null when it cannot be read
 * @property {string} queue
 * @property {number} priority
 * @property {string | null} countedId the id that a loss is counted under
 */

/**
 * @param {string} entry of `unacked`: `[message, "", "queue"]`
 * @param {import("../../protocol/limits.js").Limits} [limits] a message over them is not parsed, and counts as unreadable
 * @returns {HeldMessage | null} null when `take` did not write it
 */
export function readRecord(entry, limits = DEFAULT_LIMITS) {
  const split = entry.lastIndexOf(BEFORE_QUEUE);
  if (split === -1 || !entry.startsWith("[") || !entry.endsWith('"]')) return null;
  const raw = entry.slice(1, split);
  const queue = readQueue(entry.slice(split + BEFORE_QUEUE.length - 1, -1));
  if (queue === null) return null;
  try {
    const envelope = decodeEnvelope(raw, limits);
    const priority = Number(envelope.properties.priority ?? 0);
    return { raw, marked: markRedelivered(raw), queue, priority, countedId: countedIdOf(envelope) };
  } catch {
    return { raw, marked: null, queue, priority: 0, countedId: null };
  }
}

/**
 * @param {import("../transport.js").Burial} burial
 * @param {import("../../protocol/limits.js").Limits} [limits]
 * @returns {string} the id whose losses a dead letter ends; "" for none
 */
export function countedIdOfBurial({ delivery: { raw, workersLost }, taskId }, limits = DEFAULT_LIMITS) {
  if (workersLost === 0) return taskId;
  try {
    return countedIdOf(decodeEnvelope(raw, limits)) ?? taskId;
  } catch {
    return taskId;
  }
}

/**
 * The id under which lost workers are counted: the task's. Protocol 1 has it in the body, where a script does not look, and
 * usually as its correlation id (celery-node: `correlationId`); else the sender's delivery tag identifies the message. `take.lua`
 * reads the same.
 *
 * @param {Pick<import("../../protocol/message.js").Envelope, "headers" | "properties">} envelope
 * @returns {string | null}
 */
function countedIdOf({ headers, properties }) {
  const ids = [headers.id, properties.correlation_id, properties.correlationId, properties.delivery_tag];
  return ids.map(textOrNull).find((id) => id !== null) ?? null;
}

/**
 * @param {string} text of JSON: a Python worker's queue may have a name with quotes, and kombu escapes what is not ASCII
 * @returns {string | null} null when it is no queue's name
 */
function readQueue(text) {
  try {
    const queue = JSON.parse(text);
    return queue === "" || HALF_PAIR.test(queue) ? null : queue;
  } catch {
    return null;
  }
}

/** @param {unknown} value */
const textOrNull = (value) => (typeof value === "string" && value !== "" ? value : null);
