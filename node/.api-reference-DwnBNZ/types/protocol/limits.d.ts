export type TextLimit = "messageSizeLimit" | "messageDepthLimit" | "messageValueLimit" | "decompressedSizeLimit";
export type FollowerLimit = "callbackLimit" | "chainLengthLimit";
export type Limits = Pick<import("../settings.js").Settings, TextLimit | FollowerLimit>;
export type ErrorClass = new (message: string) => Error;
/**
 * @typedef {"messageSizeLimit" | "messageDepthLimit" | "messageValueLimit" | "decompressedSizeLimit"} TextLimit
 * @typedef {"callbackLimit" | "chainLengthLimit"} FollowerLimit
 * @typedef {Pick<import("../settings.js").Settings, TextLimit | FollowerLimit>} Limits
 * @typedef {new (message: string) => Error} ErrorClass
 */
/** Deeper values are neither written nor read: Python's own reader gives up on them. */
export declare const MAX_DEPTH = 500;
/** Of what is read without an app: commands and events. @type {Limits} */
export declare const DEFAULT_LIMITS: Limits;
/** For what was checked when it was taken, by a worker whose limits may be others. @type {Limits} */
export declare const NO_LIMITS: Limits;
/**
 * @param {ErrorClass} Refusal
 * @param {string} what
 * @param {Record<string, number>} limit by its name
 * @returns {Error}
 */
export declare function refusal(Refusal: ErrorClass, what: string, limit: Record<string, number>): Error;
