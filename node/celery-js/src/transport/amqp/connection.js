/**
 * One connection to RabbitMQ that is opened again whenever it is lost, with a longer pause each time, at the next of its
 * servers. On each new connection `setUp` makes the link: the channels, queues and consumers that the user of the class needs.
 */
import { ImproperlyConfigured, OperationalError } from "../../errors.js";
import { describe } from "../errors.js";
import { dial } from "./driver.js";
import { isRefusedConnection, plain } from "./errors.js";
import { unlessSilent } from "./silence.js";

/** Pauses between attempts to connect. */
const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 3_000;
const CONNECT_TIMEOUT_MS = 4_000;

/**
 * @typedef {import("./driver.js").Model} Model
 */
/**
 * @template Link
 * @typedef {object} ConnectionOptions
 * @property {readonly import("./url.js").AmqpAddress[]} addresses
 * @property {string} name shown by `rabbitmqctl list_connections`
 * @property {number} heartbeatS both sides give up a connection that is silent for twice as long
 * @property {number} [connectTimeoutMs]
 * @property {(model: Model) => Promise<Link>} setUp
 * @property {boolean} [isLazy] opened only when needed, and keeps the process alive only while held
 * @property {() => boolean} [endsWhenRefused] whether a refused login or certificate closes it for good
 * @property {(error: Error, retryInMs: number) => void} [onDown]
 * @property {(link: Link) => void} [onUp]
 */

/** @template Link */
export class AmqpConnection {
  #options;
  #running = false;
  #isClosed = false;
  #attempts = 0;
  #holders = 0;
  #wake = () => {};
  /** Why it is refused for good. @type {Error | null} */
  #refusal = null;
  /** @type {Set<(error: Error | null) => void>} */
  #waiting = new Set();
  /** @type {Model | null} */
  #model = null;
  /** The result of `setUp` for the current connection; null: not connected. @type {Link | null} */
  link = null;
  /** Why it is not connected. */
  outage = "no answer";

  /** @param {ConnectionOptions<Link>} options */
  constructor(options) {
    this.#options = options;
    this.display = options.addresses.map(({ display }) => display).join(";");
  }

  /**
   * @param {number} [timeoutMs] default: as long as it takes
   * @returns {Promise<Link>}
   * @throws {OperationalError} when it is closed or refused; `isTemporary` when it is not there in time
   * @throws {ImproperlyConfigured} without the package amqplib
   */
  async ready(timeoutMs = 0) {
    if (this.#isClosed) throw new OperationalError(`connection to ${this.display} is closed`);
    if (this.link !== null) return this.link;
    if (this.#refusal !== null && !this.#options.isLazy) throw this.#refusal;
    if (!this.#running) void this.#run();
    await new Promise((resolve, reject) => {
      const done = (/** @type {Error | null} */ error) => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        if (error === null) resolve(undefined);
        else reject(error);
      };
      const timer = timeoutMs > 0 ? setTimeout(() => done(this.#late(timeoutMs)), timeoutMs) : undefined;
      this.#waiting.add(done);
    });
    return this.link ?? this.ready(timeoutMs);
  }

  /** Drops the connection, which is opened again. @param {string} why */
  reconnect(why) {
    this.#model?.connection.stream.destroy(new Error(why));
  }

  /** Keeps the process alive until `release` is called as often; for a lazy connection. */
  hold() {
    this.#holders += 1;
    this.#applyHold();
  }

  release() {
    this.#holders -= 1;
    this.#applyHold();
  }

  /** Ends it for good. @returns {Promise<void>} once the broker knows, or soon after */
  async close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#settle(new OperationalError(`connection to ${this.display} is closed`));
    this.#wake();
    const model = this.#model;
    if (model === null) return;
    const { stream } = model.connection;
    // An idle connection lets the process end, so keep the process alive until the broker has answered.
    stream.ref?.();
    if (stream.destroyed) return;
    const timer = setTimeout(() => stream.destroy(), 1_000);
    // amqplib waits for the broker's answer even after the stream has ended, which others may end, too.
    const ended = new Promise((resolve) => stream.once("close", resolve));
    await Promise.race([model.close().catch(() => {}), ended]);
    clearTimeout(timer);
  }

  async #run() {
    this.#running = true;
    let failures = 0;
    while (!this.#isClosed) {
      /** @type {Error} */
      let reason;
      try {
        reason = await this.#connectOnce(() => {
          failures = 0;
        });
      } catch (error) {
        reason = /** @type {Error} */ (error);
        this.#attempts += 1; // at the next server
      }
      if (this.#isClosed) break;
      this.outage = plain(describe(reason));
      if (isRefusedConnection(reason) && this.#options.endsWhenRefused?.()) {
        this.#refusal =
          reason instanceof ImproperlyConfigured
            ? reason
            : new OperationalError(`${this.display}: ${this.outage}`, { cause: reason });
        this.#settle(this.#refusal);
        break;
      }
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures, 10), LAST_PAUSE_MS) * (0.5 + Math.random() / 2);
      failures += 1;
      this.#options.onDown?.(new Error(this.outage), pauseMs);
      if (this.#options.isLazy && this.#waiting.size === 0) break;
      await this.#pause(pauseMs);
    }
    this.#running = false;
  }

  /**
   * @param {() => void} onUp
   * @returns {Promise<Error>} why it was lost; rejects when it cannot be opened
   */
  async #connectOnce(onUp) {
    const { addresses, name, heartbeatS, connectTimeoutMs = CONNECT_TIMEOUT_MS, setUp } = this.#options;
    const address = addresses[this.#attempts % addresses.length];
    const model = await dial(address, { name, heartbeatS, connectTimeoutMs });
    /** @type {Error | null} */
    let reason = null;
    model.on("error", (/** @type {Error} */ error) => {
      reason ??= error;
    });
    /** @type {Promise<Error>} */
    const lost = new Promise((resolve) => {
      model.once("close", (/** @type {Error | undefined} */ error) => {
        resolve(reason ?? error ?? new Error("the connection was closed"));
      });
    });
    this.#model = model;
    try {
      if (this.#isClosed) throw new Error("closed");
      const failed = lost.then((error) => Promise.reject(error));
      failed.catch(() => {});
      const link = setUp(model);
      // A connection with heartbeats notices a silent broker by itself.
      this.link = await Promise.race([heartbeatS > 0 ? link : unlessSilent(model, connectTimeoutMs, link), failed]);
      this.#applyHold();
      onUp();
      this.#options.onUp?.(this.link);
      this.#settle(null);
      return await lost;
    } catch (error) {
      model.connection.stream.destroy();
      throw error;
    } finally {
      this.link = null;
      this.#model = null;
    }
  }

  /** @param {Error | null} error */
  #settle(error) {
    for (const done of [...this.#waiting]) done(error);
  }

  /** @param {number} ms */
  async #pause(ms) {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, ms, undefined);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }

  /** @param {number} timeoutMs */
  #late(timeoutMs) {
    const error = new OperationalError(`cannot reach ${this.display} within ${timeoutMs / 1000} s: ${this.outage}`);
    error.isTemporary = true;
    return error;
  }

  #applyHold() {
    if (!this.#options.isLazy || this.#model === null) return;
    const { stream, heartbeater } = this.#model.connection;
    const how = this.#holders > 0 ? "ref" : "unref";
    stream[how]?.();
    heartbeater?.sendTimer?.[how]?.();
    heartbeater?.recvTimer?.[how]?.();
  }
}
