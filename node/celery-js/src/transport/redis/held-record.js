/** Reads the records that `take` writes into `unacked`: the text of a message and the queue that it goes back to. */
import { NO_LIMITS } from "../../protocol/limits.js";
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
 * @property {string | null} taskId the id that a loss is counted under; protocol 1 has it in the body, and as its
 *   correlation id
 */

/**
 * @param {string} entry of `unacked`: `[message, "", "queue"]`
 * @returns {HeldMessage | null} null when `take` did not write it
 */
export function readRecord(entry) {
  const split = entry.lastIndexOf(BEFORE_QUEUE);
  if (split === -1 || !entry.startsWith("[") || !entry.endsWith('"]')) return null;
  const raw = entry.slice(1, split);
  const queue = readQueue(entry.slice(split + BEFORE_QUEUE.length - 1, -1));
  if (queue === null) return null;
  try {
    const { headers, properties } = decodeEnvelope(raw, NO_LIMITS);
    const taskId = textOrNull(headers.id ?? properties.correlation_id);
    return { raw, marked: markRedelivered(raw), queue, priority: Number(properties.priority ?? 0), taskId };
  } catch {
    return { raw, marked: null, queue, priority: 0, taskId: null };
  }
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
