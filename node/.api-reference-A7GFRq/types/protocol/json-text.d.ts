/**
 * What the writers and the scanners of JSON text share: how Python spells a string and a number, and where a string ends.
 */
/**
 * Writes a string as Python's `json.dumps` does (`ensure_ascii`).
 *
 * @param {string} text
 * @returns {string} the JSON text, quotes included
 */
export declare function quote(text: string): string;
/**
 * Writes an object's key with its separator. Headers, results and metas use the same few keys again and again.
 *
 * @param {string} key
 * @returns {string} such as `"id": `
 */
export declare function keyText(key: string): string;
/**
 * Writes a number as Python does: `NaN`, `Infinity`, `-Infinity`, `-0.0`, and small fractions with an exponent of two digits.
 * A number without a fraction is written as an integer, since JavaScript does not know the difference.
 *
 * @param {number} number
 * @returns {string}
 */
export declare function numberText(number: number): string;
/**
 * Finds the end of a JSON string.
 *
 * @param {string} text
 * @param {number} start index of the opening quote
 * @returns {number} the index after the closing quote, -1 when there is none
 */
export declare function endOfString(text: string, start: number): number;
