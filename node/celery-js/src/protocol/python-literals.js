/** How Python's `repr()` spells single values. */
import { types } from "node:util";
import { numberText } from "./json-dumps.js";
import { DateTime, Decimal, PlainDate, PlainTime, UUID } from "./json-types.js";

/** What `repr()` of a string escapes: control characters, separators but the space, unassigned and lone surrogates. */
const NOT_PRINTABLE = /[\p{C}\p{Z}]/gu;
/** @type {Readonly<Record<string, string>>} */
const SHORT_ESCAPES = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** @param {string} char */
function escapeChar(char) {
  if (char === " ") return char;
  if (char in SHORT_ESCAPES) return SHORT_ESCAPES[char];
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/**
 * A string as `repr()` quotes it: single quotes, double ones where the text has single quotes only.
 *
 * @param {string} text
 * @returns {string}
 */
export function quoteLikePython(text) {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll("\\", "\\\\").replaceAll(mark, `\\${mark}`);
  return mark + escaped.replace(NOT_PRINTABLE, escapeChar) + mark;
}

/**
 * Bytes as `repr()` prints them.
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function reprBytes(bytes) {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll("\\", "\\\\").replaceAll(mark, `\\${mark}`);
  return `b${mark}${escaped.replace(/[^ -~]/g, escapeChar)}${mark}`;
}

/**
 * A number as `str()` prints it.
 *
 * @param {number} number
 * @returns {string}
 */
export function formatNumber(number) {
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  return numberText(number);
}

/**
 * An instance that Python prints as one value.
 *
 * @param {object} value
 * @returns {string | null} null for a container
 */
export function reprInstance(value) {
  if (value instanceof Decimal) return `Decimal('${value.text}')`;
  if (value instanceof UUID) return `UUID('${value.text}')`;
  if (value instanceof PlainDate) return reprPlainDate(value.text);
  if (value instanceof PlainTime) return reprPlainTime(value.text);
  if (types.isDate(value)) {
    if (Number.isNaN(value.getTime())) return "<Invalid Date>";
    return reprDateTime(value instanceof DateTime ? value.isoFormat() : new DateTime(value).text);
  }
  if (types.isNativeError(value)) return `${value.name}(${quoteLikePython(value.message)})`;
  if (types.isPromise(value) || types.isRegExp(value)) return `<${value.constructor.name} object>`;
  return null;
}

/**
 * @param {string} text ISO date
 * @returns {string}
 */
const reprPlainDate = (text) => `datetime.date(${dateArguments(text)})`;

/**
 * @param {string} text ISO time
 * @returns {string}
 */
function reprPlainTime(text) {
  const { clock, zone } = splitOffset(text);
  return `datetime.time(${clockArguments(clock)}${zone})`;
}

/**
 * @param {string} text ISO date and time
 * @returns {string} as `repr()` prints a `datetime.datetime`
 */
function reprDateTime(text) {
  const { clock, zone } = splitOffset(text.slice(11));
  return `datetime.datetime(${dateArguments(text)}, ${clockArguments(clock || "00:00")}${zone})`;
}

/** @param {string} text */
const dateArguments = (text) => text.slice(0, 10).split("-").map(Number).join(", ");

/** @param {string} clock `repr()` leaves out seconds and microseconds that are zero */
function clockArguments(clock) {
  const [hour, minute = "0", seconds = "0"] = clock.split(":");
  const [second, fraction = ""] = seconds.split(/[.,]/);
  const micros = Number(fraction.slice(0, 6).padEnd(6, "0"));
  const parts = [Number(hour), Number(minute)];
  if (Number(second) !== 0 || micros !== 0) parts.push(Number(second));
  if (micros !== 0) parts.push(micros);
  return parts.join(", ");
}

/** @param {string} text a time with an optional offset */
function splitOffset(text) {
  const match = /^([^Z+-]*)(?:Z|([+-])(\d{2}):?(\d{2})?)?/i.exec(text);
  const [, clock = "", sign, hours = "0", minutes = "0"] = match ?? [];
  if (sign === undefined && !/Z$/i.test(text)) return { clock, zone: "" };
  const totalSeconds = (Number(hours) * 3600 + Number(minutes) * 60) * (sign === "-" ? -1 : 1);
  if (totalSeconds === 0) return { clock, zone: ", tzinfo=datetime.timezone.utc" };
  const days = Math.floor(totalSeconds / 86_400);
  const delta = days === 0 ? `seconds=${totalSeconds}` : `days=${days}, seconds=${totalSeconds - days * 86_400}`;
  return { clock, zone: `, tzinfo=datetime.timezone(datetime.timedelta(${delta}))` };
}
