/** What RabbitMQ's refusals mean for the command, the connection and the caller. */
import { ImproperlyConfigured, OperationalError } from "../../errors.js";
import { Refusal } from "../errors.js";

/** The broker's reply codes. */
const NO_SUCH = 404;
const FORBIDDEN = 403;
const LOCKED = 405;
const PRECONDITION = 406;
const NOT_ALLOWED = 530;
/** The longest name of a queue or an exchange, and the longest routing key (AMQP's "short string"). */
export const MAX_NAME_BYTES = 255;
/** Refusals of a user, a password or a virtual host, while a connection is being opened. */
const LOGIN = /\b(ACCESS[-_]REFUSED|NOT[-_]ALLOWED|Login was refused)\b|Handshake terminated by server: 403|\b530\b/i;
/** TLS errors about a certificate, or about a server without TLS (OpenSSL's and Node's codes). */
const REFUSED_TLS =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA|ERR_SSL_WRONG_VERSION_NUMBER)/;

/** Raised for a publish that no queue has taken. */
export class Unroutable extends OperationalError {
  /** @param {string} message */
  constructor(message) {
    super(message);
    // Clients that read it from a result see Celery's class.
    this.name = "OperationalError";
    this.excType = "OperationalError";
  }
}

/**
 * @param {unknown} error
 * @returns {number} the broker's reply code; 0: it is none of the broker's
 */
export const codeOf = (error) => Number(/** @type {{ code?: unknown }} */ (error)?.code) || 0;

/** @param {unknown} error */
export const isMissing = (error) => codeOf(error) === NO_SUCH;
/** @param {unknown} error */
export const isForbidden = (error) => codeOf(error) === FORBIDDEN;
/** @param {unknown} error a queue or an exchange exists with other properties */
export const isUnequal = (error) => codeOf(error) === PRECONDITION;
/** @param {unknown} error another connection has the exclusive queue */
export const isLocked = (error) => codeOf(error) === LOCKED;
/**
 * Of amqplib, before anything is sent: a name is over 255 bytes, or the headers do not fit into a frame or have no encoding.
 *
 * @param {unknown} error
 * @returns {boolean}
 */
export const isTooLong = (error) => error instanceof TypeError || error instanceof RangeError;

/**
 * @param {unknown} error of an attempt to connect
 * @returns {boolean} true when trying again would not help
 */
export function isRefusedConnection(error) {
  if (!(error instanceof Error)) return false;
  if (error instanceof ImproperlyConfigured || codeOf(error) === NOT_ALLOWED) return true;
  const { code } = /** @type {NodeJS.ErrnoException} */ (error);
  return LOGIN.test(error.message) || REFUSED_TLS.test(String(code ?? ""));
}

/**
 * @param {unknown} error
 * @param {string} [display] the server, to be named first
 * @returns {unknown} a `Refusal` if the broker refused, or if AMQP cannot express the message; any other error unchanged
 */
export function translated(error, display) {
  if (!(error instanceof Error) || error instanceof OperationalError) return error;
  if (isTooLong(error)) {
    const text = `this can never be sent: ${error.message}`;
    return new Refusal(display === undefined ? text : `${display}: ${text}`, { cause: error, scope: "command" });
  }
  const code = codeOf(error);
  if (![NO_SUCH, FORBIDDEN, LOCKED, PRECONDITION, NOT_ALLOWED].includes(code)) return error;
  const message = plain(error.message);
  const scope = code === FORBIDDEN || code === NOT_ALLOWED ? "user" : "command";
  return new Refusal(display === undefined ? message : `${display}: ${message}`, { cause: error, scope });
}

/**
 * @param {string} message of amqplib
 * @returns {string} the broker's own words
 */
export const plain = (message) => /with message "(.*)"$/s.exec(message)?.[1] ?? message;

/** @typedef {{ kind: string, line: string, over: string }} Trouble see `onTrouble` of `ConsumerHooks` */

/** Reports, from the connection thread, what does not work although the broker is up: repeatedly, and once when it is over. */
export class Troubles {
  #report;
  /** @type {Set<string>} */
  #kinds = new Set();

  /** @param {(report: { trouble: Trouble } | { troubleOver: string }) => void} report */
  constructor(report) {
    this.#report = report;
  }

  /** @param {Trouble} trouble */
  note(trouble) {
    this.#kinds.add(trouble.kind);
    this.#report({ trouble });
  }

  /** @param {string} kind of a trouble, which there may be or not */
  end(kind) {
    if (this.#kinds.delete(kind)) this.#report({ troubleOver: kind });
  }
}
