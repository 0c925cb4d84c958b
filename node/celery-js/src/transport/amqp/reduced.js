/**
 * What can be sent again of a message that AMQP's encoder refuses: it reads more than it writes (131 KB of headers and 64 KB, names
 * of 255 broken characters, numbers beyond 64 bits).
 */
import { clipped } from "../../validation/clip.js";
import { MAX_NAME_BYTES } from "./errors.js";

/** Lists the headers that were left out or cut, for operators who read the dead letter. */
export const CUT_HEADER = "x-celery-cut";
/** The encoder's buffer has 65,536 bytes, for properties and for headers of this worker too. */
const MAX_HEADERS_BYTES = 49_152;
/** Of what shows the arguments, which nothing but people reads. Celery cuts it at as many characters. */
const MAX_REPR = 1_024;
const REPRS = new Set(["argsrepr", "kwargsrepr"]);
const MAX_LEVELS = 32;
/** Larger numbers with a fraction have no encoding. */
const MAX_FRACTION = 2 ** 50;
/** A type and a length. */
const OVERHEAD = 5;
const NUMBER_BYTES = 9;
/** How many names `CUT_HEADER` has, and how long they are. */
const MAX_CUT_NAMES = 20;
const MAX_CUT_NAME = 64;

/** amqplib's properties of a message, by their kinds. */
const TEXTS = ["contentType", "contentEncoding", "correlationId", "replyTo", "messageId", "type", "appId"];
const NUMBERS = ["deliveryMode", "priority", "timestamp"];

/**
 * @typedef {import("./driver.js").Table} Table
 * @typedef {import("./message.js").Outgoing} Outgoing
 */

/**
 * @param {Outgoing} message
 * @returns {{ message: Outgoing, isWhole: boolean }} with the headers and properties that can be encoded, the smallest first.
 *   `isWhole`: no worker misses any that is left out
 */
export function reduced({ content, options }) {
  const { headers, ...properties } = options;
  const { kept, cut, isWhole } = reducedHeaders(headers);
  if (cut.length > 0) kept[CUT_HEADER] = cut.slice(0, MAX_CUT_NAMES).map((name) => clipped(name, MAX_CUT_NAME));
  const own = Object.fromEntries(Object.entries(properties).filter(([name, value]) => isProperty(name, value)));
  const areAll = Object.values(own).length === Object.values(properties).filter((value) => value !== undefined).length;
  return { message: { content, options: { ...own, headers: kept } }, isWhole: isWhole && areAll };
}

/** @param {Table} headers */
function reducedHeaders(headers) {
  /** @type {Table} */
  const kept = {};
  /** @type {string[]} */
  const cut = [];
  let isWhole = true;
  let left = MAX_HEADERS_BYTES;
  const sized = Object.keys(headers).map((name) => {
    const value = shortened(name, headers[name]);
    if (!Object.is(value, headers[name])) cut.push(name);
    return { name, value, size: memberSize(name, value, 0) };
  });
  for (const { name, value, size } of sized.sort((a, b) => a.size - b.size)) {
    left -= size;
    if (left >= 0) Object.defineProperty(kept, name, { value, enumerable: true, configurable: true, writable: true });
    else {
      cut.push(name);
      isWhole = false;
    }
  }
  return { kept, cut, isWhole };
}

/**
 * @param {string} name
 * @param {unknown} value
 */
const shortened = (name, value) => (REPRS.has(name) && typeof value === "string" ? clipped(value, MAX_REPR) : value);

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} level
 * @returns {number} bytes, as encoded; `Infinity` for what cannot be
 */
function memberSize(name, value, level) {
  const bytes = Buffer.byteLength(name);
  return bytes > MAX_NAME_BYTES ? Number.POSITIVE_INFINITY : 1 + bytes + valueSize(value, level);
}

/**
 * @param {unknown} value
 * @param {number} level
 * @returns {number}
 */
function valueSize(value, level) {
  if (value === null || value === undefined || typeof value === "boolean") return OVERHEAD;
  if (typeof value === "string") return OVERHEAD + Buffer.byteLength(value);
  if (typeof value === "number") return isEncodable(value) ? NUMBER_BYTES : Number.POSITIVE_INFINITY;
  if (typeof value !== "object" || level >= MAX_LEVELS) return Number.POSITIVE_INFINITY;
  if (Buffer.isBuffer(value)) return OVERHEAD + value.length;
  if (Array.isArray(value)) return value.reduce((size, item) => size + valueSize(item, level + 1), OVERHEAD);
  // amqplib reads such an object as a value of the type that it names.
  if ("!" in value) return Number.POSITIVE_INFINITY;
  return Object.entries(value).reduce((size, [name, item]) => size + memberSize(name, item, level + 1), OVERHEAD);
}

/** @param {number} value */
const isEncodable = (value) => Number.isSafeInteger(value) || Math.abs(value) < MAX_FRACTION;

/**
 * @param {string} name
 * @param {unknown} value
 */
function isProperty(name, value) {
  if (TEXTS.includes(name)) return typeof value === "string" && Buffer.byteLength(value) <= MAX_NAME_BYTES;
  return NUMBERS.includes(name) && Number.isSafeInteger(value) && Number(value) >= 0;
}
