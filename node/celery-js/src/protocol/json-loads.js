/** Reads JSON text as Celery's serializer does (`kombu.utils.json.loads`). */
import { DecodeError } from "../errors.js";
import { MAX_DEPTH } from "./json-dumps.js";
import { DateTime, Decimal, PlainDate, PlainTime, UUID } from "./json-types.js";

/** A typed value's key. Text without it has no typed values, so most messages skip the walk. */
const TYPE_KEY = "__type__";
const BACKSLASH = 92;
const PYTHON_CONSTANT = /"|-?Infinity|NaN/g;

/** @typedef {(value: unknown) => unknown} Reviver */

/** What turns each `__type__` back into a value; the names are kombu's. @type {ReadonlyMap<unknown, Reviver>} */
const REVIVERS = new Map(
  /** @type {Array<[string, Reviver]>} */ ([
    ["datetime", (value) => new DateTime(textOf(value))],
    ["date", (value) => new PlainDate(textOf(value).slice(0, 10))],
    ["time", (value) => new PlainTime(textOf(value))],
    ["decimal", (value) => new Decimal(textOf(value))],
    ["uuid", (value) => new UUID(textOf(/** @type {{ hex?: unknown } | null} */ (value)?.hex))],
    ["bytes", (value) => Buffer.from(textOf(value), "utf8")],
    ["base64", (value) => Buffer.from(textOf(value), "base64")],
  ]),
);

/**
 * Reads JSON text. Python's bare `NaN`, `Infinity` and `-Infinity` are taken; typed values come back as `DateTime`,
 * `PlainDate`, `PlainTime`, `Decimal`, `UUID` and `Buffer`. A `__proto__` key is a member like any other.
 *
 * @param {string} text
 * @returns {unknown}
 * @throws {DecodeError} when the text is not JSON, or has a typed value that is unknown or not readable
 */
export function loads(text) {
  let value;
  /** @type {string | null} */
  let nanMarker = null;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const plain = withoutPythonConstants(text);
    if (plain === null) throw new DecodeError(`not JSON: ${messageOf(cause)}`, { cause });
    value = parsePlain(plain.text);
    nanMarker = plain.nanMarker;
  }
  return nanMarker !== null || text.includes(TYPE_KEY) ? revive(value, nanMarker, 0) : value;
}

/** @param {string} text */
function parsePlain(text) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DecodeError(`not JSON: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Rewrites Python's constants as JSON: an infinity as a number out of range, NaN as a string that the text does not contain.
 *
 * @param {string} text
 * @returns {{ text: string, nanMarker: string } | null} null when the text has none outside of its strings
 */
function withoutPythonConstants(text) {
  let nanMarker = "\u0000NaN";
  while (text.includes(JSON.stringify(nanMarker).slice(1, -1))) nanMarker += "N";
  const pieces = [];
  let taken = 0;
  PYTHON_CONSTANT.lastIndex = 0;
  for (let match = PYTHON_CONSTANT.exec(text); match !== null; match = PYTHON_CONSTANT.exec(text)) {
    const [token] = match;
    if (token === '"') {
      const end = endOfString(text, match.index);
      if (end === -1) return null;
      PYTHON_CONSTANT.lastIndex = end;
      continue;
    }
    const number = token === "NaN" ? JSON.stringify(nanMarker) : token === "Infinity" ? "1e999" : "-1e999";
    pieces.push(text.slice(taken, match.index), number);
    taken = PYTHON_CONSTANT.lastIndex;
  }
  return pieces.length === 0 ? null : { text: pieces.join("") + text.slice(taken), nanMarker };
}

/**
 * Replaces typed values, innermost first, as kombu's `object_hook` does.
 *
 * @param {unknown} value
 * @param {string | null} nanMarker
 * @param {number} depth
 * @returns {unknown}
 */
function revive(value, nanMarker, depth) {
  if (typeof value === "string") return value === nanMarker ? Number.NaN : value;
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) throw new DecodeError(`nested deeper than ${MAX_DEPTH} levels`);
  const members = /** @type {Record<string, unknown>} */ (value);
  const keys = Object.keys(members);
  for (const key of keys) {
    if (key === nanMarker) throw new DecodeError("not JSON: NaN cannot be a key");
    const revived = revive(members[key], nanMarker, depth + 1);
    if (revived === members[key]) continue;
    // An assignment to __proto__ would set the prototype.
    Object.defineProperty(members, key, { value: revived, enumerable: true, configurable: true, writable: true });
  }
  const isTyped = keys.length === 2 && Object.hasOwn(members, TYPE_KEY) && Object.hasOwn(members, "__value__");
  return isTyped ? reviveTyped(members) : value;
}

/** @param {Record<string, unknown>} typed */
function reviveTyped(typed) {
  const reviver = REVIVERS.get(typed[TYPE_KEY]);
  if (reviver === undefined) throw new DecodeError(`Unsupported type ${JSON.stringify(typed[TYPE_KEY])}`);
  try {
    return reviver(typed.__value__);
  } catch (cause) {
    throw new DecodeError(`not a ${typed[TYPE_KEY]}: ${messageOf(cause)}`, { cause });
  }
}

/** @param {unknown} value */
function textOf(value) {
  if (typeof value !== "string") throw new TypeError("its value is not a string");
  return value;
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * Finds the end of a JSON string.
 *
 * @param {string} text
 * @param {number} start index of the opening quote
 * @returns {number} the index after the closing quote, -1 when there is none
 */
export function endOfString(text, start) {
  for (let quoteAt = text.indexOf('"', start + 1); quoteAt !== -1; quoteAt = text.indexOf('"', quoteAt + 1)) {
    let firstBackslash = quoteAt;
    while (text.charCodeAt(firstBackslash - 1) === BACKSLASH) firstBackslash--;
    if ((quoteAt - firstBackslash) % 2 === 0) return quoteAt + 1;
  }
  return -1;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>} whether it is what Python reads as a dict
 */
export function isMapping(value) {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/**
 * @param {unknown} value
 * @returns {string | null}
 */
export function textOrNull(value) {
  return typeof value === "string" ? value : null;
}

/**
 * @param {unknown} value
 * @returns {number | null}
 */
export const numberOrNull = (value) => (typeof value === "number" ? value : null);

/**
 * @param {unknown} value
 * @returns {unknown[] | null}
 */
export const listOrNull = (value) => (Array.isArray(value) ? value : null);
