/**
 * The longest ids, names and moments of a task: they are parts of keys, log lines, events and counts. The same as in
 * `celery_reliable/limits.py`.
 */
import { InvalidTaskError } from "../errors.js";

/** @typedef {import("./limits.js").ErrorClass} ErrorClass */

/** `restore.lua` has the same number. */
export const MAX_ID_BYTES = 2048;
/** Celery cuts what it shows of arguments at 1,024 characters. */
const MAX_REPR_BYTES = 65_536;
/** The most bytes of a character in UTF-8: the two halves of a pair have four together. */
const BYTES_OF_CHARACTER = 3;

/** @type {readonly (readonly [name: string, most: number])[]} */
const FIELDS = [
  ...["id", "task", "shadow", "root_id", "parent_id", "group", "taskset", "eta", "expires"].map(
    limitedTo(MAX_ID_BYTES),
  ),
  ...["argsrepr", "kwargsrepr"].map(limitedTo(MAX_REPR_BYTES)),
];
const PROPERTIES = ["correlation_id", "correlationId", "delivery_tag", "reply_to", "replyTo"].map(
  limitedTo(MAX_ID_BYTES),
);

/**
 * @param {Record<string, unknown>} fields of a task: the headers of protocol 2, or what stands for them
 * @param {Record<string, unknown>} properties
 * @param {ErrorClass} [Refusal]
 * @throws {InvalidTaskError} for a text that is too long
 */
export function checkLengths(fields, properties, Refusal = InvalidTaskError) {
  for (const [name, most] of FIELDS) checkLength(fields[name], name, most, Refusal);
  for (const [name, most] of PROPERTIES) checkLength(properties[name], name, most, Refusal);
}

/**
 * @param {string} taskId
 * @param {ErrorClass} [Refusal]
 * @throws {InvalidTaskError} for one that is too long
 */
export function checkTaskId(taskId, Refusal = InvalidTaskError) {
  checkLength(taskId, "id", MAX_ID_BYTES, Refusal);
}

/**
 * @param {unknown} text
 * @param {string} name
 * @param {number} most bytes
 * @param {ErrorClass} Refusal
 */
function checkLength(text, name, most, Refusal) {
  if (typeof text !== "string" || text.length * BYTES_OF_CHARACTER <= most) return;
  const bytes = Buffer.byteLength(text);
  if (bytes > most) throw new Refusal(`the task's ${name} has ${bytes} bytes: the limit is ${most}`);
}

/**
 * @param {number} most bytes
 * @returns {(name: string) => readonly [string, number]}
 */
function limitedTo(most) {
  return (name) => [name, most];
}
