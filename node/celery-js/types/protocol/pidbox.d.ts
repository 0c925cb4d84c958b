/**
 * @param {string} namespace Celery's `control_exchange`
 * @returns {string} the exchange of the commands
 */
export declare const controlExchange: (namespace: string) => string;
/**
 * @param {string} namespace
 * @returns {string} the exchange of the answers
 */
export declare const replyExchange: (namespace: string) => string;
export type Command = {
    method: string;
    arguments: Record<string, unknown>;
    /**
     * node names, null or empty: those that match the pattern
     */
    destination: readonly unknown[] | string | null;
    /**
     * of node names; null: all nodes
     */
    pattern: string | null;
    /**
     * how the pattern is read: "glob" or "pcre"
     */
    matcher: string | null;
    /**
     * null: no answer is wanted
     */
    replyTo: ReplyAddress | null;
    /**
     * which the answer has to carry
     */
    ticket: string | null;
    /**
     * the sender's
     */
    clock: number;
};
export type ReplyAddress = {
    exchange: string;
    routingKey: string;
};
/**
 * @param {Pick<Command, "method" | "arguments"> & Partial<Command>} command
 * @param {{ clock: number, expires: number }} headers `expires`: when the command expires, in seconds since the epoch; 0: never
 * @param {string} exchange
 * @returns {string} the text to publish
 */
export declare function encodeCommand(command: Pick<Command, "method" | "arguments"> & Partial<Command>, headers: {
    clock: number;
    expires: number;
}, exchange: string): string;
/**
 * @param {string} raw
 * @returns {Command}
 * @throws {DecodeError} when it is not a command, or it is not clear for which workers it is
 * @throws {ContentDisallowed} when it is not JSON
 */
export declare function decodeCommand(raw: string): Command;
/**
 * @param {Pick<Command, "destination" | "pattern" | "matcher">} command
 * @param {string} hostname a worker's
 * @returns {boolean} whether the command is for it
 * @throws {DecodeError} for an unknown matcher, and for a pattern that it cannot read or that may take too long to match
 */
export declare function isAddressedTo({ destination, pattern, matcher }: Pick<Command, "destination" | "pattern" | "matcher">, hostname: string): boolean;
/**
 * @param {string} hostname of the worker that answers
 * @param {unknown} reply
 * @param {{ replyTo: ReplyAddress, ticket: string | null, clock: number }} about
 * @returns {string} the text for the queue of the sender
 * @throws {EncodeError} when JSON cannot hold the reply
 */
export declare function encodeReply(hostname: string, reply: unknown, { replyTo, ticket, clock }: {
    replyTo: ReplyAddress;
    ticket: string | null;
    clock: number;
}): string;
/**
 * @param {string} raw
 * @returns {{ ticket: string | null, clock: number, replies: Record<string, unknown> }} by the workers' names
 * @throws {DecodeError | ContentDisallowed} when it is not an answer
 */
export declare function decodeReply(raw: string): {
    ticket: string | null;
    clock: number;
    replies: Record<string, unknown>;
};
