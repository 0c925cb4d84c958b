/**
 * Waiting for results: one connection for any number of waiters. Node workers, and Python workers with celery-reliable, notify
 * (`NOTIFY`) when they store a row. Stock Python workers do not, so each row is also polled, less and less often. One
 * query polls all rows that are due.
 *
 * Guarantee: a result reaches its listeners whether it was stored before, during or after the call, and whether it was announced
 * or not. Nothing is kept for a task without listeners.
 */
import { OperationalError } from "../../errors.js";
import { describe } from "../../transport/errors.js";
import { quoteIdentifier } from "./tables.js";

/** The pauses between two polls of a row: the first, the growth factor, the longest. */
const FIRST_PAUSE_MS = 50;
const GROWTH = 1.5;
const LONGEST_PAUSE_MS = 2_000;
/** Rows that are due within this time are read together. */
const TOGETHER_MS = 20;
/** How long a server that has answered before may be away (restart, failover) before waiters get an error. */
const OUTAGE_LIMIT_MS = 60_000;
const RECONNECT_MS = 500;
/** The pauses after a refusal, such as by a replica, which never lets anyone listen: the first, doubled up to the longest. */
const REFUSED_PAUSE_MS = 500;
const REFUSED_MAX_PAUSE_MS = 30_000;

/** @typedef {import("../waiting.js").MetaListener} MetaListener */
/** @typedef {{ listeners: Set<MetaListener>, pauseMs: number, longestMs: number, dueMs: number }} Waited */

export class Notifications {
  #database;
  #channel;
  #read;
  /** @type {Map<string, Waited>} */
  #waited = new Map();
  /** @type {import("pg").Client | null} */
  #client = null;
  /** Logged in, but not listening yet. @type {import("pg").Client | null} */
  #newClient = null;
  #isConnecting = false;
  #refusals = 0;
  /** No connection is opened before. */
  #connectAtMs = 0;
  #isReading = false;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  /** When the server was last there, or waiting began. */
  #answeredAtMs = 0;
  #wasUp = false;

  /**
   * @param {object} options
   * @param {import("./database.js").Database} options.database
   * @param {string} options.channel
   * @param {(taskIds: string[]) => Promise<Map<string, import("../../protocol/result-meta.js").ResultMeta | Error>>} options.read
   *   what is stored
   */
  constructor({ database, channel, read }) {
    this.#database = database;
    this.#channel = channel;
    this.#read = read;
  }

  /** @returns {number} how many results are waited for */
  get size() {
    return this.#waited.size;
  }

  /**
   * @param {string} taskId
   * @param {MetaListener} listener
   * @param {number} [intervalMs] between two polls; default: ever longer pauses
   * @returns {() => void} ends it; may be called again
   */
  listen(taskId, listener, intervalMs) {
    if (this.#waited.size === 0) this.#answeredAtMs = performance.now();
    const pauseMs = intervalMs === undefined ? FIRST_PAUSE_MS : Math.max(intervalMs, TOGETHER_MS);
    const longestMs = intervalMs === undefined ? LONGEST_PAUSE_MS : pauseMs;
    const waited = this.#waited.get(taskId) ?? { listeners: new Set(), pauseMs, longestMs, dueMs: 0 };
    waited.longestMs = Math.min(waited.longestMs, longestMs);
    waited.listeners.add(listener);
    waited.dueMs = performance.now();
    this.#waited.set(taskId, waited);
    void this.#connect();
    this.#schedule();
    return () => {
      if (!waited.listeners.delete(listener) || waited.listeners.size > 0) return;
      if (this.#waited.get(taskId) === waited) this.#waited.delete(taskId);
      if (this.#waited.size === 0) setImmediate(() => this.#rest());
    };
  }

  /** Closes the connection for good; remaining listeners get an error. */
  close() {
    this.#failAll(new OperationalError(`connection to ${this.#database.display} is closed`));
    this.#rest();
  }

  #rest() {
    if (this.#waited.size > 0) return;
    clearTimeout(this.#timer);
    for (const client of [this.#client, this.#newClient]) if (client !== null) end(client);
    this.#client = null;
    this.#newClient = null;
  }

  /** Results arrive sooner with it; polling finds each of them without it. */
  async #connect() {
    if (this.#client !== null || this.#isConnecting || performance.now() < this.#connectAtMs) return;
    this.#isConnecting = true;
    try {
      const client = await this.#database.connect();
      this.#newClient = client;
      if (this.#waited.size > 0) await this.#listenOn(client);
    } catch (error) {
      // A later poll tries again; after a refusal of the server (`severity`), such as a replica's, less and less often.
      const isRefused = this.#newClient !== null && "severity" in Object(error);
      if (this.#newClient !== null) end(this.#newClient);
      this.#newClient = null;
      const pauseMs = Math.min(REFUSED_PAUSE_MS * 2 ** this.#refusals, REFUSED_MAX_PAUSE_MS);
      if (isRefused) this.#refusals += 1;
      this.#connectAtMs = performance.now() + pauseMs;
    }
    this.#isConnecting = false;
    if (this.#waited.size === 0) this.#rest();
  }

  /**
   * @param {import("pg").Client} client
   * @throws {Error} when the server refuses, or does not answer in time
   */
  async #listenOn(client) {
    client.on("notification", ({ payload }) => this.#pollNow(payload ?? ""));
    client.once("end", () => {
      if (this.#client === client) this.#client = null;
    });
    const text = `LISTEN ${quoteIdentifier(this.#channel)}`;
    await client.query(/** @type {import("pg").QueryConfig} */ ({ text, query_timeout: this.#database.timeoutMs }));
    this.#refusals = 0;
    this.#newClient = null;
    this.#client = client;
    // Results that were stored before it listened.
    for (const waited of this.#waited.values()) waited.dueMs = performance.now();
    this.#schedule();
  }

  /** @param {string} taskId whose row has changed */
  #pollNow(taskId) {
    const waited = this.#waited.get(taskId);
    if (waited === undefined) return;
    waited.dueMs = performance.now();
    this.#schedule();
  }

  #schedule() {
    clearTimeout(this.#timer);
    if (this.#waited.size === 0 || this.#isReading) return;
    let dueMs = Number.POSITIVE_INFINITY;
    for (const waited of this.#waited.values()) dueMs = Math.min(dueMs, waited.dueMs);
    this.#timer = setTimeout(() => void this.#readDue(), Math.max(0, dueMs - performance.now()));
  }

  async #readDue() {
    const untilMs = performance.now() + TOGETHER_MS;
    const due = [...this.#waited].filter(([, { dueMs }]) => dueMs <= untilMs);
    for (const [, waited] of due) {
      waited.dueMs = performance.now() + waited.pauseMs;
      waited.pauseMs = Math.min(waited.pauseMs * GROWTH, waited.longestMs);
    }
    this.#isReading = true;
    try {
      const found = await this.#read(due.map(([taskId]) => taskId));
      this.#answeredAtMs = performance.now();
      this.#wasUp = true;
      for (const [taskId, { listeners }] of due) offer(found.get(taskId) ?? null, listeners);
    } catch (thrown) {
      this.#onFailedRead(/** @type {Error} */ (thrown));
    }
    this.#isReading = false;
    if (this.#waited.size > 0) void this.#connect();
    this.#schedule();
  }

  /** @param {Error} error */
  #onFailedRead(error) {
    const limitMs = this.#wasUp ? OUTAGE_LIMIT_MS : 0;
    const isPassing = error instanceof OperationalError && error.isTemporary;
    if (isPassing && performance.now() - this.#answeredAtMs < limitMs) {
      for (const waited of this.#waited.values()) waited.dueMs = performance.now() + RECONNECT_MS;
      return;
    }
    this.#failAll(error instanceof Error ? error : new OperationalError(describe(error)));
  }

  /** @param {Error} error */
  #failAll(error) {
    for (const { listeners } of [...this.#waited.values()]) for (const { onError } of [...listeners]) onError(error);
  }
}

/** @param {import("pg").Client} client does not keep the process alive while a silent server closes nothing */
function end(client) {
  // Its types lack it.
  /** @type {{ unref(): void }} */ (/** @type {unknown} */ (client)).unref();
  client.end().catch(() => {});
}

/**
 * @param {import("../../protocol/result-meta.js").ResultMeta | Error | null} found
 * @param {Set<MetaListener>} listeners
 */
function offer(found, listeners) {
  for (const { onMeta, onError } of [...listeners]) {
    if (found instanceof Error) onError(found);
    else onMeta(found);
  }
}
