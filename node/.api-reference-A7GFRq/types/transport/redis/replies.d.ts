/** What a server's error replies mean: for the command, for the connection, and for whoever waits. */
/**
 * @param {string} message of an error reply
 * @returns {boolean} true when the same command may be accepted later: no memory, a replica during a failover, loading
 */
export declare const isPassing: (message: string) => boolean;
/**
 * @param {unknown} error of opening a TLS connection
 * @returns {boolean} true when the server is not the one that the settings describe, and will not be in a moment either
 */
export declare function isRefusedTls(error: unknown): boolean;
/**
 * @param {unknown} error
 * @returns {boolean} true when the server refused the command; false when it is unknown whether the command was executed
 */
export declare function isReplyError(error: unknown): boolean;
/**
 * @param {unknown} error
 * @returns {error is Error} true when the server's access control (ACL) does not allow this user the command, a key or a channel
 */
export declare function isForbidden(error: unknown): error is Error;
/**
 * @param {unknown} error
 * @returns {boolean} true when an administrator has to let this user in, or let it do more: for a worker that had been let in
 *   before, that is an outage
 */
export declare function isLockedOut(error: unknown): boolean;
/**
 * @param {unknown} error of storing results, from a script or through `ClientConnection`
 * @returns {boolean} true when it is about one result and will not pass: its key holds something else, or it is too long for
 *   the server. What concerns all of them (no memory, no permission, a replica) is no such error
 */
export declare function isRefusedResult(error: unknown): boolean;
/**
 * @param {Error} error from a socket or a server
 * @returns {string} one line; Node's AggregateError (both address families refused) has no message of its own
 */
export declare function describe(error: Error): string;
