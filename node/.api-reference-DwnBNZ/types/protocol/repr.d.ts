export type ReprOptions = {
    maxLevels: number;
};
/** @typedef {{ maxLevels: number }} ReprOptions */
/**
 * A value as `celery.utils.saferepr.saferepr` prints it.
 *
 * @param {unknown} value
 * @param {number} [maxLength] characters after which the rest is `...`; what is open is still closed
 * @param {Partial<ReprOptions>} [options]
 * @returns {string}
 */
export declare function saferepr(value: unknown, maxLength?: number, { maxLevels }?: Partial<ReprOptions>): string;
/**
 * A task's positional arguments, printed as the tuple that they are in Python.
 *
 * @param {readonly unknown[]} args
 * @param {number} [maxLength]
 * @param {Partial<ReprOptions>} [options]
 * @returns {string} such as `(1, 'a')`
 */
export declare function reprArgs(args: readonly unknown[], maxLength?: number, { maxLevels }?: Partial<ReprOptions>): string;
/**
 * A task's keyword arguments.
 *
 * @param {Readonly<Record<string, unknown>>} kwargs
 * @param {number} [maxLength]
 * @param {Partial<ReprOptions>} [options]
 * @returns {string} such as `{'x': 1}`
 */
export declare function reprKwargs(kwargs: Readonly<Record<string, unknown>>, maxLength?: number, options?: Partial<ReprOptions>): string;
/**
 * A value as Python's `repr()` prints it, complete.
 *
 * @param {unknown} value
 * @returns {string}
 */
export declare function pythonRepr(value: unknown): string;
/**
 * @param {readonly unknown[]} items
 * @returns {string} the items as `repr()` prints a tuple of them
 */
export declare function pythonTupleRepr(items: readonly unknown[]): string;
export type Style = {
    text: (text: string, maxLength: number) => string;
    bytes: (bytes: Uint8Array, maxLength: number) => string;
};
