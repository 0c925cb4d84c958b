/**
 * One connection to a Redis or Valkey server. It reconnects by itself, forever, with backoff; it never sends a command
 * twice and never keeps one for later, so every caller decides what may be repeated. A connection is thrown away when
 * the server leaves a command unanswered (a half-open one), or anything unexpected is read from it.
 */
import { OperationalError } from "../../errors.js";
import { describe } from "../errors.js";
import { monotonicMs } from "../vitals.js";
import { Dialer, HANDSHAKE_TIMEOUT_MS } from "./dialer.js";
import { ConnectionRefused } from "./handshake.js";
import { isOfLonePrimary, isOfReplica, isReplyError } from "./replies.js";
import { CheckedRedis } from "./reply-check.js";
import { ECHO_INTERVAL_MS, watchReplies } from "./reply-watch.js";

/** The shortest and longest pause between two attempts to connect. */
const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 3_000;
/**
 * A connection lost sooner than this counts as a failed attempt: a replica accepts connections but refuses every write.
 */
const STEADY_MS = 1_000;
/** The pause before an unanswered question is repeated. */
const ASK_AGAIN_MS = 50;
/** The pause before a server that loads its data is checked again. */
const LOADING_CHECK_MS = 200;
/** A server that leaves a command unanswered for this long counts as lost. */
const REPLY_TIMEOUT_MS = 15_000;
/** The same behind sentinels: shorter, because they may have elected another primary. */
const SENTINEL_REPLY_TIMEOUT_MS = 4_000;
/** The characters that the server refuses in a client's name. */
const UNNAMEABLE = /[^!-~]/gu;

/**
 * @typedef {object} ConnectionOptions
 * @property {import("./url.js").RedisAddress} address
 * @property {string} name shown by `CLIENT LIST`, with "-" for anything that is not printable ASCII
 * @property {number} [connectTimeoutMs]
 * @property {number} [handshakeTimeoutMs] from the first packet until commands can be sent
 * @property {number} [replyTimeoutMs] 0 for connections that block
 * @property {boolean} [endsWhenRefused] stops trying when the server refuses the very first handshake for good; default: tries forever
 * @property {() => import("./scripts.js").Scripts} [scripts] called when the first of them is needed
 * @property {(error: Error, retryInMs: number) => void} [onDown] called for every failed attempt, and for a loss whose reason is known
 * @property {() => void} [onUp] called whenever the connection is ready
 */

export class RedisConnection {
  #dialer;
  #endsWhenRefused;
  #lastError = /** @type {Error | null} */ (null);
  #closed = false;
  #failures = 0;
  #readyAtMs = /** @type {number | null} */ (null);
  #wasReady = false;

  /** @param {ConnectionOptions} options */
  constructor(options) {
    const { address, name, scripts, onDown, onUp, endsWhenRefused = false } = options;
    const { connectTimeoutMs = 4_000, handshakeTimeoutMs = HANDSHAKE_TIMEOUT_MS } = options;
    const { display, ...server } = address;
    const replyTimeoutMs = replyTimeoutOf(options);
    this.display = display;
    /** Whether another server may become the primary. */
    this.isBehindSentinels = server.sentinel !== undefined;
    this.#endsWhenRefused = endsWhenRefused;
    const dialer = new Dialer({
      address: server,
      name: name.replace(UNNAMEABLE, "-"),
      connectTimeoutMs: Math.min(connectTimeoutMs, server.connectTimeoutMs ?? connectTimeoutMs),
      handshakeTimeoutMs,
    });
    this.#dialer = dialer;
    this.client = new CheckedRedis({
      Connector: connectorOf(dialer),
      // The dialer has already done this.
      enableReadyCheck: false,
      disableClientInfo: true,
      protocol: 2,
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      // Listeners resubscribe by themselves: ioredis could not report a refused or lost resubscription to them.
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      // Behind sentinels, the old primary may only know that its replicas are gone.
      reconnectOnError: (error) => {
        const isOld = isOfReplica(error.message) || (server.sentinel && isOfLonePrimary(error.message));
        if (!isOld) return false;
        this.#lastError = error;
        return true;
      },
      retryStrategy: () => this.#retryInMs(onDown),
    });
    this.client.readScripts = scripts ?? null;
    this.client.onOutOfStep = (reason) => this.discard(reason);
    this.client.on("error", (error) => {
      this.#lastError = error;
      // After any error, the next reply may belong to another command.
      if (this.client.status === "ready") this.discard(error);
    });
    this.client.on("ready", () => {
      this.#lastError = null;
      this.#wasReady = true;
      this.#readyAtMs = monotonicMs();
      watchReplies(this, { replyTimeoutMs, echoIntervalMs: server.echoIntervalMs ?? ECHO_INTERVAL_MS });
      onUp?.();
    });
  }

  /**
   * Reports a failed attempt, or a loss.
   *
   * @param {ConnectionOptions["onDown"]} onDown
   * @returns {number | null} the pause before the next attempt, null for none
   */
  #retryInMs(onDown) {
    if (this.#closed) return null;
    if (this.refusal !== null && this.#endsWhenRefused) return null;
    const isLoss = this.#readyAtMs !== null;
    const error = this.#lastError ?? new Error("connection closed");
    const retryInMs = this.#nextPauseMs();
    // A cut connection does not show the reason; the next attempt does.
    if (!isLoss || !isCut(error)) onDown?.(error, retryInMs);
    return retryInMs;
  }

  /** @returns {import("./dialer.js").Handle | undefined} of the connection, or of the attempt to open it */
  get socket() {
    return this.#dialer.dialing ?? this.client.socket;
  }

  /**
   * @returns {ConnectionRefused | null} why the server has permanently refused the first connection: a wrong password, database
   *   or certificate. After a first success, a refusal counts as an outage that may pass
   */
  get refusal() {
    const error = this.#lastError;
    return error instanceof ConnectionRefused && !error.isTemporary && !this.#wasReady ? this.#refused(error) : null;
  }

  /** @returns {string | null} why the connection is down, as far as it is known */
  get outage() {
    return this.#lastError && describe(this.#lastError);
  }

  /** @returns {readonly string[]} the optional steps of the last handshake that the server refused */
  get warnings() {
    return this.#dialer.warnings;
  }

  /**
   * Connects if needed, and waits until commands can be sent.
   *
   * @param {number} [timeoutMs] default: as long as it takes
   * @returns {Promise<void>}
   * @throws {OperationalError} after the timeout, once the connection is closed, or when the server refuses and the
   *   connection ends with that; the next call tries again
   */
  async ready(timeoutMs = Number.POSITIVE_INFINITY) {
    if (this.client.isReady) return;
    if (this.client.status === "wait" || (this.client.status === "end" && !this.#closed)) {
      this.client.connect().catch(() => {});
    }
    await new Promise((resolve, reject) => {
      const timer = timeoutMs < 2 ** 31 ? setTimeout(() => settle(this.#unreachable(timeoutMs)), timeoutMs) : undefined;
      const settle = (/** @type {Error | null} */ error) => {
        clearTimeout(timer);
        this.client.off("ready", onReady).off("end", onEnd);
        if (error) reject(error);
        else resolve(undefined);
      };
      const onReady = () => settle(null);
      const onEnd = () =>
        settle((!this.#closed && this.refusal) || new OperationalError(`connection to ${this.display} is closed`));
      this.client.once("ready", onReady).once("end", onEnd);
      if (this.#closed) onEnd();
    });
  }

  /** Closes the connection once what was sent is answered or 200 ms have passed; it is opened again. */
  reconnect() {
    if (!this.#closed) this.client.disconnect(true);
  }

  /**
   * Throws the connection away at once, with every command that is not answered yet; it is opened again.
   *
   * @param {Error} reason
   */
  discard(reason) {
    this.#lastError = reason;
    this.client.socket?.destroy(reason);
  }

  /**
   * @returns {Promise<void>} once the server has answered a question asked after this call
   * @throws {OperationalError} once the connection is closed
   */
  async answers() {
    for (;;) {
      await this.ready();
      try {
        return await this.client.prove();
      } catch (error) {
        if (isReplyError(error)) return; // a refusal is an answer
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS).unref());
      }
    }
  }

  /** Closes the connection for good. Commands still in flight are rejected. */
  close() {
    this.#closed = true;
    const isPausing = this.client.status === "reconnecting";
    this.client.disconnect();
    // In the pause before its next attempt, ioredis ends without an event, and callers of `ready` would wait forever.
    if (isPausing) this.client.emit("end");
  }

  #nextPauseMs() {
    const wasSteady = this.#readyAtMs !== null && monotonicMs() - this.#readyAtMs >= STEADY_MS;
    this.#readyAtMs = null;
    this.#failures = wasSteady ? 1 : this.#failures + 1;
    if (/^(PING: )?LOADING\b/.test(this.outage ?? "")) return LOADING_CHECK_MS;
    const pauseMs = Math.min(RECONNECT_MIN_MS * 2 ** Math.min(this.#failures - 1, 10), RECONNECT_MAX_MS);
    // Random, so that not all clients meet a returning server at once.
    return pauseMs * (0.5 + Math.random() / 2);
  }

  /** @param {ConnectionRefused} error */
  #refused(error) {
    return new ConnectionRefused(`${this.display} refuses the connection: ${error.message}`, {
      cause: error,
      isTemporary: false,
    });
  }

  /** @param {number} timeoutMs */
  #unreachable(timeoutMs) {
    const error = new OperationalError(
      `cannot reach ${this.display} within ${timeoutMs / 1000} s: ${this.outage ?? "no answer"}`,
      { cause: this.#lastError ?? undefined },
    );
    error.isTemporary = true;
    return error;
  }
}

/**
 * A constructor that returns an existing object: ioredis creates its connector itself, but the connection needs it too.
 *
 * @param {Dialer} dialer
 */
function connectorOf(dialer) {
  function connector() {
    return dialer;
  }
  return /** @type {new () => Dialer} */ (/** @type {unknown} */ (connector));
}

/** @param {Error} error */
const isCut = (error) => /^connection closed$|ECONNRESET|EPIPE/.test(describe(error));

/**
 * @param {ConnectionOptions} options
 * @returns {number} the shorter one of the caller's and the URL's; 0 if the connection blocks
 */
function replyTimeoutOf({ replyTimeoutMs, address }) {
  if (replyTimeoutMs === 0) return 0;
  const usual = address.sentinel ? SENTINEL_REPLY_TIMEOUT_MS : REPLY_TIMEOUT_MS;
  return Math.min(replyTimeoutMs ?? address.replyTimeoutMs ?? usual, address.replyTimeoutMs ?? Infinity);
}
