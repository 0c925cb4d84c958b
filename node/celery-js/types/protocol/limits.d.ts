export type TextLimit = "messageSizeLimit" | "messageDepthLimit" | "messageValueLimit" | "decompressedSizeLimit";
export type FollowerLimit = "callbackLimit" | "chainLengthLimit";
export type Limits = Pick<import("../settings.js").Settings, TextLimit | FollowerLimit>;
export type ErrorClass = new (message: string) => Error;
/** Deeper values are neither written nor read: Python's own reader gives up on them. */
export declare const MAX_DEPTH = 500;
/** The limits for messages read without an app. @type {Limits} */
export declare const DEFAULT_LIMITS: Limits;
/**
 * The limits of a command or an event: one that revokes all that a worker remembers is a quarter of that. @type {Limits}
 */
export declare const BROADCAST_LIMITS: Limits;
/** No limits, for dead letters that an operator looks at. @type {Limits} */
export declare const NO_LIMITS: Limits;
/**
 * @param {Limits} settings
 * @returns {Limits} the limits alone, which can be given to a thread
 */
export declare function limitsOf(settings: Limits): Limits;
/**
 * @param {ErrorClass} Refusal
 * @param {string} what
 * @param {Record<string, number>} limit by its name
 * @returns {Error}
 */
export declare function refusal(Refusal: ErrorClass, what: string, limit: Record<string, number>): Error;
