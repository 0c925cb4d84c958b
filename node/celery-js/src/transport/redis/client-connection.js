/**
 * A connection for single commands with an answer, used by publishers and result stores. On top of `RedisConnection`
 * it guarantees two things:
 *
 * - A command ends within its time, with the answer or one clear error. Until then it is repeated after a lost connection and
 *   after temporary refusals (out of memory, a replica during failover, loading), as Celery's `task_publish_retry` does. A
 *   command whose answer was lost may thus be executed twice.
 * - It keeps the process alive while something is pending, and only then: a script ends by itself once it has its results.
 */
import { setTimeout as delay } from "node:timers/promises";
import { OperationalError } from "../../errors.js";
import { describe, Refusal } from "../errors.js";
import { RedisConnection } from "./connection.js";
import { HANDSHAKE_TIMEOUT_MS } from "./dialer.js";
import { ConnectionRefused } from "./handshake.js";
import { isPassing, isReplyError, scopeOf, translated } from "./replies.js";

const REPEAT_PAUSE_MS = 100;
const REPEAT_MAX_PAUSE_MS = 1_000;
/** The longest pause between two attempts to connect. It is short because a sender waits seconds, not minutes. */
const RECONNECT_MAX_MS = 1_000;

/**
 * @typedef {import("./connection.js").ConnectionOptions & { timeoutMs: number }} ClientConnectionOptions `timeoutMs`: how long
 *   a command may take, connecting and repeating included
 */
/** @typedef {{ reconnectTimeout?: NodeJS.Timeout | null }} Handles of ioredis, which it does not declare */
/** @typedef {{ over: boolean, failure: string | null }} Attempts of one command: whether its time is over, why the last one failed */

export class ClientConnection {
  #holders = 0;
  #closed = false;
  #timeoutMs;
  /** The shared wait for the connection, for all waiting commands. @type {Promise<void> | null} */
  #becomingReady = null;
  /** The shared attempt to connect, for all waiting commands. @type {Promise<void> | null} */
  #connecting = null;

  /** @param {ClientConnectionOptions} options */
  constructor({ timeoutMs, ...options }) {
    this.#timeoutMs = timeoutMs;
    this.connection = new RedisConnection({
      ...options,
      endsWhenRefused: true,
      handshakeTimeoutMs: Math.min(timeoutMs, HANDSHAKE_TIMEOUT_MS),
      connectTimeoutMs: Math.min(options.connectTimeoutMs ?? timeoutMs, timeoutMs),
      replyTimeoutMs: options.replyTimeoutMs ?? timeoutMs,
    });
    this.client = this.connection.client;
    this.display = this.connection.display;
    const { retryStrategy } = this.client.options;
    this.client.options.retryStrategy = (attempt) => {
      // An unused connection is not reopened: its timers would keep the process alive.
      const pauseMs = this.#holders === 0 ? null : retryStrategy?.(attempt);
      return typeof pauseMs === "number" ? Math.min(pauseMs, RECONNECT_MAX_MS) : null;
    };
    this.client.on("connect", () => this.#applyHold());
    this.client.on("connecting", () => setImmediate(() => this.#applyHold()));
  }

  /** Keeps the process alive until `release` is called as often. */
  hold() {
    this.#holders += 1;
    if (this.#holders > 1) return;
    this.#applyHold();
    const { status } = this.client;
    if (!this.#closed && (status === "end" || status === "reconnecting")) this.client.connect().catch(() => {});
  }

  /** Undoes one `hold`. */
  release() {
    this.#holders -= 1;
    if (this.#holders === 0) this.#applyHold();
  }

  /**
   * Sends a command until the server has answered it.
   *
   * @template T
   * @param {(client: import("./reply-check.js").CheckedRedis) => Promise<T>} command called once per attempt
   * @returns {Promise<T>}
   * @throws {OperationalError} after `timeoutMs` without an answer, naming the server and the reason; at once when the server
   *   refuses the command, or the connection, for good
   */
  async run(command) {
    /** @type {Attempts} */
    const attempts = { over: false, failure: null };
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    /** @type {Promise<never>} */
    const expiry = new Promise((_, reject) => {
      // Reads the socket once more after the timeout: the answer may be there, and this process was just too busy.
      timer = setTimeout(() => setImmediate(() => reject(this.#failed(attempts))), this.#timeoutMs);
    });
    this.hold();
    try {
      return await Promise.race([this.#attempt(command, attempts), expiry]);
    } finally {
      attempts.over = true;
      clearTimeout(timer);
      this.release();
    }
  }

  /**
   * Sends a command once, connecting first if needed, for callers with their own retry policy.
   *
   * @template T
   * @param {(client: import("./reply-check.js").CheckedRedis) => Promise<T>} command
   * @returns {Promise<T>}
   * @throws {OperationalError} when the server cannot be reached or refuses, or has not answered after `timeoutMs`;
   *   `isTemporary` if a later attempt may succeed
   */
  async runOnce(command) {
    let isOver = false;
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    /** @type {Promise<never>} */
    const expiry = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${this.#timeoutMs / 1000} s`)), this.#timeoutMs);
    });
    const attempt = async () => {
      await this.#connectOnce();
      // The caller already has an error, so the command must not run any more.
      if (isOver) throw new Error("too late");
      return command(this.client);
    };
    this.hold();
    try {
      return await Promise.race([attempt(), expiry]);
    } catch (cause) {
      throw this.#refused(/** @type {Error} */ (cause));
    } finally {
      isOver = true;
      clearTimeout(timer);
      this.release();
    }
  }

  /** @returns {Promise<void>} rejects when this one attempt to connect fails */
  async #connectOnce() {
    if (this.client.isReady) return;
    if (this.#closed) throw new OperationalError(`connection to ${this.display} is closed`);
    this.#connecting ??= this.#nextOutcome().finally(() => {
      this.#connecting = null;
    });
    await this.#connecting;
  }

  /** @returns {Promise<void>} resolves when the connection is ready, rejects when it fails to become ready */
  #nextOutcome() {
    const { client } = this;
    return new Promise((resolve, reject) => {
      const onReady = () => {
        client.off("close", onClose);
        resolve(undefined);
      };
      const onClose = () => {
        client.off("ready", onReady);
        reject(this.connection.refusal ?? new Error(this.outage));
      };
      client.once("ready", onReady).once("close", onClose);
      if (["wait", "end", "reconnecting"].includes(client.status)) client.connect().catch(() => {});
    });
  }

  /**
   * @param {Error} cause of a failed attempt
   * @returns {OperationalError}
   */
  #refused(cause) {
    const known = translated(cause, this.display);
    if (known instanceof OperationalError) return known;
    const error = new OperationalError(`cannot reach ${this.display}: ${describe(cause)}`, { cause });
    error.isTemporary = true;
    return error;
  }

  /** Closes the connection for good. Running commands are rejected. */
  close() {
    this.#closed = true;
    // ioredis would wait for something if a closed connection were closed again.
    if (this.#holders > 0 || this.client.isReady || this.client.status === "wait") this.connection.close();
  }

  /**
   * @template T
   * @param {(client: import("./reply-check.js").CheckedRedis) => Promise<T>} command
   * @param {Attempts} attempts
   * @returns {Promise<T>}
   */
  async #attempt(command, attempts) {
    for (let pauseMs = REPEAT_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, REPEAT_MAX_PAUSE_MS)) {
      await this.ready().catch((error) => {
        if (this.#closed || error instanceof ConnectionRefused) throw error;
      });
      // The caller already has an error, so the command must not run any more.
      if (attempts.over) throw this.#failed(attempts);
      if (!this.client.isReady) continue;
      try {
        return await command(this.client);
      } catch (cause) {
        const error = /** @type {Error} */ (cause);
        if (isReplyError(error) && !isPassing(error.message)) throw translated(error, this.display);
        attempts.failure = describe(error);
      }
      if (!attempts.over) await delay(pauseMs * (0.5 + Math.random() / 2));
    }
  }

  /**
   * Connects if needed.
   *
   * @returns {Promise<void>} once commands can be sent
   * @throws {OperationalError} when the connection is closed
   */
  async ready() {
    if (this.#closed) throw new OperationalError(`connection to ${this.display} is closed`);
    if (this.client.isReady) return;
    this.#becomingReady ??= this.connection.ready().finally(() => {
      this.#becomingReady = null;
    });
    await this.#becomingReady;
  }

  /** @returns {string} why commands cannot be sent, or are not answered */
  get outage() {
    return this.connection.outage ?? "no answer";
  }

  /** @param {Attempts} attempts */
  #failed({ failure }) {
    const refused = failure !== null && isPassing(failure);
    const what = refused ? `${this.display} did not accept the command` : `cannot reach ${this.display}`;
    const reason = refused ? failure : this.outage;
    const message = `${what} within ${this.#timeoutMs / 1000} s: ${reason}`;
    const isForbidden = scopeOf(reason) === "user";
    const error = isForbidden ? new Refusal(message, { scope: "user" }) : new OperationalError(message);
    error.isTemporary = true;
    return error;
  }

  #applyHold() {
    const isHeld = this.#holders > 0;
    if (this.client.isReady) {
      if (isHeld) this.client.socket?.ref();
      else this.client.socket?.unref();
    } else if (isHeld) {
      this.connection.socket?.ref();
    } else {
      // A handshake that hangs has its own timers, which only end with the socket.
      this.connection.socket?.destroy();
      const { reconnectTimeout } = /** @type {Handles} */ (/** @type {unknown} */ (this.client));
      clearTimeout(reconnectTimeout ?? undefined);
    }
  }
}
