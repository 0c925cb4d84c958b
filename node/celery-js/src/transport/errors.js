/** The errors of a transport or a result store, whatever protocol it speaks. Drivers translate theirs into these. */
import { OperationalError } from "../errors.js";

/**
 * @typedef {"server" | "user" | "item" | "command"} RefusalScope the scope of a refusal: all clients, until the server
 *   recovers; this user, until an administrator permits it; one message or result, for good; anything else
 */

/** Raised when the server answers with a refusal. */
export class Refusal extends OperationalError {
  /**
   * Of a batch that is settled in two calls: what the first one has settled, if the second one was refused.
   *
   * @type {{ items: readonly import("./transport.js").Settlement[], settled: import("./transport.js").Settled } | null}
   */
  before = null;

  /**
   * @param {string} message
   * @param {{ cause?: unknown, scope: RefusalScope }} options
   */
  constructor(message, { cause, scope }) {
    super(message, { cause });
    // Callers, and clients that read it from a result, see Celery's class; only the worker needs the kind of refusal.
    this.name = "OperationalError";
    this.excType = "OperationalError";
    this.scope = scope;
    this.isTemporary = scope === "server";
  }
}

/**
 * @param {unknown} error
 * @returns {error is Refusal} true when an administrator has to permit it
 */
export const isForbidden = (error) => error instanceof Refusal && error.scope === "user";

/**
 * @param {unknown} error
 * @returns {error is Refusal} true when it concerns all clients, or every command of this user
 */
export const isOfServer = (error) => error instanceof Refusal && (error.scope === "server" || error.scope === "user");

/**
 * @param {unknown} error
 * @returns {error is Refusal} true when the server refuses one result for good, and may store others
 */
export const isRefusedResult = (error) => error instanceof Refusal && error.scope === "item";

/**
 * @param {Error} error from a socket or a server
 * @returns {string} one line; Node's AggregateError (both address families refused) has no message
 */
export function describe(error) {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  // ioredis asks its users to report invalid replies.
  const message = inner.message.replace(/\. Please report this\.$/, "");
  return message || /** @type {NodeJS.ErrnoException} */ (inner).code || inner.name;
}
