/**
 * A connection for those who send single commands and want an answer: publishers and result stores. On top of
 * `RedisConnection` it guarantees two things:
 *
 * - A command ends within its time, with the answer or one clear error. Until then it is repeated after a lost connection and
 *   after replies that pass (out of memory, a replica during failover, loading), as Celery's `task_publish_retry` does. A
 *   command whose answer was lost may thus be executed twice.
 * - It keeps the process alive while something is pending, and only then: a script ends by itself once it has its results.
 */
import { setTimeout as delay } from "node:timers/promises";
import { OperationalError } from "../../errors.js";
import { describe, isReplyError, RedisConnection } from "./connection.js";

/** Replies that say "not now". Any other says "not like this", and repeating would not help. */
const PASSING_REPLY = /^(OOM|READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOREPLICAS|MISCONF)\b/;
const REPEAT_PAUSE_MS = 100;

/**
 * @typedef {import("./connection.js").ConnectionOptions & { timeoutMs: number }} ClientConnectionOptions `timeoutMs`: how long
 *   a command may take, connecting and repeating included
 */
/**
 * What ioredis has and does not declare.
 *
 * @typedef {{ stream?: import("node:net").Socket, reconnectTimeout?: NodeJS.Timeout | null }} Handles
 */
/** @typedef {{ over: boolean, failure: string | null }} Attempts of one command: whether its time is over, why the last one failed */

export class ClientConnection {
  #holders = 0;
  #timeoutMs;
  /** One wait for the connection, however many commands wait. @type {Promise<void> | null} */
  #becomingReady = null;
  /** Why the connection is down. @type {string | null} */
  #outage = null;

  /** @param {ClientConnectionOptions} options */
  constructor({ timeoutMs, ...options }) {
    this.#timeoutMs = timeoutMs;
    this.connection = new RedisConnection({
      ...options,
      connectTimeoutMs: Math.min(options.connectTimeoutMs ?? timeoutMs, timeoutMs),
      replyTimeoutMs: options.replyTimeoutMs ?? timeoutMs,
      onDown: (error, retryInMs) => {
        this.#outage = describe(error);
        options.onDown?.(error, retryInMs);
      },
      onUp: () => {
        this.#outage = null;
        options.onUp?.();
      },
    });
    this.client = this.connection.client;
    this.display = this.connection.display;
    // Every one of these brings a new socket or timer, which knows nothing yet about who waits for it.
    this.client.on("reconnecting", () => this.#applyHold());
    this.client.on("connect", () => this.#applyHold());
    this.client.on("connecting", () => setImmediate(() => this.#applyHold()));
  }

  /** Keeps the process alive until `release` is called as often. */
  hold() {
    this.#holders += 1;
    if (this.#holders > 1) return;
    this.#applyHold();
    if (this.client.status !== "reconnecting") return;
    // The pause after the last failure may be longer than the time that the command has.
    clearTimeout(this.#handles.reconnectTimeout ?? undefined);
    this.client.connect().catch(() => {});
  }

  /** Undoes one `hold`. */
  release() {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    // A handshake that hangs has timers of its own, which only end with the socket.
    if (!this.connection.isReady) this.#handles.stream?.destroy();
    this.#applyHold();
  }

  /**
   * Sends a command until the server has answered it.
   *
   * @template T
   * @param {(client: import("ioredis").Redis) => Promise<T>} command called once per attempt
   * @returns {Promise<T>}
   * @throws {OperationalError} after `timeoutMs` without an answer, naming the server and the reason; at once when the server
   *   refuses the command for good
   */
  async run(command) {
    /** @type {Attempts} */
    const attempts = { over: false, failure: null };
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    /** @type {Promise<never>} */
    const expiry = new Promise((_, reject) => {
      timer = setTimeout(() => reject(this.#failed(attempts)), this.#timeoutMs);
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

  /** Closes the connection for good. Whatever still runs is rejected. */
  close() {
    this.connection.close();
  }

  /**
   * @template T
   * @param {(client: import("ioredis").Redis) => Promise<T>} command
   * @param {Attempts} attempts
   * @returns {Promise<T>}
   */
  async #attempt(command, attempts) {
    for (;;) {
      await this.ready();
      // Whoever waited has been told that it failed: it must not happen after all.
      if (attempts.over) throw this.#failed(attempts);
      try {
        return await command(this.client);
      } catch (cause) {
        const error = /** @type {Error} */ (cause);
        if (isReplyError(error) && !PASSING_REPLY.test(error.message)) {
          throw new OperationalError(`${this.display}: ${error.message}`, { cause });
        }
        attempts.failure = describe(error);
      }
      if (!attempts.over) await delay(REPEAT_PAUSE_MS);
    }
  }

  /**
   * Connects when that has not happened yet.
   *
   * @returns {Promise<void>} once commands can be sent
   * @throws {OperationalError} when the connection is closed
   */
  async ready() {
    if (this.connection.isReady) return;
    this.#becomingReady ??= this.connection.ready().finally(() => {
      this.#becomingReady = null;
    });
    await this.#becomingReady;
  }

  /** @returns {string} why commands cannot be sent, or are not answered */
  get outage() {
    return this.#outage ?? "no answer";
  }

  /** @param {Attempts} attempts */
  #failed({ failure }) {
    const refused = failure !== null && PASSING_REPLY.test(failure);
    const what = refused ? `${this.display} did not accept the command` : `cannot reach ${this.display}`;
    return new OperationalError(`${what} within ${this.#timeoutMs / 1000} s: ${refused ? failure : this.outage}`);
  }

  #applyHold() {
    const { stream, reconnectTimeout } = this.#handles;
    const method = this.#holders > 0 ? "ref" : "unref";
    stream?.[method]();
    reconnectTimeout?.[method]();
  }

  /** @returns {Handles} */
  get #handles() {
    return /** @type {Handles} */ (/** @type {unknown} */ (this.client));
  }
}
