/** Formats dead letters for people and programs. */
import { isUtf8 } from "node:buffer";

/** @typedef {import("../../transport/transport.js").DeadLetter} DeadLetter */

/** The largest unit first. */
const UNITS = /** @type {const} */ ([
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
]);

/** @param {DeadLetter} letter what `--json` prints of every letter */
export const summary = ({ id, queue, task, reason, time, worker, deliveries }) => ({
  id,
  queue,
  task,
  reason,
  time,
  worker,
  deliveries,
});

/**
 * @param {number | null} time ms since the epoch
 * @returns {string} such as "3h": rounded down to one unit
 */
export function age(time) {
  if (time === null) return "-";
  const seconds = Math.max(0, Math.floor((Date.now() - time) / 1000));
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? UNITS[UNITS.length - 1];
  return `${Math.floor(seconds / length)}${unit}`;
}

/**
 * @param {string} text
 * @returns {number | null} the seconds in "90", "90s", "30m", "12h" or "7d"; null for any other text
 */
export function parseAge(text) {
  const [, digits, unit = "s"] = /^(\d{1,9})([dhms])?$/.exec(text) ?? [];
  const size = UNITS.find(([name]) => name === unit)?.[1];
  return digits === undefined || size === undefined ? null : Number(digits) * size;
}

/**
 * @param {string | number | null} value
 * @returns {string} one line, with control characters escaped, because a terminal would obey them
 */
export function cell(value) {
  if (value === null) return "-";
  return String(value).replace(/\p{Cc}/gu, (character) => escaped(character.charCodeAt(0)));
}

/**
 * @param {Buffer} bytes
 * @returns {string} the text; bytes that are not UTF-8 are escaped one by one
 */
export function printable(bytes) {
  if (isUtf8(bytes)) return cell(bytes.toString());
  return bytes.toString("latin1").replace(/[^ -~]/g, (character) => escaped(character.charCodeAt(0)));
}

/**
 * @param {string[][]} rows
 * @returns {string[]} lines with aligned columns
 */
export function columns(rows) {
  const width = (/** @type {string} */ text) => [...text].length;
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => width(row[i]))));
  const pad = (/** @type {string} */ text, /** @type {number} */ i) => text + " ".repeat(widths[i] - width(text));
  return rows.map((row) => row.map(pad).join("  ").trimEnd());
}

/**
 * @param {unknown} value
 * @returns {string} as Python's `json.dumps(value, indent=2)`: ASCII only
 */
export function json(value) {
  const text = JSON.stringify(value, null, 2);
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * @param {Map<string, number>} counts by queue
 * @param {string} word
 * @returns {string} such as "2 into js-queue, 1 into py-queue"
 */
export const perQueue = (counts, word) => [...counts].map(([queue, count]) => `${count} ${word} ${queue}`).join(", ");

/** @param {number} count */
export const letters = (count) => `${count} dead letter${count === 1 ? "" : "s"}`;

/** @param {number} code */
const escaped = (code) => `\\x${code.toString(16).padStart(2, "0")}`;
