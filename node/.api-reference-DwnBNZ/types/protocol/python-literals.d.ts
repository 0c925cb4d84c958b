/**
 * A string as `repr()` quotes it: single quotes, double ones where the text has single quotes only.
 *
 * @param {string} text
 * @returns {string}
 */
export declare function quoteLikePython(text: string): string;
/**
 * Bytes as `repr()` prints them.
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export declare function reprBytes(bytes: Uint8Array): string;
/**
 * A number as `str()` prints it.
 *
 * @param {number} number
 * @returns {string}
 */
export declare function formatNumber(number: number): string;
/**
 * An instance that Python prints as one value.
 *
 * @param {object} value
 * @returns {string | null} null for a container
 */
export declare function reprInstance(value: object): string | null;
