/** What a server's error replies mean for the command, the connection and the caller. */
import { Refusal } from "../errors.js";

/** Temporary refusals. After any other, repeating would not help. */
const PASSING =
  /^(OOM|READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOREPLICAS|MISCONF)\b|max number of clients|max clients/i;
/** Refusals that only an administrator can lift. */
const LOCKED_OUT = /\b(NOPERM|NOAUTH|WRONGPASS)\b|ACL failure in script|^The user executing the script can't /;
/** Redis 6.2 puts this before an error inside a script; 7 and Valkey put the script's place behind the error. */
const SCRIPT_PREFIX = /^ERR Error running script \(call to [^)]*\): (@user_script: ?\d+: )*-?/;
/** The key of a message or a result holds something else, or the text is too long for the server. */
const REFUSED_ITEM = /\bWRONGTYPE\b|exceeds maximum allowed size/;
/** TLS errors about a certificate, or about a server without TLS (OpenSSL's and Node's codes). */
const REFUSED_TLS =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|ERR_SSL_WRONG_VERSION_NUMBER)/;

/**
 * @param {string} message of an error reply
 * @returns {boolean} true when the same command may be accepted later: no memory, a replica during a failover, loading
 */
export const isPassing = (message) => PASSING.test(unwrapped(message));

/**
 * @param {string} message of an error reply
 * @returns {boolean} true when the server is a replica: after a failover the old primary still answers, but never accepts a write again
 */
export const isOfReplica = (message) => /^(READONLY|MASTERDOWN)\b/.test(unwrapped(message));

/**
 * @param {string} message of an error reply
 * @returns {boolean} true when a primary has lost its replicas
 */
export const isOfLonePrimary = (message) => unwrapped(message).startsWith("NOREPLICAS");

/** @param {string} message */
const unwrapped = (message) => message.replace(SCRIPT_PREFIX, "");

/**
 * @param {unknown} error of opening a TLS connection
 * @returns {boolean} true when the server is not the one that the settings describe, and a retry will not help
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
 * @param {string} message of a refusal
 * @returns {import("../errors.js").RefusalScope}
 */
export function scopeOf(message) {
  if (isPassing(message)) return "server";
  if (LOCKED_OUT.test(unwrapped(message))) return "user";
  return REFUSED_ITEM.test(message) ? "item" : "command";
}

/**
 * @param {string} message of an error reply
 * @param {unknown} [cause]
 */
export const refusalOf = (message, cause) => new Refusal(message, { cause, scope: scopeOf(message) });

/**
 * @param {unknown} error
 * @param {string} [display] the server, to be named first
 * @returns {unknown} a `Refusal` for an error reply; anything else as it is
 */
export function translated(error, display) {
  if (!isReplyError(error)) return error;
  const message = display === undefined ? error.message : `${display}: ${error.message}`;
  return new Refusal(message, { cause: error, scope: scopeOf(error.message) });
}
