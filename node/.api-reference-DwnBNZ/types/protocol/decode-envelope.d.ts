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
 * @typedef {object} Envelope
 * @property {string} body as on the wire, in the encoding of `properties.body_encoding`
 * @property {string | null} contentType
 * @property {string | null} contentEncoding
 * @property {Record<string, unknown>} headers
 * @property {Record<string, unknown>} properties
 */
/**
 * Reads an envelope. Headers and properties that are missing are empty: other clients leave them out.
 *
 * @param {string} raw
 * @param {import("./limits.js").Limits} [limits]
 * @returns {Envelope}
 * @throws `DecodeError` when the text is not an envelope of kombu's, or a limit forbids to read it: it then has the `taskId`
 */
export declare function decodeEnvelope(raw: string, limits?: import("./limits.js").Limits): Envelope;
/**
 * @param {Envelope} envelope
 * @param {import("./limits.js").Limits} [limits]
 * @returns {unknown} the body of any message of kombu's
 * @throws `ContentDisallowed` when it is not JSON
 * @throws `DecodeError` when it cannot be read, or a limit forbids to
 */
export declare function decodeBody({ body, contentType, headers, properties }: Envelope, limits?: import("./limits.js").Limits): unknown;
