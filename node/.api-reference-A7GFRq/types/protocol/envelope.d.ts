export type Message = {
    headers: Record<string, unknown>;
    properties: Record<string, unknown>;
    body: unknown;
};
export type Envelope = {
    /**
     * as it stands on the wire; `properties.body_encoding` says how
     */
    body: string;
    contentType: string | null;
    contentEncoding: string | null;
    headers: Record<string, unknown>;
    properties: Record<string, unknown>;
};
export type Address = {
    /**
     * empty for a queue addressed by its name
     */
    exchange: string;
    routingKey: string;
    /**
     * 0 (the default) to 9
     */
    priority?: number;
    /**
     * default a new UUID
     */
    deliveryTag?: string;
    /**
     * 2 is persistent (the default), 1 transient
     */
    deliveryMode?: number;
    /**
     * overrides the message's own
     */
    replyTo?: string;
    /**
     * laid over the message's own
     */
    headers?: Record<string, unknown>;
    /**
     * of the body, by kombu's name
     */
    compression?: string | null;
};
/**
 * Addresses a message and writes it as kombu 5.7 does.
 *
 * @param {Message} message as `taskMessage` makes it
 * @param {Address} address
 * @param {import("./limits.js").Limits} [limits]
 * @returns {string} the text for the list
 * @throws {EncodeError} when the body or the headers hold what JSON cannot; the message says where. Also when the body is over a
 *   limit, by whose name the message calls it
 */
export declare function encodeEnvelope(message: Message, address: Address, limits?: import("./limits.js").Limits): string;
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
 * @param {unknown} value
 * @returns {value is Record<string, unknown>} whether it is what Python reads as a dict
 */
export declare function isMapping(value: unknown): value is Record<string, unknown>;
/**
 * @param {unknown} value
 * @returns {string | null}
 */
export declare function textOrNull(value: unknown): string | null;
