/** What a server's error replies mean for the command, the connection and the caller. */
import { Refusal } from "../errors.js";
/**
 * @param {string} message of an error reply
 * @returns {boolean} true when the same command may be accepted later: no memory, a replica during a failover, loading
 */
export declare const isPassing: (message: string) => boolean;
/**
 * @param {unknown} error of opening a TLS connection
 * @returns {boolean} true when the server is not the one that the settings describe, and a retry will not help
 */
export declare function isRefusedTls(error: unknown): boolean;
/**
 * @param {unknown} error
 * @returns {error is Error} true when the server refused the command; false when it is unknown whether the command was executed
 */
export declare function isReplyError(error: unknown): error is Error;
/**
 * @param {unknown} error
 * @returns {error is Error} true when the server's access control (ACL) does not allow this user the command, a key or a channel
 */
export declare function isForbidden(error: unknown): error is Error;
/**
 * @param {string} message of a refusal
 * @returns {import("../errors.js").RefusalScope}
 */
export declare function scopeOf(message: string): import("../errors.js").RefusalScope;
/**
 * @param {string} message of an error reply
 * @param {unknown} [cause]
 */
export declare const refusalOf: (message: string, cause?: unknown) => Refusal;
/**
 * @param {unknown} error
 * @param {string} [display] the server, to be named first
 * @returns {unknown} a `Refusal` for an error reply; anything else as it is
 */
export declare function translated(error: unknown, display?: string): unknown;
