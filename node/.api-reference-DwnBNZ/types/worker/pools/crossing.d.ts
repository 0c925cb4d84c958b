export type Crossed = any;
/** @interface */
export type TaskOptions = import("../../tasks/options.js").TaskOptions;
export type CrossingError = {
    /**
     * as `encodeException`, as JSON
     */
    encoded: string;
    message: string;
    traceback: string;
    /**
     * of an `OperationalError`
     */
    isTemporary: boolean;
    /**
     * which classes in the task's options it matches, by index
     */
    matched: Partial<Record<ErrorOption, number[]>>;
    /**
     * of a `Retry`
     */
    retry: {
        exc: CrossingError | null;
        when: number | Date | null;
    } | null;
};
export type ErrorOption = (typeof ERROR_OPTIONS)[number];
/** @typedef {any} Crossed a value that a structured clone carries to another thread, where its type is not known */
/**
 * @typedef {import("../../tasks/options.js").TaskOptions} TaskOptions
 *
 * @typedef {object} CrossingError
 * @property {string} encoded as `encodeException`, as JSON
 * @property {string} message
 * @property {string} traceback
 * @property {boolean} isTemporary of an `OperationalError`
 * @property {Partial<Record<ErrorOption, number[]>>} matched which classes in the task's options it matches, by index
 * @property {{ exc: CrossingError | null, when: number | Date | null } | null} retry of a `Retry`
 *
 * @typedef {(typeof ERROR_OPTIONS)[number]} ErrorOption
 */
/** The options that name classes of errors: an error that has crossed is not an instance of any of them. */
declare const ERROR_OPTIONS: readonly ["autoretryFor", "dontAutoretryFor", "throws"];
/**
 * @param {unknown} thrown
 * @param {TaskOptions} [options] of the task that threw it
 * @returns {CrossingError}
 */
export declare function packError(thrown: unknown, options?: TaskOptions): CrossingError;
/**
 * @param {CrossingError} packed
 * @param {TaskOptions} [options] of the task that threw it, as this thread has them
 * @returns {Error} of the same class if that is JavaScript's or this package's, otherwise a `TaskError` of its name
 */
export declare function unpackError({ encoded, message, traceback, isTemporary, matched, retry }: CrossingError, options?: TaskOptions): Error;
/**
 * @param {import("../../protocol/result-meta.js").ResultMeta | null} meta
 * @returns {{ text: string, error: CrossingError | null }} its result may be an error
 */
export declare function packMeta(meta: import("../../protocol/result-meta.js").ResultMeta | null): {
    text: string;
    error: CrossingError | null;
};
/**
 * @param {{ text: string, error: CrossingError | null }} packed
 * @returns {Crossed}
 */
export declare function unpackMeta({ text, error }: {
    text: string;
    error: CrossingError | null;
}): Crossed;
export {};
