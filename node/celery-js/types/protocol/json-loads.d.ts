export type Reviver = (value: unknown) => unknown;
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
