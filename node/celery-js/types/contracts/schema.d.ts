/** JSON Schemas (2020-12) of values as they travel in Celery's JSON. */
export type Schema = Record<string, unknown>;
/** A type without a JSON form. Its message says what to write instead. */
export declare class UndescribedError extends Error {
}
/** Classes of values that kombu writes as typed envelopes, and their format names. */
export declare const FORMATS: Readonly<{
    Date: "celery-datetime";
    DateTime: "celery-datetime";
    PlainDate: "celery-date";
    PlainTime: "celery-time";
    Decimal: "celery-decimal";
    UUID: "celery-uuid";
    Buffer: "celery-bytes";
    Uint8Array: "celery-bytes";
}>;
/**
 * @param {readonly Schema[]} schemas of the members of a union
 * @returns {Schema} one schema for all of them, the same for every order of the members
 */
export declare function unionOf(schemas: readonly Schema[]): Schema;
/**
 * @param {import("acorn").Expression} expression a parameter's default
 * @returns {{ value: unknown } | null} null if the value is known only when the code runs
 */
export declare function literalOf(expression: import("acorn").Expression): {
    value: unknown;
} | null;
