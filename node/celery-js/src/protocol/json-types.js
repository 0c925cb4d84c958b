/**
 * The values that Celery's JSON knows beyond JSON itself (`kombu.utils.json`): each travels as
 * `{"__type__": ..., "__value__": ...}` and is a class of its own here, so that what came from Python goes back unchanged.
 */
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
      throw new RangeError(`${JSON.stringify(text)} is not a date (YYYY-MM-DD)`);
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
    if (!CLOCK_TIME.test(text)) throw new RangeError(`${JSON.stringify(text)} is not a time of day (HH:MM:SS)`);
    super(text);
  }

  /** @returns {WireForm} */
  [wireForm]() {
    return ["time", this.text];
  }
}

const DECIMAL = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|s?nan\d*)$/i;

/** An exact decimal number: Python's `decimal.Decimal`. It keeps the digits and does not calculate. */
export class Decimal extends TextValue {
  /**
   * @param {string | number | bigint} value digits as `decimal.Decimal` takes them
   * @throws {RangeError} when the text is not a decimal number
   */
  constructor(value) {
    const text = String(value);
    if (!DECIMAL.test(text)) throw new RangeError(`${JSON.stringify(text)} is not a decimal number`);
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
    if (!/^[0-9a-f]{32}$/.test(hex)) throw new RangeError(`${JSON.stringify(text)} is not a UUID`);
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
    if (Number.isNaN(epochMs)) throw new RangeError(`${JSON.stringify(value)} is not an ISO 8601 date and time`);
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
