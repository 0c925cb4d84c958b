export type Reviver = (value: unknown) => unknown;
/**
 * Reads JSON text. Python's bare `NaN`, `Infinity` and `-Infinity` are taken; typed values come back as `DateTime`,
 * `PlainDate`, `PlainTime`, `Decimal`, `UUID` and `Buffer`. A `__proto__` key is a member like any other.
 *
 * @param {string} text
 * @returns {unknown}
 * @throws {DecodeError} when the text is no JSON, or holds a typed value that is unknown or not readable
 */
export declare function loads(text: string): unknown;
