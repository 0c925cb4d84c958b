/** Deeper values are refused: Python's own reader gives up on them. */
export declare const MAX_DEPTH = 500;
/**
 * Writes a value as JSON text, byte for byte as kombu does: `", "` and `": "`, ASCII only, Python's `NaN` and `Infinity`,
 * typed values for dates, decimals, UUIDs and bytes. `toJSON` is honoured, an undefined member is left out, any other
 * `undefined` is `null`.
 *
 * @param {unknown} value
 * @param {{ root?: string }} [options] `root` is what an error calls the value
 * @returns {string}
 * @throws {EncodeError} for what JSON cannot hold (functions, symbols, BigInt, Map, Set, errors, promises, results, ...), for a cycle,
 *   and for nesting deeper than `MAX_DEPTH`; the message says where in the value it is
 */
export declare function dumps(value: unknown, { root }?: {
    root?: string;
}): string;
