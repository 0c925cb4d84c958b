/** The server's protocol (RESP2), as far as it is spoken before ioredis takes over a connection. */
export type Reply = string | number | null | Error | Reply[];
export type Parsed = {
    reply: Reply;
    end: number;
};
/**
 * @typedef {string | number | null | Error | Reply[]} Reply an Error is the server's refusal
 * @typedef {{ reply: Reply, end: number }} Parsed `end`: where the next reply begins
 */
/**
 * @param {readonly string[]} words
 * @returns {string}
 */
export declare function encodeCommand(words: readonly string[]): string;
/**
 * Sends one command on a socket that nothing else reads.
 *
 * @param {import("node:stream").Duplex} socket
 * @param {readonly string[]} words
 * @returns {Promise<Reply>} the socket is then paused, with no unread data
 * @throws `Error` the server's refusal; or when the connection ends, or the server speaks another protocol
 */
export declare function ask(socket: import("node:stream").Duplex, words: readonly string[]): Promise<Reply>;
/**
 * @param {string} text one character a byte
 * @param {number} from where a reply begins
 * @returns {Parsed | null} null: it is not complete yet
 * @throws `Error` when it is no reply
 */
export declare function replyAt(text: string, from: number): Parsed | null;
