/**
 * A bounded pool of connections. Guarantee: an operation ends within its time, with the answer or one clear error. Until then
 * it is repeated after a lost connection and after refusals that pass (a server that starts, stops or has become a replica), so
 * an operation whose answer was lost may be done twice.
 */
import { setTimeout as delay } from "node:timers/promises";
import { ImproperlyConfigured, OperationalError } from "../../errors.js";
import { isPassing, outage, translated } from "./errors.js";

/** @typedef {import("pg").PoolClient} Connection */

const REPEAT_PAUSE_MS = 100;
const REPEAT_MAX_PAUSE_MS = 1_000;
/** An unused connection is closed after this, and does not keep the process alive. */
const IDLE_MS = 10_000;
/** The slowest transfer of a large row that still counts as an answer: 1 MB a second. */
const MIN_BYTES_PER_MS = 1_000;
/** How often it looks whether a large answer still arrives. */
const CHECK_MS = 1_000;

export class Database {
  #options;
  /** @type {Promise<import("pg").Pool> | null} */
  #pool = null;
  #closed = false;

  /**
   * @param {object} options
   * @param {import("./url.js").PostgresAddress} options.address
   * @param {number} options.timeoutMs how long an operation may take, connecting and repeating included
   * @param {number} options.connectTimeoutMs
   * @param {number} options.poolSize most connections, besides the one that waits for results
   * @param {string} options.name shown by `pg_stat_activity`
   */
  constructor(options) {
    this.#options = options;
    this.display = options.address.display;
    this.timeoutMs = options.timeoutMs;
  }

  /**
   * @template T
   * @param {(connection: Connection) => Promise<T>} operation called once an attempt
   * @param {number} [bytes] how much the operation writes: large rows have more time
   * @returns {Promise<T>}
   * @throws {OperationalError} after `timeoutMs`, naming the server and the reason; at once for a permanent refusal
   * @throws {ImproperlyConfigured} when the package `pg` is missing
   */
  async run(operation, bytes = 0) {
    const endMs = performance.now() + this.timeoutMs + bytes / MIN_BYTES_PER_MS;
    /** @type {Error | null} */
    let failure = null;
    for (let pauseMs = REPEAT_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, REPEAT_MAX_PAUSE_MS)) {
      if (this.#closed) throw new OperationalError(`connection to ${this.display} is closed`);
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw outage(this.display, this.timeoutMs, failure);
      try {
        return await this.#attempt(operation, { leftMs, failure });
      } catch (error) {
        if (error instanceof OperationalError || error instanceof ImproperlyConfigured) throw error;
        failure = /** @type {Error} */ (error);
        if (!isPassing(failure)) throw translated(failure, this.display);
      }
      await delay(Math.max(0, Math.min(pauseMs * (0.5 + Math.random() / 2), endMs - performance.now())));
    }
  }

  /**
   * Opens a separate connection, for notifications.
   *
   * @returns {Promise<import("pg").Client>} connected
   * @throws {Error} of one attempt
   */
  async connect() {
    const { Client } = await loadDriver();
    const client = new Client(this.#connectionOptions(`${this.#options.name}-waiting`));
    client.on("error", () => {}); // `end` follows
    await client.connect();
    return client;
  }

  /** Closes the connections for good. */
  async close() {
    this.#closed = true;
    const pool = await this.#pool?.catch(() => null);
    await pool?.end().catch(() => {});
  }

  /**
   * @template T
   * @param {(connection: Connection) => Promise<T>} operation
   * @param {{ leftMs: number, failure: Error | null }} options `failure`: the error of the previous attempt
   * @returns {Promise<T>}
   * @throws {Error} after `leftMs`, unless the answer is just arriving: the previous failure, because this attempt may have been
   *   too short for one
   */
  async #attempt(operation, { leftMs, failure }) {
    this.#pool ??= this.#createPool();
    const connecting = (await this.#pool).connect();
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    /** @type {Connection | undefined} */
    let connection;
    let bytesRead = 0;
    const endMs = performance.now() + leftMs;
    /** @type {Promise<never>} */
    const expiry = new Promise((_, reject) => {
      const check = () => {
        const hasRead = bytesRead !== bytesReadBy(connection);
        bytesRead = bytesReadBy(connection);
        const restMs = endMs - performance.now();
        if (restMs <= 0 && !hasRead) reject(failure ?? new Error("no answer"));
        else timer = setTimeout(check, restMs > 0 ? Math.min(restMs, CHECK_MS) : CHECK_MS); // a large answer goes on
      };
      timer = setTimeout(check, Math.min(leftMs, CHECK_MS));
    });
    let isUsable = false;
    try {
      connection = await Promise.race([connecting, expiry]);
      bytesRead = bytesReadBy(connection);
      const answer = await Promise.race([operation(connection), expiry]);
      isUsable = true;
      return answer;
    } finally {
      clearTimeout(timer);
      // After any error: the server may no longer be the primary, or the query may still be running.
      connecting.then(
        (connection) => connection.release(!isUsable),
        () => {},
      );
    }
  }

  /** @returns {Promise<import("pg").Pool>} */
  async #createPool() {
    const { Pool } = await loadDriver();
    const pool = new Pool({
      ...this.#connectionOptions(this.#options.name),
      max: this.#options.poolSize,
      idleTimeoutMillis: IDLE_MS,
      allowExitOnIdle: true,
    });
    // The operation in progress fails too; an idle connection is replaced.
    pool.on("error", () => {});
    pool.on("connect", (client) => client.on("error", () => {}));
    return pool;
  }

  /** @param {string} name */
  #connectionOptions(name) {
    const { address, connectTimeoutMs, timeoutMs } = this.#options;
    const { host, port, database, username: user, password, tls } = address;
    return {
      host,
      port,
      database,
      user,
      password,
      ssl: tls ?? false,
      application_name: name,
      connectionTimeoutMillis: Math.min(address.connectTimeoutMs ?? connectTimeoutMs, timeoutMs),
      keepAlive: true,
    };
  }
}

/**
 * @param {Connection | undefined} connection
 * @returns {number} by its socket
 */
function bytesReadBy(connection) {
  const { connection: own } = /** @type {{ connection?: { stream?: import("node:net").Socket } }} */ (connection ?? {});
  return own?.stream?.bytesRead ?? 0;
}

/**
 * @returns {Promise<typeof import("pg")>}
 * @throws {ImproperlyConfigured} when it is not installed
 */
async function loadDriver() {
  try {
    return (await importInstalled("pg")).default;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new ImproperlyConfigured("a result backend db+postgresql:// needs the package pg: npm install pg@8", {
      cause: error,
    });
  }
}

/**
 * By a name that bundlers cannot see: they would miss a package that most users do not need.
 *
 * @param {string} name
 */
const importInstalled = (name) => import(/* webpackIgnore: true */ /* turbopackIgnore: true */ name);
