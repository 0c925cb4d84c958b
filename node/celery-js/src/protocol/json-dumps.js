/**
 * Writes JSON text as Celery's serializer does (`kombu.utils.json.dumps`), so that both languages store and publish the same
 * bytes. Written by hand because `JSON.stringify` can neither space its output like Python nor refuse what it would drop.
 */
import { isUtf8 } from "node:buffer";
import { types } from "node:util";
import { EncodeError } from "../errors.js";
import { escapeNonAscii } from "./ascii.js";
import { wireForm } from "./json-types.js";
import { MAX_DEPTH } from "./limits.js";
import { toIso } from "./time.js";

/** @typedef {{ [wireForm]: () => import("./json-types.js").WireForm }} Typed */

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** An encoding error on its way up to `dumps`; each level adds its step to the path. */
class Fault {
  /** @param {string} reason such as `is a function, which JSON cannot represent` */
  constructor(reason) {
    this.reason = reason;
    this.path = "";
  }
}

/**
 * Writes a value as JSON text, byte for byte as kombu does: `", "` and `": "`, ASCII only, Python's `NaN` and `Infinity`,
 * typed values for dates, decimals, UUIDs and bytes. `toJSON` is honoured. An undefined member is left out; elsewhere
 * `undefined` is `null`.
 *
 * @param {unknown} value
 * @param {{ root?: string }} [options] `root` is what an error calls the value
 * @returns {string}
 * @throws {EncodeError} for what JSON cannot hold (functions, symbols, BigInt, Map, Set, errors, promises, results, ...), for a
 *   cycle, and for nesting deeper than `MAX_DEPTH`; the message has the path to it
 */
export function dumps(value, { root = "value" } = {}) {
  try {
    return encode(value, []);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const path = error.path.length > 200 ? `${error.path.slice(0, 100)}...${error.path.slice(-50)}` : error.path;
    const advice = root === "result" ? "return plain data" : "pass plain data";
    throw new EncodeError(`${root}${path} ${error.reason}; ${advice}`);
  }
}

/**
 * @param {unknown} value
 * @param {object[]} ancestors the containers around the value, outermost first
 * @returns {string}
 */
function encode(value, ancestors) {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
      return numberText(value);
    case "boolean":
      return value ? "true" : "false";
    case "undefined":
      return "null";
    case "object":
      return value === null ? "null" : encodeObject(value, ancestors);
    case "bigint":
      throw new Fault("is a BigInt, which JSON cannot represent");
    default:
      throw new Fault(`is a ${typeof value}, which JSON cannot represent`);
  }
}

/**
 * @param {object} value
 * @param {object[]} ancestors
 * @returns {string}
 */
function encodeObject(value, ancestors) {
  if (ancestors.length >= MAX_DEPTH) throw new Fault(`is nested deeper than ${MAX_DEPTH} levels`);
  if (ancestors.includes(value)) throw new Fault("contains itself, which JSON cannot represent");
  ancestors.push(value);
  const text = Array.isArray(value) ? encodeArray(value, ancestors) : encodeKeyed(value, ancestors);
  ancestors.pop();
  return text;
}

/**
 * @param {ArrayLike<unknown>} items
 * @param {object[]} ancestors
 * @returns {string}
 */
function encodeArray(items, ancestors) {
  if (items.length === 0) return "[]";
  let text = "[";
  let index = 0;
  try {
    for (; index < items.length; index++) {
      text += index === 0 ? encode(items[index], ancestors) : `, ${encode(items[index], ancestors)}`;
    }
  } catch (error) {
    throw located(error, `[${index}]`);
  }
  return `${text}]`;
}

/**
 * @param {object} value anything but an array
 * @param {object[]} ancestors
 * @returns {string}
 */
function encodeKeyed(value, ancestors) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const text = encodeInstance(value, ancestors);
    if (text !== null) return text;
  }
  const { toJSON } = /** @type {{ toJSON?: unknown }} */ (value);
  const plain = typeof toJSON === "function" ? toJSON.call(value, "") : value;
  if (plain !== value) return encode(plain, ancestors);
  return encodeMembers(/** @type {Record<string, unknown>} */ (value), ancestors);
}

/**
 * @param {Record<string, unknown>} members
 * @param {object[]} ancestors
 * @returns {string}
 */
function encodeMembers(members, ancestors) {
  let text = "";
  let current = "";
  try {
    for (const key of Object.keys(members)) {
      current = key;
      const member = members[key];
      if (member === undefined) continue;
      text += (text === "" ? "{" : ", ") + keyText(key) + encode(member, ancestors);
    }
  } catch (error) {
    throw located(error, IDENTIFIER.test(current) ? `.${current}` : `[${JSON.stringify(current)}]`);
  }
  return text === "" ? "{}" : `${text}}`;
}

/**
 * Instances of classes: the typed values, and what would silently become `{}`.
 *
 * @param {object} value
 * @param {object[]} ancestors
 * @returns {string | null} null for an instance that is written by its `toJSON` or its members
 */
function encodeInstance(value, ancestors) {
  if (wireForm in value) return encodeTyped(.../** @type {Typed} */ (value)[wireForm]());
  if (types.isDate(value)) return encodeDate(value);
  if (types.isUint8Array(value)) return encodeBytes(value);
  if ("toJSON" in value && typeof value.toJSON === "function") return null;
  if ("asTuple" in value)
    throw new Fault(`is ${withArticle(value.constructor.name)}: its id or asTuple() is plain data`);
  if (types.isBoxedPrimitive(value)) return encode(value.valueOf(), ancestors);
  if (types.isTypedArray(value)) return encodeArray(value, ancestors);
  if (holdsNoMembers(value)) throw new Fault(`is ${withArticle(value.constructor.name)}, which JSON cannot represent`);
  return null;
}

/** @param {object} value */
function holdsNoMembers(value) {
  return (
    types.isMap(value) ||
    types.isSet(value) ||
    types.isNativeError(value) ||
    types.isPromise(value) ||
    types.isRegExp(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isGeneratorObject(value) ||
    ArrayBuffer.isView(value)
  );
}

/**
 * @param {string} type kombu's name of it
 * @param {unknown} value
 * @returns {string}
 */
const encodeTyped = (type, value) => `{"__type__": "${type}", "__value__": ${encode(value, [])}}`;

/** @param {Date} date */
function encodeDate(date) {
  if (Number.isNaN(date.getTime())) throw new Fault("is an invalid Date");
  try {
    return encodeTyped("datetime", toIso(date.getTime()));
  } catch {
    throw new Fault("is a Date outside of the years 1 to 9999, which Python cannot represent");
  }
}

/** @param {Uint8Array} bytes as text if they are UTF-8, else base64, as kombu does */
function encodeBytes(bytes) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer)
    ? encodeTyped("bytes", buffer.toString("utf8"))
    : encodeTyped("base64", buffer.toString("base64"));
}

/**
 * @param {unknown} error
 * @param {string} step the key or index in the current container
 */
function located(error, step) {
  if (error instanceof Fault) error.path = step + error.path;
  return error;
}

/** @param {string} name */
const withArticle = (name) => `${/^[AEIOU]/i.test(name) ? "an" : "a"} ${name}`;

/** Everything that `json.dumps(ensure_ascii=True)` escapes. */
const NEEDS_ESCAPE = /[^ -~]|["\\]/;

/**
 * Writes a string as Python's `json.dumps` does (`ensure_ascii`).
 *
 * @param {string} text
 * @returns {string} the JSON text, quotes included
 */
export function quote(text) {
  return NEEDS_ESCAPE.test(text) ? escapeNonAscii(JSON.stringify(text)) : `"${text}"`;
}

/** At most this many keys are remembered: tasks that make their keys from data must not fill the memory. */
const MAX_REMEMBERED_KEYS = 1000;
const MAX_REMEMBERED_LENGTH = 64;

/** @type {Map<string, string>} */
const keyTexts = new Map();

/**
 * Writes an object's key with its separator. Headers, results and metas use the same few keys again and again.
 *
 * @param {string} key
 * @returns {string} such as `"id": `
 */
function keyText(key) {
  const known = keyTexts.get(key);
  if (known !== undefined) return known;
  const text = `${quote(key)}: `;
  if (keyTexts.size < MAX_REMEMBERED_KEYS && key.length <= MAX_REMEMBERED_LENGTH) keyTexts.set(key, text);
  return text;
}

/**
 * Writes a number as Python does: `NaN`, `Infinity`, `-Infinity`, `-0.0`, and small fractions with an exponent of two digits.
 * A number without a fraction is written as an integer, since JavaScript does not know the difference.
 *
 * @param {number} number
 * @returns {string}
 */
export function numberText(number) {
  if (Number.isInteger(number)) return number === 0 && 1 / number < 0 ? "-0.0" : String(number);
  // Python's repr() of a float takes the exponent form below 1e-4, JavaScript below 1e-6 only.
  if (number < 1e-4 && number > -1e-4) return number.toExponential().replace(/e-(\d)$/, "e-0$1");
  return String(number);
}
