/**
 * Calls from the main thread to the connection's thread, and their answers. Errors keep the class and fields that callers check.
 */
import { EncodeError, ImproperlyConfigured, OperationalError } from "../../errors.js";
import { Refusal } from "../errors.js";

/**
 * @typedef {{ kind: "refusal" | "operational" | "improper" | "encode" | "other", message: string, scope?: import("../errors.js").RefusalScope, isTemporary?: boolean }} ErrorData
 * @typedef {{ call: number, method: string, args: unknown[] }} Call
 * @typedef {{ answer: number, value?: unknown, error?: ErrorData }} Answer
 */

/** The main thread's side. */
export class Caller {
  #post;
  #next = 1;
  /** @type {Map<number, { method: string, resolve: (value: unknown) => void, reject: (error: Error) => void }>} */
  #open = new Map();
  /** @type {Error | null} */
  #closed = null;

  /** @param {(call: Call) => void} post */
  constructor(post) {
    this.#post = post;
  }

  /**
   * @template T
   * @param {string} method
   * @param {unknown[]} args that can be sent to a thread
   * @returns {Promise<T>}
   */
  call(method, ...args) {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    const call = this.#next++;
    /** @type {Promise<unknown>} */
    const answer = new Promise((resolve, reject) => this.#open.set(call, { method, resolve, reject }));
    this.#post({ call, method, args });
    return /** @type {Promise<T>} */ (answer);
  }

  /** @param {Answer} answer */
  receive({ answer, value, error }) {
    const waiting = this.#open.get(answer);
    this.#open.delete(answer);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(toError(error));
  }

  /**
   * Rejects all pending and later calls.
   *
   * @param {Error} reason
   * @param {{ except?: string }} [options] a method whose answer is still waited for
   */
  close(reason, { except } = {}) {
    this.#closed ??= reason;
    for (const [call, { method, reject }] of [...this.#open]) {
      if (method === except) continue;
      this.#open.delete(call);
      reject(this.#closed);
    }
  }
}

/**
 * @param {unknown} thrown
 * @returns {ErrorData}
 */
export function errorData(thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { message } = error;
  if (error instanceof Refusal) return { kind: "refusal", message, scope: error.scope };
  if (error instanceof OperationalError) return { kind: "operational", message, isTemporary: error.isTemporary };
  if (error instanceof ImproperlyConfigured) return { kind: "improper", message };
  if (error instanceof EncodeError) return { kind: "encode", message };
  return { kind: "other", message };
}

/**
 * @param {ErrorData} data
 * @returns {Error}
 */
export function toError({ kind, message, scope = "command", isTemporary = false }) {
  if (kind === "refusal") return new Refusal(message, { scope });
  if (kind === "operational") return Object.assign(new OperationalError(message), { isTemporary });
  if (kind === "improper") return new ImproperlyConfigured(message);
  if (kind === "encode") return new EncodeError(message);
  return new Error(message);
}
