/** What a server's error replies mean: for the command, for the connection, and for whoever waits. */

/** Replies that say "not now". Any other says "not like this", and repeating would not help. */
const PASSING =
  /^(OOM|READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOREPLICAS|MISCONF)\b|max number of clients|max clients/i;
/** What TLS says of a certificate, or of a server that does not speak it (OpenSSL's and Node's codes). */
const REFUSED_TLS =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|ERR_SSL_WRONG_VERSION_NUMBER)/;

/**
 * @param {string} message of an error reply
 * @returns {boolean} true when the same command may be accepted later: no memory, a replica during a failover, loading
 */
export const isPassing = (message) => PASSING.test(message);

/**
 * @param {unknown} error of opening a TLS connection
 * @returns {boolean} true when the server is not the one that the settings describe, and will not be in a moment either
 */
export function isRefusedTls(error) {
  return REFUSED_TLS.test(/** @type {NodeJS.ErrnoException | null} */ (error)?.code ?? "");
}

/**
 * @param {unknown} error
 * @returns {error is Error} true when the server refused the command; false when it is unknown whether the command was executed
 */
export function isReplyError(error) {
  return error instanceof Error && error.name === "ReplyError";
}

/**
 * @param {unknown} error
 * @returns {error is Error} true when the server's access control (ACL) does not allow this user the command, a key or a channel
 */
export function isForbidden(error) {
  return error instanceof Error && /\bNOPERM\b/.test(error.message);
}

/**
 * @param {unknown} error
 * @returns {boolean} true when an administrator has to let this user in, or let it do more: for a worker that had been let in
 *   before, that is an outage
 */
export function isLockedOut(error) {
  return error instanceof Error && /\b(NOPERM|NOAUTH|WRONGPASS)\b|ACL failure in script/.test(error.message);
}

/**
 * @param {unknown} error of storing results, from a script or through `ClientConnection`
 * @returns {boolean} true when it is about one result and will not pass: its key holds something else, or it is too long for
 *   the server. What concerns all of them (no memory, no permission, a replica) is no such error
 */
export function isRefusedResult(error) {
  return error instanceof Error && /\bWRONGTYPE\b|exceeds maximum allowed size/.test(error.message);
}

/**
 * @param {Error} error from a socket or a server
 * @returns {string} one line; Node's AggregateError (both address families refused) has no message of its own
 */
export function describe(error) {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  // ioredis asks its users to report what a server has said wrong.
  const message = inner.message.replace(/\. Please report this\.$/, "");
  return message || /** @type {NodeJS.ErrnoException} */ (inner).code || inner.name;
}
