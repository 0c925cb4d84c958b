/** The method by which `dumps` asks a typed value for its `__type__` and its `__value__`. */
export declare const wireForm: unique symbol;
export type WireForm = [type: string, value: unknown];
/** @typedef {[type: string, value: unknown]} WireForm `type`: kombu's name of the type */
/** A value that is kept as the text that Python writes for it. */
declare class TextValue {
    /** @readonly The value as Python writes it. */
    text: string;
    /** @param {string} text */
    constructor(text: string);
    toString(): string;
    toJSON(): string;
}
/** A calendar date without a time: Python's `datetime.date`. */
export declare class PlainDate extends TextValue {
    /**
     * @param {string} text `YYYY-MM-DD`
     * @throws `RangeError` when there is no such date
     */
    constructor(text: string);
    /** @returns {WireForm} */
    [wireForm](): WireForm;
}
/** A time of day without a date: Python's `datetime.time`. */
export declare class PlainTime extends TextValue {
    /**
     * @param {string} text `HH:MM[:SS[.ffffff]]`, with an optional offset
     * @throws `RangeError` when there is no such time
     */
    constructor(text: string);
    /** @returns {WireForm} */
    [wireForm](): WireForm;
}
/** An exact decimal number: Python's `decimal.Decimal`. It keeps the digits and does not calculate. */
export declare class Decimal extends TextValue {
    /**
     * @param {string | number | bigint} value digits as `decimal.Decimal` takes them
     * @throws `RangeError` when the text is not a decimal number
     */
    constructor(value: string | number | bigint);
    /** @returns {WireForm} */
    [wireForm](): WireForm;
}
/** Python's `uuid.UUID`, written with dashes and in lower case. */
export declare class UUID extends TextValue {
    /**
     * @param {string} text 32 hexadecimal digits, with or without dashes
     * @throws `RangeError` when it is anything else
     */
    constructor(text: string);
    /** @returns {WireForm} */
    [wireForm](): WireForm;
}
/**
 * A `Date` that remembers the ISO text it was made from, with its microseconds and its offset (or the lack of one), which
 * JavaScript's `Date` cannot hold: what came from Python goes back byte for byte. Python's `datetime.datetime`.
 */
export declare class DateTime extends Date {
    /** @readonly The moment as Python's `isoformat()` writes it. */
    text: string;
    /**
     * @param {string | number | Date} [value] ISO text (without an offset: UTC), epoch milliseconds, or a moment; default now
     * @throws `RangeError` when it is not a moment in the years 1 to 9999
     */
    constructor(value?: string | number | Date);
    /** @returns {string} the original text; after a setter moved this date, the new moment in UTC */
    isoFormat(): string;
    /** @returns {WireForm} */
    [wireForm](): WireForm;
}
/**
 * @param {Date} moment
 * @returns {string} as Python's `isoformat()` writes it: what came from Python keeps its microseconds
 */
export declare const isoFormat: (moment: Date) => string;
/** A typed value's key. Text without it has no typed values, so most messages skip the walk. */
export declare const TYPE_KEY = "__type__";
export type Reviver = (value: unknown) => unknown;
/**
 * Replaces typed values, innermost first, as kombu's `object_hook` does.
 *
 * @param {unknown} value
 * @param {string | null} nanMarker
 * @param {number} depth
 * @returns {unknown}
 */
export declare function revive(value: unknown, nanMarker: string | null, depth: number): unknown;
export {};
