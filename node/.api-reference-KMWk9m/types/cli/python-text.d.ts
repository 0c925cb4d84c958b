/**
 * @param {unknown} value
 * @returns {string}
 */
export declare function pythonText(value: unknown): string;
