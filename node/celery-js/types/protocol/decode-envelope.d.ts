/** The longest id, name or moment: parts of keys, log lines, events and counts. `restore.lua` has the same number. */
export declare const MAX_ID_BYTES = 2048;
export type Envelope = {
    /**
     * as on the wire, in the encoding of `properties.body_encoding`
     */
    body: string;
    contentType: string | null;
    contentEncoding: string | null;
    headers: Record<string, unknown>;
    properties: Record<string, unknown>;
};
/**
 * Reads an envelope. Headers and properties that are missing are empty: other clients leave them out.
 *
 * @param {string} raw
 * @param {import("./limits.js").Limits} [limits]
 * @returns {Envelope}
 * @throws {DecodeError} when the text is not an envelope of kombu's, or a limit forbids to read it: it then has the `taskId`
 */
export declare function decodeEnvelope(raw: string, limits?: import("./limits.js").Limits): Envelope;
/**
 * @param {Envelope} envelope
 * @param {import("./limits.js").Limits} [limits]
 * @returns {unknown} the body of any message of kombu's
 * @throws {ContentDisallowed} when it is not JSON
 * @throws {DecodeError} when it cannot be read, or a limit forbids to
 */
export declare function decodeBody({ body, contentType, headers, properties }: Envelope, limits?: import("./limits.js").Limits): unknown;
/**
 * @param {Record<string, unknown>} headers
 * @returns {Record<string, unknown> | null} those that are the sender's own; null for none
 */
export declare function ownHeaders(headers: Record<string, unknown>): Record<string, unknown> | null;
/**
 * @param {Record<string, unknown>} fields of a task: the headers of protocol 2, or what stands for them
 * @param {Record<string, unknown>} properties
 * @param {import("./limits.js").ErrorClass} [Refusal]
 * @throws {InvalidTaskError} for a text that is too long
 */
export declare function checkLengths(fields: Record<string, unknown>, properties: Record<string, unknown>, Refusal?: import("./limits.js").ErrorClass): void;
/**
 * @param {string} taskId
 * @param {import("./limits.js").ErrorClass} [Refusal]
 * @throws {InvalidTaskError} for one that is too long
 */
export declare const checkTaskId: (taskId: string, Refusal?: import("./limits.js").ErrorClass) => void;
/**
 * Reads an envelope as `loads` does, but takes its base64 body out of the text instead of parsing it.
 *
 * @param {string} raw
 * @returns {unknown}
 * @throws {import("../errors.js").DecodeError} as `loads`
 */
export declare function loadsAroundBody(raw: string): unknown;
/**
 * @param {string} text in base64
 * @returns {Buffer} the decoded bytes, until the next call
 */
export declare function base64Bytes(text: string): Buffer;
