/**
 * The values that Celery's JSON knows beyond JSON itself (`kombu.utils.json`): each travels as
 * `{"__type__": ..., "__value__": ...}` and has its own class here, so that values from Python go back unchanged.
 */
import { DecodeError } from "../errors.js";
import { show } from "../validation/kinds.js";
import { MAX_DEPTH } from "./limits.js";
import { isoToEpochMs, toIso } from "./time.js";

/** The method by which `dumps` asks a typed value for its `__type__` and its `__value__`. */
export const wireForm = Symbol("celery-js.wireForm");

/** @typedef {[type: string, value: unknown]} WireForm `type`: kombu's name of the type */

/** A value that is kept as the text that Python writes for it. */
class TextValue {
  /** @param {string} text */
  constructor(text) {
    /** @readonly The value as Python writes it. */
    this.text = text;
  }

  toString() {
    return this.text;
  }

  toJSON() {
    return this.text;
  }
}

/** A calendar date without a time: Python's `datetime.date`. */
export class PlainDate extends TextValue {
  /**
   * @param {string} text `YYYY-MM-DD`
   * @throws {RangeError} when there is no such date
   */
  constructor(text) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(isoToEpochMs(text))) {
      throw new RangeError(`${show(text)} is not a date (YYYY-MM-DD)`);
    }
    super(text);
  }

  /** @returns {WireForm} */
  [wireForm]() {
    return ["date", this.text];
  }
}

const CLOCK_TIME =
  /^([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d([.,]\d{1,6})?)?)?(Z|[+-]\d{2}(:?\d{2}(:?\d{2}(\.\d{1,6})?)?)?)?$/;

/** A time of day without a date: Python's `datetime.time`. */
export class PlainTime extends TextValue {
  /**
   * @param {string} text `HH:MM[:SS[.ffffff]]`, with an optional offset
   * @throws {RangeError} when there is no such time
   */
  constructor(text) {
    if (!CLOCK_TIME.test(text)) throw new RangeError(`${show(text)} is not a time of day (HH:MM:SS)`);
    super(text);
  }

  /** @returns {WireForm} */
  [wireForm]() {
    return ["time", this.text];
  }
}

/** Each digit matches in one way only, so that a million of them are refused soon. */
const DECIMAL = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|s?nan\d*)$/i;

/** An exact decimal number: Python's `decimal.Decimal`. It keeps the digits and does not calculate. */
export class Decimal extends TextValue {
  /**
   * @param {string | number | bigint} value digits as `decimal.Decimal` takes them
   * @throws {RangeError} when the text is not a decimal number
   */
  constructor(value) {
    const text = String(value);
    if (!DECIMAL.test(text)) throw new RangeError(`${show(text)} is not a decimal number`);
    super(text);
  }

  /** @returns {WireForm} */
  [wireForm]() {
    return ["decimal", this.text];
  }
}

/** Python's `uuid.UUID`, written with dashes and in lower case. */
export class UUID extends TextValue {
  /**
   * @param {string} text 32 hexadecimal digits, with or without dashes
   * @throws {RangeError} when it is anything else
   */
  constructor(text) {
    const hex = String(text).replaceAll("-", "").toLowerCase();
    if (!/^[0-9a-f]{32}$/.test(hex)) throw new RangeError(`${show(text)} is not a UUID`);
    super(hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"));
  }

  /** @returns {WireForm} */
  [wireForm]() {
    return ["uuid", { hex: this.text.replaceAll("-", "") }];
  }
}

/**
 * A `Date` that remembers the ISO text it was made from, with its microseconds and its offset (or the lack of one), which
 * JavaScript's `Date` cannot hold: what came from Python goes back byte for byte. Python's `datetime.datetime`.
 */
export class DateTime extends Date {
  /**
   * @param {string | number | Date} [value] ISO text (without an offset: UTC), epoch milliseconds, or a moment; default now
   * @throws {RangeError} when it is not a moment in the years 1 to 9999
   */
  constructor(value = Date.now()) {
    const epochMs = typeof value === "string" ? isoToEpochMs(value) : Number(value);
    if (Number.isNaN(epochMs)) throw new RangeError(`${show(value)} is not an ISO 8601 date and time`);
    super(epochMs);
    /** @readonly The moment as Python's `isoformat()` writes it. */
    this.text = typeof value === "string" ? value : value instanceof DateTime ? value.isoFormat() : toIso(epochMs);
  }

  /** @returns {string} the original text; after a setter moved this date, the new moment in UTC */
  isoFormat() {
    return Math.trunc(isoToEpochMs(this.text)) === this.getTime() ? this.text : toIso(this.getTime());
  }

  /** @returns {WireForm} */
  [wireForm]() {
    return ["datetime", this.isoFormat()];
  }
}

/**
 * @param {Date} moment
 * @returns {string} as Python's `isoformat()` writes it: what came from Python keeps its microseconds
 */
export const isoFormat = (moment) => (moment instanceof DateTime ? moment.isoFormat() : toIso(moment.getTime()));

/** A typed value's key. Text without it has no typed values, so most messages skip the walk. */
export const TYPE_KEY = "__type__";

/** @typedef {(value: unknown) => unknown} Reviver */

/** Functions that rebuild the value of each `__type__`, by kombu's names. @type {ReadonlyMap<unknown, Reviver>} */
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
 * Replaces typed values, innermost first, as kombu's `object_hook` does.
 *
 * @param {unknown} value
 * @param {string | null} nanMarker
 * @param {number} depth
 * @returns {unknown}
 */
export function revive(value, nanMarker, depth) {
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
  if (reviver === undefined) throw new DecodeError(`Unsupported type ${show(typed[TYPE_KEY])}`);
  try {
    return reviver(typed.__value__);
  } catch (cause) {
    throw new DecodeError(`not a ${typed[TYPE_KEY]}: ${/** @type {Error} */ (cause).message}`, { cause });
  }
}

/** @param {unknown} value */
function textOf(value) {
  if (typeof value !== "string") throw new TypeError("its value is not a string");
  return value;
}
