/**
 * Reads and writes dead letters: one line of JSON with the reason, then the message, byte for byte. docs/delivery.md shows one.
 */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { decodeEnvelope } from "../protocol/decode-envelope.js";
import { loads } from "../protocol/json.js";
import { isMapping, textOrNull } from "../protocol/json-loads.js";
import { NO_LIMITS } from "../protocol/limits.js";

/** The length of the id that replaces a task's id if none can be read. */
const SHORT_ID = 12;
/** The last moment that both languages can write as a date. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
/** Half a surrogate pair, which has no bytes. */
const HALF_PAIR = /\p{Surrogate}/u;

/** @typedef {import("./transport.js").DeadLetter} DeadLetter */

/**
 * @param {{ reason: string, worker: string, deliveries?: number }} why `deliveries`: how many workers were lost with it
 * @returns {string} the first line, without its line feed
 */
export function deadLetterHeader({ reason, worker, deliveries = 0 }) {
  return JSON.stringify({ reason, time: Date.now(), worker, deliveries });
}

/**
 * @param {string} queue
 * @param {Buffer} entry of the queue's dead-letter list, by any writer
 * @returns {DeadLetter}
 */
export function readDeadLetter(queue, entry) {
  const raw = entry.subarray(entry.indexOf("\n") + 1);
  const header = readHeader(entry.subarray(0, entry.length - raw.length));
  const message = readMessage(raw);
  const shortId = () => createHash("sha1").update(raw).digest("hex").slice(0, SHORT_ID);
  return { entry, raw, queue, ...header, ...message, id: message.taskId || shortId() };
}

/** @param {Buffer} line */
function readHeader(line) {
  const header = readMapping(line.toString());
  const { time, deliveries } = header;
  return {
    reason: textOrNull(header.reason) ?? "unknown",
    time: Number.isInteger(time) && Number(time) >= 0 && Number(time) <= LAST_MS ? Number(time) : null,
    worker: textOrNull(header.worker),
    deliveries: Number.isInteger(deliveries) ? Number(deliveries) : null,
  };
}

/** @param {Buffer} raw */
function readMessage(raw) {
  try {
    if (!isUtf8(raw)) throw new TypeError("no text");
    const { body: encoded, headers, properties } = decodeEnvelope(raw.toString(), NO_LIMITS);
    const body = decodeBody(encoded, headers, properties);
    // Protocol 1 has in the body what protocol 2 has in the headers.
    const inBody = "task" in headers && isStorable(headers.id) ? {} : readMapping(body ?? "");
    const { task } = "task" in headers ? headers : inBody;
    // The id under which the sender waits (`id_for_sender` in Python).
    const taskId = [headers.id, inBody.id, properties.correlation_id].find(isStorable) ?? "";
    const priority = Math.trunc(Number(properties.priority ?? 0)) || 0;
    return { taskId, task: textOrNull(task), priority, headers, body, isReadable: true };
  } catch {
    return { taskId: "", task: null, priority: 0, headers: {}, body: null, isReadable: false };
  }
}

/** @param {unknown} id @returns {id is string} whether a result can be stored under it */
const isStorable = (id) => typeof id === "string" && id !== "" && !HALF_PAIR.test(id);

/**
 * @param {string} body
 * @param {Record<string, unknown>} headers
 * @param {Record<string, unknown>} properties
 */
function decodeBody(body, headers, properties) {
  if (headers.compression) return null;
  if (properties.body_encoding !== "base64") return body;
  const bytes = Buffer.from(body, "base64");
  return isUtf8(bytes) ? bytes.toString() : null;
}

/**
 * @param {string} text
 * @returns {Record<string, unknown>} empty when it is not a JSON object
 */
function readMapping(text) {
  try {
    const value = loads(text);
    return isMapping(value) ? value : {};
  } catch {
    return {};
  }
}
