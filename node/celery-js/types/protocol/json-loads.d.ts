export type Limits = import("./limits.js").Limits;
export type ErrorClass = import("./limits.js").ErrorClass;
/**
 * Reads JSON text. Python's bare `NaN`, `Infinity` and `-Infinity` are taken; typed values come back as `DateTime`,
 * `PlainDate`, `PlainTime`, `Decimal`, `UUID` and `Buffer`. A `__proto__` key is a member like any other.
 *
 * @param {string} text
 * @returns {unknown}
 * @throws {DecodeError} when the text is not JSON, or has a typed value that is unknown or not readable
 */
export declare function loads(text: string): unknown;
/**
 * @param {string} text JSON
 * @param {Limits} limits
 * @param {string} what the name of the text in errors: "the message" or "the body"
 * @param {(text: string) => unknown} [loadsLarge] reads a large text, once it is checked
 * @returns {unknown} what `loads` gives
 * @throws {DecodeError} as `loads`, and for a text that is nested too deep or has too many values
 */
export declare function loadsWithin(text: string, limits: Limits, what: string, loadsLarge?: (text: string) => unknown): unknown;
/**
 * @param {string} text JSON
 * @param {Limits} limits
 * @param {string} what
 * @param {ErrorClass} Refusal
 * @throws {Error} of that class, when the text is nested too deep or has too many values
 */
export declare function checkText(text: string, limits: Limits, what: string, Refusal: ErrorClass): void;
/**
 * Finds the end of a JSON string.
 *
 * @param {string} text
 * @param {number} start index of the opening quote
 * @returns {number} the index after the closing quote, -1 when there is none
 */
export declare function endOfString(text: string, start: number): number;
/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>} whether it is what Python reads as a dict
 */
export declare function isMapping(value: unknown): value is Record<string, unknown>;
/**
 * @param {unknown} value
 * @returns {string | null}
 */
export declare function textOrNull(value: unknown): string | null;
/**
 * @param {unknown} value
 * @returns {number | null}
 */
export declare const numberOrNull: (value: unknown) => number | null;
/**
 * @param {unknown} value
 * @returns {unknown[] | null}
 */
export declare const listOrNull: (value: unknown) => unknown[] | null;
