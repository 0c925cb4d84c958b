import { wireForm } from "./json-types.js";
export type Typed = {
    [wireForm]: () => import("./json-types.js").WireForm;
};
/**
 * Writes a value as JSON text, byte for byte as kombu does: `", "` and `": "`, ASCII only, Python's `NaN` and `Infinity`,
 * typed values for dates, decimals, UUIDs and bytes. `toJSON` is honoured. An undefined member is left out; elsewhere
 * `undefined` is `null`.
 *
 * @param {unknown} value
 * @param {{ root?: string }} [options] `root` is what an error calls the value
 * @returns {string}
 * @throws `EncodeError` for what JSON cannot hold (functions, symbols, BigInt, Map, Set, errors, promises, results, ...), for a
 *   cycle, and for nesting deeper than `MAX_DEPTH`; the message has the path to it
 */
export declare function dumps(value: unknown, { root }?: {
    root?: string;
}): string;
/**
 * Writes a string as Python's `json.dumps` does (`ensure_ascii`).
 *
 * @param {string} text
 * @returns {string} the JSON text, quotes included
 */
export declare function quote(text: string): string;
/**
 * Writes a number as Python does: `NaN`, `Infinity`, `-Infinity`, `-0.0`, and small fractions with an exponent of two digits.
 * A number without a fraction is written as an integer, since JavaScript does not know the difference.
 *
 * @param {number} number
 * @returns {string}
 */
export declare function numberText(number: number): string;
