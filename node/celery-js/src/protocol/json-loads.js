/**
 * Reads JSON text as Celery's serializer does (`kombu.utils.json.loads`), of messages within their limits.
 *
 * Parsing time depends on the number of values, not on bytes: 16 MB of `[]` take a hundred times as long as one string of 16 MB. So
 * a large text is scanned before it is parsed.
 */
import { randomBytes } from "node:crypto";
import { DecodeError } from "../errors.js";
import { revive, TYPE_KEY } from "./json-types.js";
import { refusal } from "./limits.js";

/**
 * @typedef {import("./limits.js").Limits} Limits
 * @typedef {import("./limits.js").ErrorClass} ErrorClass
 */

const BACKSLASH = 92;
const PYTHON_CONSTANT = /"|-?Infinity|NaN/g;

/** Python's constants, which are written anew for the parser. */
const MAX_CONSTANTS = 1_000_000;
/** Nobody guesses so many, and V8 keeps strings of up to ten characters only once. */
const MARKER_BYTES = 7;
/**
 * How many strings and how many items a text may have for each value of its limit: V8 takes 0.5 µs for a short string (it looks for
 * an equal one), 0.1 µs for a number, and up to 2 µs for an object.
 */
const STRINGS_PER_VALUE = 2;
const ITEMS_PER_VALUE = 5;
/** A shorter text is parsed first and checked afterwards, because that cannot take long. */
const SMALL_TEXT = 65_536;
const VALUES = "lists, objects and members";
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

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

/**
 * @param {string} text JSON
 * @param {Limits} limits
 * @param {string} what the name of the text in errors: "the message" or "the body"
 * @param {(text: string) => unknown} [loadsLarge] reads a large text, once it is checked
 * @returns {unknown} what `loads` gives
 * @throws {DecodeError} as `loads`, and for a text that is nested too deep or has too many values
 */
export function loadsWithin(text, limits, what, loadsLarge = loads) {
  if (text.length > SMALL_TEXT) {
    checkText(text, limits, what, DecodeError);
    return loadsLarge(text);
  }
  const value = loads(text);
  const { messageDepthLimit } = limits;
  const mayBeDeeper = text.length > 2 * messageDepthLimit; // each level takes two brackets
  if (mayBeDeeper && isDeeper(value, messageDepthLimit)) throw tooDeep(limits, what, DecodeError);
  return value;
}

/**
 * @param {string} text JSON
 * @param {Limits} limits
 * @param {string} what
 * @param {ErrorClass} Refusal
 * @throws {Error} of that class, when the text is nested too deep or has too many values
 */
export function checkText(text, limits, what, Refusal) {
  const { messageDepthLimit, messageValueLimit } = limits;
  const stringLimit = STRINGS_PER_VALUE * messageValueLimit;
  const itemLimit = ITEMS_PER_VALUE * messageValueLimit;
  let depth = 0;
  let values = 0;
  let strings = 0;
  let items = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      const end = endOfString(text, i);
      if (end === -1) return; // not JSON: the parser has the better message
      i = end - 1;
      strings += 1;
      if (strings > stringLimit) throw tooMany(limits, what, "strings, two for each value", Refusal);
    } else if (code === COMMA) {
      items += 1;
      if (items > itemLimit) throw tooMany(limits, what, "items, five for each value", Refusal);
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      depth += 1;
      values += 1;
      if (depth > messageDepthLimit) throw tooDeep(limits, what, Refusal);
      if (values > messageValueLimit) throw tooMany(limits, what, VALUES, Refusal);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      depth -= 1;
    } else if (code === COLON) {
      values += 1;
      if (values > messageValueLimit) throw tooMany(limits, what, VALUES, Refusal);
    }
  }
}

/**
 * @param {unknown} value as `loads` gives it
 * @param {number} left levels
 * @returns {boolean}
 */
function isDeeper(value, left) {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) {
    if (left <= 0) return true;
    for (const item of value) if (typeof item === "object" && isDeeper(item, left - 1)) return true;
    return false;
  }
  // A typed value counts as a leaf.
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  if (left <= 0) return true;
  const members = /** @type {Record<string, unknown>} */ (value);
  for (const key in members) if (typeof members[key] === "object" && isDeeper(members[key], left - 1)) return true;
  return false;
}

/**
 * @param {Limits} limits
 * @param {string} what
 * @param {ErrorClass} Refusal
 */
const tooDeep = ({ messageDepthLimit }, what, Refusal) =>
  refusal(Refusal, `${what} is nested too deep`, { messageDepthLimit });

/**
 * @param {Limits} limits
 * @param {string} what
 * @param {string} counted
 * @param {ErrorClass} Refusal
 */
const tooMany = ({ messageValueLimit }, what, counted, Refusal) =>
  refusal(Refusal, `${what} has too many ${counted}`, { messageValueLimit });

/** @param {string} text */
function parsePlain(text) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DecodeError(`not JSON: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Rewrites Python's constants as JSON: an infinity as a number out of range, NaN as a random string, which no text can contain on
 * purpose. (To look for a string that the text does not contain would take a hostile text's length to the power of two.)
 *
 * @param {string} text
 * @returns {{ text: string, nanMarker: string } | null} null when the text has none outside of its strings
 * @throws {DecodeError} when it has too many
 */
function withoutPythonConstants(text) {
  const nanMarker = randomBytes(MARKER_BYTES).toString("base64url");
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
    if (pieces.length >= 2 * MAX_CONSTANTS) {
      throw new DecodeError(`more than ${MAX_CONSTANTS} times NaN or Infinity, which JSON does not have`);
    }
    const number = token === "NaN" ? JSON.stringify(nanMarker) : token === "Infinity" ? "1e999" : "-1e999";
    pieces.push(text.slice(taken, match.index), number);
    taken = PYTHON_CONSTANT.lastIndex;
  }
  return pieces.length === 0 ? null : { text: pieces.join("") + text.slice(taken), nanMarker };
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
