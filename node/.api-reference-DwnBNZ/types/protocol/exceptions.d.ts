import * as errors from "../errors.js";
export type EncodedException = {
    /**
     * the class's name
     */
    exc_type: string;
    /**
     * the arguments that make it again
     */
    exc_message: unknown[];
    /**
     * the Python module of the class
     */
    exc_module: string;
};
export type DecodedFields = {
    excType: string;
    excModule: string;
    args: unknown[];
    traceback: string | null;
};
export type DecodedException = Error & DecodedFields;
export type ErrorClass = typeof errors.CeleryError;
/**
 * Stands for an exception whose class is not known here: `name` is its class, `message` what Python's `str()` of it gives, and
 * `args` what it was made with.
 */
export declare class TaskError extends errors.CeleryError {
    /** The class, with the classes around it: "ValueError", "Outer.Inner". */
    excType: string;
    /** The class's Python module, such as "builtins". */
    excModule: string;
    /** Where it was raised, as text; null where nothing is stored. @type {string | null} */
    traceback: string | null;
}
/**
 * @param {unknown} thrown JavaScript lets a task throw anything
 * @returns {Error} the same where it is an Error, else an `Error` with it in `args`, or a sentence where it has no content
 */
export declare function toError(thrown: unknown): Error;
/**
 * @param {unknown} thrown what a task threw; anything but an Error is taken as `toError` takes it
 * @returns {EncodedException} each argument that JSON cannot hold is replaced by its `repr`, as Celery does
 */
export declare function encodeException(thrown: unknown): EncodedException;
/**
 * @param {unknown} encoded the stored exception
 * @param {string | null} [traceback]
 * @returns {DecodedException} of the runtime's own class where the error tree has it, else a `TaskError`; `name` is the class's,
 *   `excType` its qualified name (`Outer.Inner`), `message` what Python's `str()` of the exception gives, and never empty
 * @throws `DecodeError` when it is not an exception: it must be an object with at least `exc_type`
 */
export declare function decodeException(encoded: unknown, traceback?: string | null): DecodedException;
/**
 * What is stored as a failed task's traceback: the JavaScript stack, with the stacks of its causes below it.
 *
 * @param {unknown} error
 * @returns {string}
 */
export declare function formatTraceback(error: unknown): string;
/**
 * @param {Error} error
 * @returns {string} as Python's `repr` of the exception that is stored for it: `ValueError('no')`
 */
export declare function exceptionRepr(error: Error): string;
