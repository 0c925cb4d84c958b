/**
 * One connection to a Redis or Valkey server. It reconnects by itself, for ever, with backoff; it never sends a command
 * twice and never keeps one for later, so that every caller decides for itself what may be repeated. A command that the
 * server leaves unanswered breaks the connection, which is how a half-open one is noticed.
 */
import { Redis } from "ioredis";
import { OperationalError } from "../../errors.js";

/** The longest pause between two attempts to connect. */
const RECONNECT_MAX_MS = 5_000;
/** A server that has not answered a command for this long is taken for gone. */
const REPLY_TIMEOUT_MS = 15_000;
/** A silence counts after so many looks at it, so that it lasted for at least the whole time. */
const SILENT_CHECKS = 4;
/** How soon a server that loads its data is looked at again: its own guess of how long that takes may be off by seconds. */
const LOADING_LOOK_MS = 200;
/** How long closing waits for a server that does not close its side. */
const DISCONNECT_TIMEOUT_MS = 200;
/** What the server refuses in the name of a client. */
const UNNAMEABLE = /[^!-~]/gu;

/**
 * @typedef {object} ConnectionOptions
 * @property {import("./url.js").RedisAddress} address
 * @property {string} name shown by `CLIENT LIST`, with "-" for whatever is not printable ASCII
 * @property {number} [connectTimeoutMs]
 * @property {number} [replyTimeoutMs] 0 for connections that block
 * @property {Record<string, { lua: string }>} [scripts]
 * @property {(error: Error, retryInMs: number) => void} [onDown] called for every failed attempt and every loss
 * @property {() => void} [onUp] called whenever the connection is ready
 */

export class RedisConnection {
  #lastError = /** @type {Error | null} */ (null);
  #closed = false;

  /** @param {ConnectionOptions} options */
  constructor({ address, name, connectTimeoutMs = 4_000, replyTimeoutMs = REPLY_TIMEOUT_MS, scripts, onDown, onUp }) {
    const { display, ...server } = address;
    this.display = display;
    /** @type {import("ioredis").Redis} */
    this.client = new Redis({
      ...server,
      connectionName: name.replace(UNNAMEABLE, "-"),
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: connectTimeoutMs,
      disconnectTimeout: DISCONNECT_TIMEOUT_MS,
      maxLoadingRetryTime: LOADING_LOOK_MS,
      // After a failover the old primary still answers, and will never take a write again.
      reconnectOnError: (error) => /^(READONLY|MASTERDOWN)\b/.test(error.message),
      ...(scripts && { scripts }),
      retryStrategy: (attempt) => {
        if (this.#closed) return null;
        const retryInMs = Math.min(100 * 2 ** Math.min(attempt - 1, 10), RECONNECT_MAX_MS);
        onDown?.(this.#lastError ?? new Error("connection closed"), retryInMs);
        return retryInMs;
      },
    });
    this.client.on("error", (error) => {
      this.#lastError = error;
    });
    this.client.on("ready", () => {
      this.#lastError = null;
      if (replyTimeoutMs > 0) watchReplies(this.client, replyTimeoutMs);
      onUp?.();
    });
  }

  /** @returns {boolean} whether a command sent now would reach the server */
  get isReady() {
    // A socket that is being closed stays "ready" until it is, and takes nothing any more.
    const { stream } = /** @type {{ stream?: import("node:net").Socket }} */ (/** @type {unknown} */ (this.client));
    return this.client.status === "ready" && stream?.writable === true;
  }

  /**
   * Connects when that has not happened yet, and waits until commands can be sent.
   *
   * @param {number} [timeoutMs] default: as long as it takes
   * @returns {Promise<void>}
   * @throws {OperationalError} after the timeout, or once the connection is closed
   */
  async ready(timeoutMs = Number.POSITIVE_INFINITY) {
    if (this.isReady) return;
    if (this.client.status === "wait") this.client.connect().catch(() => {});
    await new Promise((resolve, reject) => {
      const timer = timeoutMs < 2 ** 31 ? setTimeout(() => settle(this.#unreachable(timeoutMs)), timeoutMs) : undefined;
      const settle = (/** @type {Error | null} */ error) => {
        clearTimeout(timer);
        this.client.off("ready", onReady).off("end", onEnd);
        if (error) reject(error);
        else resolve(undefined);
      };
      const onReady = () => settle(null);
      const onEnd = () => settle(new OperationalError(`connection to ${this.display} is closed`));
      this.client.once("ready", onReady).once("end", onEnd);
      if (this.#closed) onEnd();
    });
  }

  /** Breaks the connection; it is opened again at once. */
  reconnect() {
    if (!this.#closed) this.client.disconnect(true);
  }

  /** Closes the connection for good. Commands still in flight are rejected. */
  close() {
    this.#closed = true;
    const isPausing = this.client.status === "reconnecting";
    this.client.disconnect();
    // In the pause before its next attempt, ioredis ends without a word, and whoever waits in `ready` would wait for ever.
    if (isPausing) this.client.emit("end");
  }

  /** @param {number} timeoutMs */
  #unreachable(timeoutMs) {
    const reason = this.#lastError ? describe(this.#lastError) : "no answer";
    return new OperationalError(`cannot reach ${this.display} within ${timeoutMs / 1000} s: ${reason}`, {
      cause: this.#lastError ?? undefined,
    });
  }
}

/**
 * Breaks a connection whose server leaves a command unanswered. A loop that was blocked must not take its own delay for the
 * server's: only after the socket has been read once more without an answer does the connection count as dead.
 *
 * @param {import("ioredis").Redis} client just ready
 * @param {number} timeoutMs
 */
function watchReplies(client, timeoutMs) {
  const { stream, commandQueue } =
    /** @type {{ stream: import("node:net").Socket, commandQueue: { length: number } }} */ (
      /** @type {unknown} */ (client)
    );
  let silentChecks = 0;
  stream.on("data", () => {
    silentChecks = 0;
  });
  const timer = setInterval(
    () => {
      silentChecks = commandQueue.length > 0 ? silentChecks + 1 : 0;
      if (silentChecks < SILENT_CHECKS) return;
      setImmediate(() => {
        if (silentChecks >= SILENT_CHECKS) stream.destroy(new Error(`no answer within ${timeoutMs / 1000} s`));
      });
    },
    timeoutMs / (SILENT_CHECKS - 1),
  ).unref();
  stream.once("close", () => clearInterval(timer));
}

/**
 * @param {unknown} error
 * @returns {boolean} true when the server refused the command; false when it is unknown whether the command was executed
 */
export function isReplyError(error) {
  return error instanceof Error && error.name === "ReplyError";
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
 * @param {Error} error what a socket or server said
 * @returns {string} in one line; Node's AggregateError (both address families refused) has no message of its own
 */
export function describe(error) {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  return inner.message || /** @type {NodeJS.ErrnoException} */ (inner).code || inner.name;
}
