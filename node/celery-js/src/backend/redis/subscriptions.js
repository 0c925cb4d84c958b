/**
 * Waiting for results without polling: one pub/sub connection for any number of waiters. Celery publishes every result that
 * it stores, on a channel of the key's own name.
 *
 * Guarantee: a result reaches its listeners whether it was stored before, during or after the subscription, because a key
 * is read once its subscription is active, after every reconnect. Nothing is kept for a key without listeners.
 */
import { OperationalError } from "../../errors.js";
import { ClientConnection } from "../../transport/redis/client-connection.js";
import { ConnectionRefused } from "../../transport/redis/handshake.js";
import { isPassing, isReplyError } from "../../transport/redis/replies.js";

/** How often a connection with waiters is pinged. */
const PING_INTERVAL_MS = 10_000;
/** How long a server that has answered before may be away (restart, failover) before waiters get an error. */
const OUTAGE_LIMIT_MS = 60_000;
/** The pause after a refusal that passes, such as by a server that runs a long script. */
const REFUSED_PAUSE_MS = 250;
/** Most keys in one command, so that none keeps the server busy for long. */
const BATCH_KEYS = 1_000;
/**
 * Most results that are read at a time, one batch after the other. (Measured with 40,000 results of 10 kB awaited at once: the
 * process takes at most 350 MB. Read all at once, the server's answer did not come within the timeout.)
 */
const READ_KEYS = 100;

/**
 * @typedef {object} Listener
 * @property {(payload: Buffer | null) => void} onPayload called with what is stored, maybe several times; null: nothing yet
 * @property {(error: Error) => void} onError called when waiting makes no sense any more; the listener must then stop
 */

export class ResultSubscriptions {
  /** @type {Map<string, Set<Listener>>} */
  #listeners = new Map();
  /** Keys to subscribe to and to read at the end of this turn. @type {Set<string>} */
  #fresh = new Set();
  /** Keys to unsubscribe from at the end of this turn. @type {Set<string>} */
  #stale = new Set();
  /** @type {Set<string>} */
  #subscribed = new Set();
  /** The end of the last batch that is read. @type {Promise<void>} */
  #reading = Promise.resolve();
  #scheduled = false;
  #wasUp = false;
  #closed = false;
  /** @type {NodeJS.Timeout | undefined} */
  #pingTimer;
  /** @type {NodeJS.Timeout | undefined} */
  #outageTimer;
  /** When refusals that pass began. @type {number | null} */
  #refusedSinceMs = null;
  /** @type {NodeJS.Timeout | undefined} */
  #againTimer;
  #connection;
  #read;
  #timeoutMs;
  #pingIntervalMs;

  /**
   * @param {object} options
   * @param {import("../../transport/redis/url.js").RedisAddress} options.address
   * @param {string} options.name shown by `CLIENT LIST`
   * @param {number} options.timeoutMs how long the first connection may take
   * @param {number} [options.pingIntervalMs]
   * @param {(keys: string[]) => Promise<Array<Buffer | null>>} options.read what is stored under the keys
   */
  constructor({ address, name, timeoutMs, pingIntervalMs = PING_INTERVAL_MS, read }) {
    this.#read = read;
    this.#timeoutMs = timeoutMs;
    this.#pingIntervalMs = pingIntervalMs;
    this.#connection = new ClientConnection({
      address,
      name,
      timeoutMs,
      replyTimeoutMs: pingIntervalMs,
      onUp: () => this.#onUp(),
    });
    const { client } = this.#connection;
    // ioredis would also resubscribe to keys without listeners.
    client.on("messageBuffer", (key, payload) => this.#offer(key.toString(), payload));
    client.on("close", () => this.#onClose());
  }

  /** @returns {number} how many keys are waited for or still subscribed to */
  get size() {
    return Math.max(this.#listeners.size, this.#subscribed.size);
  }

  /**
   * @param {string} key
   * @param {Listener} listener
   * @returns {() => void} ends it; may be called again
   */
  listen(key, listener) {
    if (this.#listeners.size === 0) this.#wake();
    const listeners = this.#listeners.get(key) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(key, listeners);
    this.#fresh.add(key);
    this.#stale.delete(key);
    this.#schedule();
    return () => this.#drop(key, listener);
  }

  /** Closes the connection for good; remaining listeners get an error. */
  close() {
    this.#closed = true;
    this.#failAll(new OperationalError(`connection to ${this.#connection.display} is closed`));
    this.#connection.close();
  }

  /**
   * @param {string} key
   * @param {Listener} listener
   */
  #drop(key, listener) {
    const listeners = this.#listeners.get(key);
    if (!listeners?.delete(listener) || listeners.size > 0) return;
    this.#listeners.delete(key);
    this.#fresh.delete(key);
    if (this.#subscribed.has(key)) {
      this.#stale.add(key);
      this.#schedule();
    }
    if (this.#listeners.size === 0) this.#rest();
  }

  #wake() {
    this.#connection.hold();
    this.#pingTimer = setInterval(() => this.#ping(), this.#pingIntervalMs);
    if (this.#connection.client.isReady) return;
    this.#startOutage();
    this.#connection.ready().catch((error) => {
      if (this.#closed || error instanceof ConnectionRefused) this.#failAll(error);
    });
  }

  #rest() {
    clearInterval(this.#pingTimer);
    clearTimeout(this.#againTimer);
    this.#againTimer = undefined;
    this.#refusedSinceMs = null;
    this.#endOutage();
    this.#connection.release();
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush() {
    // Without a connection nothing is subscribed; a new connection subscribes to everything again.
    if (!this.#connection.client.isReady) return;
    for (const keys of batches(this.#fresh)) void this.#subscribe(keys);
    for (const keys of batches(this.#stale)) {
      for (const key of keys) this.#subscribed.delete(key);
      this.#connection.client.unsubscribe(...keys).catch(() => {});
    }
  }

  /** @param {string[]} keys */
  async #subscribe(keys) {
    for (const key of keys) this.#subscribed.add(key);
    try {
      await this.#connection.client.subscribe(...keys);
      const reading = this.#reading.then(() => this.#offerStored(keys));
      this.#reading = reading.catch(() => {});
      await reading;
      this.#refusedSinceMs = null;
    } catch (cause) {
      const error = /** @type {Error} */ (cause);
      if (error instanceof OperationalError) this.#refused(keys, error, Boolean(error.isTemporary));
      else if (isReplyError(error)) {
        const known = new OperationalError(`${this.#connection.display}: ${error.message}`, { cause });
        this.#refused(keys, known, isPassing(error.message));
      }
      // Otherwise the connection was lost, and `#onUp` tries again.
    }
  }

  /**
   * @param {string[]} keys that could not be subscribed to, or read
   * @param {OperationalError} error
   * @param {boolean} mayPass they are then tried again, for as long as a server may be away
   */
  #refused(keys, error, mayPass) {
    const awaited = keys.filter((key) => this.#listeners.has(key));
    if (awaited.length === 0) return;
    const now = performance.now();
    this.#refusedSinceMs ??= now;
    if (!mayPass || now - this.#refusedSinceMs >= OUTAGE_LIMIT_MS) {
      this.#refusedSinceMs = null;
      return this.#fail(keys, error);
    }
    for (const key of awaited) this.#fresh.add(key);
    this.#againTimer ??= setTimeout(() => {
      this.#againTimer = undefined;
      this.#flush();
    }, REFUSED_PAUSE_MS);
  }

  /** @param {string[]} keys */
  async #offerStored(keys) {
    for (let from = 0; from < keys.length; from += READ_KEYS) {
      const awaited = keys.slice(from, from + READ_KEYS).filter((key) => this.#listeners.has(key));
      if (awaited.length === 0) continue;
      const payloads = await this.#read(awaited);
      for (const [i, payload] of payloads.entries()) this.#offer(awaited[i], payload);
    }
  }

  #ping() {
    if (this.#connection.client.isReady) this.#connection.client.ping().catch(() => {});
  }

  #onUp() {
    this.#wasUp = true;
    this.#endOutage();
    for (const key of this.#listeners.keys()) this.#fresh.add(key);
    this.#flush();
  }

  #onClose() {
    this.#subscribed.clear();
    this.#stale.clear();
    if (this.#listeners.size > 0 && this.#outageTimer === undefined) this.#startOutage();
  }

  #startOutage() {
    const limitMs = this.#wasUp ? OUTAGE_LIMIT_MS : this.#timeoutMs;
    this.#outageTimer = setTimeout(() => {
      const { display, outage } = this.#connection;
      this.#failAll(new OperationalError(`cannot reach ${display} within ${limitMs / 1000} s: ${outage}`));
    }, limitMs);
  }

  #endOutage() {
    clearTimeout(this.#outageTimer);
    this.#outageTimer = undefined;
  }

  /**
   * @param {string} key
   * @param {Buffer | null} payload
   */
  #offer(key, payload) {
    for (const { onPayload } of [...(this.#listeners.get(key) ?? [])]) onPayload(payload);
  }

  /** @param {Error} error */
  #failAll(error) {
    this.#fail([...this.#listeners.keys()], error);
  }

  /**
   * @param {string[]} keys
   * @param {Error} error
   */
  #fail(keys, error) {
    for (const key of keys) {
      for (const { onError } of [...(this.#listeners.get(key) ?? [])]) onError(error);
    }
  }
}

/**
 * Takes everything out of the set.
 *
 * @param {Set<string>} set
 * @returns {string[][]}
 */
function batches(set) {
  const keys = [...set];
  set.clear();
  const count = Math.ceil(keys.length / BATCH_KEYS);
  return Array.from({ length: count }, (_, i) => keys.slice(i * BATCH_KEYS, (i + 1) * BATCH_KEYS));
}
