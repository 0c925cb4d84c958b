export type TextLimit = "messageSizeLimit" | "messageDepthLimit" | "messageValueLimit" | "decompressedSizeLimit";
export type FollowerLimit = "callbackLimit" | "chainLengthLimit";
export type Limits = Pick<import("../settings.js").Settings, TextLimit | FollowerLimit>;
export type ErrorClass = new (message: string) => Error;
/** Of what is read without an app: commands and events. @type {Limits} */
export declare const DEFAULT_LIMITS: Limits;
/** For what was checked when it was taken, by a worker whose limits may be others. @type {Limits} */
export declare const NO_LIMITS: Limits;
/**
 * @param {string} text JSON
 * @param {Limits} limits
 * @param {string} what that the text is, in a refusal: "the message" or "the body"
 * @returns {unknown} what `loads` gives
 * @throws {DecodeError} as `loads`, and for a text that is nested too deep or has too many values
 */
export declare function loadsWithin(text: string, limits: Limits, what: string): unknown;
/**
 * @param {{ callbacks?: unknown, errbacks?: unknown, chain?: unknown }} embed what is to follow a task
 * @param {Limits} limits
 * @param {ErrorClass} [Refusal]
 * @throws {InvalidTaskError} when there is more of it than may be
 */
export declare function checkFollowers({ callbacks, errbacks, chain }: {
    callbacks?: unknown;
    errbacks?: unknown;
    chain?: unknown;
}, limits: Limits, Refusal?: ErrorClass): void;
/**
 * @param {string} taskId
 * @param {ErrorClass} [Refusal]
 * @throws {InvalidTaskError} for one that is too long
 */
export declare function checkTaskId(taskId: string, Refusal?: ErrorClass): void;
/**
 * @param {number} bytes of a message, at least
 * @param {Limits} limits
 * @throws {DecodeError} when there are too many
 */
export declare function checkSize(bytes: number, { messageSizeLimit }: Limits): void;
/**
 * A body that would be refused where it is read is refused where it is written.
 *
 * @param {{ body: string, isCompressed: boolean, embed: object | null }} message
 * @param {Limits} limits
 * @throws {EncodeError} for any of them
 */
export declare function checkSending({ body, isCompressed, embed }: {
    body: string;
    isCompressed: boolean;
    embed: object | null;
}, limits: Limits): void;
/**
 * The id of a task whose message is not parsed, to store a failure for its sender. The headers follow the body, which is base64
 * text.
 *
 * @param {string} raw a message as Celery's clients and ours write it
 * @returns {string | null}
 */
export declare function taskIdIn(raw: string): string | null;
