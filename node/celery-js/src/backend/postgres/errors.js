/** Translates the errors of PostgreSQL and of `pg`: temporary ones, those for an administrator, those of a single row. */
import { OperationalError } from "../../errors.js";
import { describe, Refusal } from "../../transport/errors.js";

/** Temporary SQLSTATEs: lost connections, no resources, a server that starts or stops, conflicts of transactions. */
const PASSING = /^(08|40|53|57P0[1-5]|57014|58030|55P03)/;
/** The server is a replica: during a failover, the address soon leads to another server. */
const READ_ONLY = "25006";
/** Wrong user or password, no right to do this. */
const FORBIDDEN = /^(28|42501)/;
/** Data that cannot be stored, or a row that is too large. */
const OF_ITEM = /^(22|23|54)/;
export const NO_TABLE = "42P01";
const CERTIFICATES = /CERT|SELF_SIGNED|UNABLE_TO_/;

/**
 * @param {unknown} error
 * @returns {string} its SQLSTATE, or the system's code; "" for neither
 */
export const codeOf = (error) => String(/** @type {{ code?: unknown }} */ (error)?.code ?? "");

/**
 * @param {Error} error
 * @returns {boolean} whether the server answered with it
 */
const isAnswer = (error) => /^[0-9A-Z]{5}$/.test(codeOf(error)) && "severity" in error;

/**
 * @param {Error} error
 * @returns {boolean} whether it may succeed later
 */
export function isPassing(error) {
  if (isAnswer(error)) return PASSING.test(codeOf(error)) || codeOf(error) === READ_ONLY;
  return !CERTIFICATES.test(codeOf(error)) && !/does not support SSL|SASL|password must be/.test(error.message);
}

/**
 * @param {Error} error that does not pass
 * @param {string} display the server's URL without its password
 * @returns {OperationalError}
 */
export function translated(error, display) {
  const code = codeOf(error);
  const scope = FORBIDDEN.test(code) ? "user" : OF_ITEM.test(code) ? "item" : "command";
  return new Refusal(`${display}: ${describe(error)}`, { cause: error, scope });
}

/**
 * @param {string} display
 * @param {number} timeoutMs
 * @param {Error | null} failure the last one; null: no answer
 * @returns {OperationalError}
 */
export function outage(display, timeoutMs, failure) {
  const reason = failure === null ? "no answer" : describe(failure);
  const error = new OperationalError(`cannot reach ${display} within ${timeoutMs / 1000} s: ${reason}`, {
    cause: failure ?? undefined,
  });
  error.isTemporary = true;
  return error;
}
