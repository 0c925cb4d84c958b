/**
 * Results in PostgreSQL, in Celery's tables and in Celery's format (`celery.backends.database.DatabaseBackend`), so that clients
 * and workers of both languages read each other's.
 */
import { dumps, loads } from "../../protocol/json.js";
import { decodeMeta } from "../../protocol/result-meta.js";
import { readyNow, waitForReady } from "../waiting.js";
import { Database } from "./database.js";
import { Notifications } from "./notifications.js";
import { jsonOf, metaOfColumns } from "./rows.js";
import { Tables } from "./tables.js";
import { Writer } from "./writer.js";

/**
 * @typedef {import("../backend.js").ResultBackend} ResultBackend
 * @typedef {import("../../protocol/result-meta.js").ResultMeta} ResultMeta
 * @typedef {{ resolve: (meta: ResultMeta | null) => void, reject: (error: unknown) => void }} Reading
 */

/** Rows of one query, and rows that the cleanup deletes at a time, so that no query holds others up. */
const MAX_READ = 500;
const MAX_DELETED = 1_000;

/** @implements {ResultBackend} */
export class PostgresResultStore {
  #database;
  #tables;
  #writer;
  #notifications;
  #expires;
  /** Reads that begin in one turn of the event loop. @type {Map<string, Reading[]>} */
  #reading = new Map();

  /**
   * No counting, as in Celery's database backend: the task `celery.chord_unlock` polls the parts of a chord.
   *
   * @type {null}
   */
  chords = null;

  /**
   * @param {object} options
   * @param {import("./url.js").PostgresAddress} options.address
   * @param {number} options.timeoutMs how long an operation may take, connecting and repeating included
   * @param {number} options.connectTimeoutMs
   * @param {number} options.poolSize most connections, besides the one that waits for results
   * @param {number | null} options.expires seconds that `cleanUp` keeps results; 0 or null = forever
   * @param {import("./tables.js").TableSettings} options.tables
   * @param {string} [options.name] shown by `pg_stat_activity`
   */
  constructor({ tables, expires, poolSize, name = "celery-js-results", ...options }) {
    this.#expires = expires;
    this.#database = new Database({ ...options, poolSize, name });
    this.#tables = new Tables(tables);
    this.#writer = new Writer(this.#database, this.#tables, Math.max(1, poolSize - 1));
    this.#notifications = new Notifications({
      database: this.#database,
      channel: this.#tables.channel,
      read: (taskIds) => this.#readAll(taskIds),
    });
  }

  /** @returns {number} how many results are waited for */
  get waiting() {
    return this.#notifications.size;
  }

  /**
   * @returns {Promise<void>} once the server has accepted a connection, and has the tables
   * @throws {OperationalError} when it cannot be reached in time, or refuses
   * @throws {ImproperlyConfigured} when the package `pg` is missing
   */
  async ready() {
    await this.#database.run((connection) => this.#tables.prepare(connection));
  }

  /** @param {string} taskId @returns {string} */
  key(taskId) {
    return taskId;
  }

  /**
   * @param {string} taskId
   * @returns {Promise<ResultMeta | null>} null when nothing is stored
   * @throws {OperationalError} when the server cannot be reached in time
   * @throws {DecodeError} when what is stored is not a result
   */
  get(taskId) {
    return new Promise((resolve, reject) => {
      if (this.#reading.size === 0) setImmediate(() => void this.#readTogether());
      this.#reading.set(taskId, [...(this.#reading.get(taskId) ?? []), { resolve, reject }]);
    });
  }

  /** One query reads all results that were asked for in one turn, such as those of a group. */
  async #readTogether() {
    const reading = [...this.#reading];
    this.#reading.clear();
    try {
      const found = await this.#readAll(reading.map(([taskId]) => taskId));
      for (const [taskId, readers] of reading) {
        const meta = found.get(taskId) ?? null;
        for (const { resolve, reject } of readers) meta instanceof Error ? reject(meta) : resolve(meta);
      }
    } catch (error) {
      for (const [, readers] of reading) for (const { reject } of readers) reject(error);
    }
  }

  /**
   * @param {string[]} taskIds
   * @returns {Promise<Map<string, ResultMeta | Error>>} an error for what is not a result
   */
  async #readAll(taskIds) {
    /** @type {Map<string, ResultMeta | Error>} */
    const found = new Map();
    for (let from = 0; from < taskIds.length; from += MAX_READ) {
      for (const row of await this.#readRows(taskIds.slice(from, from + MAX_READ))) {
        found.set(String(row.task_id), decoded(row));
      }
    }
    return found;
  }

  /**
   * @param {string[]} taskIds
   * @returns {Promise<Record<string, unknown>[]>}
   */
  async #readRows(taskIds) {
    return this.#tables.run(this.#database, async (connection, columns) => {
      const names = columns.map((column) => (column === "date_done" ? DATE_DONE : column)).join(", ");
      const text = `SELECT task_id, ${names} FROM ${this.#tables.tasks} WHERE task_id = ANY($1::varchar[])`;
      const { rows } = await connection.query(text, [taskIds]);
      return rows;
    });
  }

  /**
   * @param {string} taskId
   * @param {import("../backend.js").WaitOptions} [options]
   * @returns {Promise<ResultMeta>} once it is ready
   * @throws {TimeoutError} when it is not there in time
   * @throws {OperationalError} when the server cannot be reached in time, or stays away for a minute
   */
  async wait(taskId, { timeoutMs = null, signal, onMessage, intervalMs } = {}) {
    signal?.throwIfAborted();
    if (timeoutMs !== null && timeoutMs <= 0) return readyNow(await this.get(taskId));
    const listen = (/** @type {import("../waiting.js").MetaListener} */ listener) =>
      this.#notifications.listen(taskId, listener, intervalMs);
    return waitForReady(listen, { timeoutMs, signal, onMessage: onMessage && onlyNew(onMessage) });
  }

  /**
   * Stores a result. A stored SUCCESS is never overwritten, nor another end by a RETRY.
   *
   * @param {string} taskId
   * @param {string} metaText as `encodeMeta` writes it
   * @returns {Promise<void>} once the row is there
   * @throws {OperationalError} when the server cannot be reached in time or refuses
   */
  async storeText(taskId, metaText) {
    await this.#writer.store(taskId, metaText);
  }

  /** @param {string} taskId @returns {Promise<void>} once nothing is stored any more */
  async forget(taskId) {
    await this.#tables.run(this.#database, (connection) =>
      connection.query(`DELETE FROM ${this.#tables.tasks} WHERE task_id = $1`, [taskId]),
    );
  }

  /**
   * @param {string} groupId
   * @param {unknown} tuple the group's result as `asTuple()`
   * @returns {Promise<void>}
   */
  async saveGroup(groupId, tuple) {
    const { groups, groupSequence } = this.#tables;
    const text =
      `INSERT INTO ${groups} (id, taskset_id, result, date_done) ` +
      "VALUES (nextval($1::text::regclass), $2, $3, now() AT TIME ZONE 'UTC') " +
      "ON CONFLICT (taskset_id) DO UPDATE SET result = EXCLUDED.result, date_done = EXCLUDED.date_done";
    const values = [groupSequence, groupId, Buffer.from(dumps(tuple))];
    await this.#tables.run(this.#database, (connection) => connection.query(text, values));
  }

  /** @param {string} groupId @returns {Promise<unknown>} what was saved; null for nothing */
  async restoreGroup(groupId) {
    const text = `SELECT result FROM ${this.#tables.groups} WHERE taskset_id = $1`;
    const { rows } = await this.#tables.run(this.#database, (connection) => connection.query(text, [groupId]));
    return rows[0]?.result ? loads(jsonOf(rows[0].result)) : null;
  }

  /** @param {string} groupId @returns {Promise<void>} */
  async deleteGroup(groupId) {
    const text = `DELETE FROM ${this.#tables.groups} WHERE taskset_id = $1`;
    await this.#tables.run(this.#database, (connection) => connection.query(text, [groupId]));
  }

  /**
   * Deletes expired results (`DatabaseBackend.cleanup`), in portions.
   *
   * @returns {Promise<void>}
   */
  async cleanUp() {
    if (!this.#expires) return;
    for (const table of [this.#tables.tasks, this.#tables.groups]) {
      const text =
        `DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} ` +
        "WHERE date_done < (now() AT TIME ZONE 'UTC') - make_interval(secs => $1) LIMIT $2)";
      for (let deleted = MAX_DELETED; deleted === MAX_DELETED; ) {
        const values = [this.#expires, MAX_DELETED];
        const { rowCount } = await this.#tables.run(this.#database, (connection) => connection.query(text, values));
        deleted = rowCount ?? 0;
      }
    }
  }

  /** Closes the connections for good and rejects pending waits. @returns {Promise<void>} */
  async close() {
    this.#notifications.close();
    await this.#database.close();
  }
}

/**
 * Drops repetitions: the same row may be read several times.
 *
 * @param {(meta: ResultMeta) => unknown} onMessage
 * @returns {(meta: ResultMeta) => unknown}
 */
function onlyNew(onMessage) {
  let last = "";
  return (meta) => {
    const text = dumps([meta.status, meta.dateDone, meta.raw.result ?? null]);
    if (text === last) return undefined;
    last = text;
    return onMessage(meta);
  };
}

/** The column has times in UTC, without their zone. */
const DATE_DONE = `to_char(date_done, 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') AS date_done`;

/**
 * @param {Record<string, unknown>} row
 * @returns {ResultMeta | Error}
 */
function decoded(row) {
  try {
    return decodeMeta(metaOfColumns(row));
  } catch (error) {
    return /** @type {Error} */ (error);
  }
}
