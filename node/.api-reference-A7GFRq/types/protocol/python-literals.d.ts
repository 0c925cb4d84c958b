/**
 * A string as `repr()` quotes it: single quotes, double ones where the text holds single quotes only.
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
/** @param {string} text ISO date @returns {string} */
export declare const reprPlainDate: (text: string) => string;
/** @param {string} text ISO time @returns {string} */
export declare function reprPlainTime(text: string): string;
/**
 * @param {string} text ISO date and time
 * @returns {string} as `repr()` prints a `datetime.datetime`
 */
export declare function reprDateTime(text: string): string;
