/**
 * Stores results in batches: while one batch is written, the next one gathers. So a busy worker writes many rows in a
 * transaction, and an idle one writes each row at once.
 *
 * Guarantee: a stored SUCCESS is never overwritten (`DatabaseBackend._store_result`), nor any other end by a RETRY, which Celery
 * stores after it has sent the retry. The waiting clients are notified in the transaction that stores a row. A row that the server
 * refuses fails alone.
 */
import { Refusal } from "../../transport/errors.js";
import { columnsOfMeta } from "./rows.js";

/** Limits of one statement, so that none keeps the server busy for long; PostgreSQL allows 65,535 parameters. */
const MAX_ROWS = 200;
const MAX_BYTES = 4 * 1024 * 1024;
/** The longest that PostgreSQL takes as one value is 1 GiB. */
const MAX_VALUE = 1_000_000_000;
const MAX_ID = 155;

/** @typedef {{ taskId: string, columns: import("./rows.js").Columns, size: number }} Row */
/** @typedef {{ row: Row, resolve: () => void, reject: (error: unknown) => void }} Waiting */

/** How a column's parameter becomes its value. @type {Record<string, string>} */
const CASTS = { date_done: "::timestamptz AT TIME ZONE 'UTC'", retries: "::integer", status: "::varchar" };
for (const name of ["result", "children", "args", "kwargs", "stamps"]) CASTS[name] = "::bytea";

export class Writer {
  #database;
  #tables;
  #maxInFlight;
  /** @type {Waiting[]} */
  #waiting = [];
  #inFlight = 0;
  /** The ids of the tasks in the batches in flight. @type {Set<string>} */
  #taskIds = new Set();
  #scheduled = false;

  /**
   * @param {import("./database.js").Database} database
   * @param {import("./tables.js").Tables} tables
   * @param {number} maxInFlight batches at a time
   */
  constructor(database, tables, maxInFlight) {
    this.#database = database;
    this.#tables = tables;
    this.#maxInFlight = maxInFlight;
  }

  /**
   * @param {string} taskId
   * @param {string} metaText
   * @returns {Promise<void>} once the row is there
   * @throws {OperationalError} a `Refusal` with the scope "item" for a row that can never be stored
   */
  async store(taskId, metaText) {
    if (taskId.length > MAX_ID) throw this.#refused(`a task's id has at most ${MAX_ID} characters`);
    if (metaText.length > MAX_VALUE) throw this.#refused("the result is larger than 1 GB");
    const row = { taskId, columns: columnsOfMeta(metaText), size: metaText.length };
    await /** @type {Promise<void>} */ (
      new Promise((resolve, reject) => {
        this.#waiting.push({ row, resolve, reject });
        this.#schedule();
      })
    );
  }

  #schedule() {
    if (this.#scheduled || this.#inFlight >= this.#maxInFlight) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      while (this.#inFlight < this.#maxInFlight) {
        const batch = takeBatch(this.#waiting, this.#taskIds);
        if (batch.length === 0) break;
        void this.#send(batch);
      }
    });
  }

  /** @param {Waiting[]} batch */
  async #send(batch) {
    this.#inFlight += 1;
    for (const { row } of batch) this.#taskIds.add(row.taskId);
    try {
      await this.#write(batch.map(({ row }) => row));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length === 1 || !(error instanceof Refusal && error.scope === "item")) {
        for (const { reject } of batch) reject(error);
      } else {
        for (const { row, resolve, reject } of batch) await this.#write([row]).then(resolve, reject);
      }
    }
    this.#inFlight -= 1;
    for (const { row } of batch) this.#taskIds.delete(row.taskId);
    if (this.#waiting.length > 0) this.#schedule();
  }

  /** @param {Row[]} rows of different tasks */
  async #write(rows) {
    const bytes = rows.reduce((sum, { size }) => sum + size, 0);
    await this.#tables.run(
      this.#database,
      (connection, columns) => connection.query(this.#statement(columns, rows)),
      bytes,
    );
  }

  /**
   * A number of the sequence is taken for new rows alone: the id is an INTEGER, and `ON CONFLICT` would use one for each state of
   * a task.
   *
   * @param {readonly string[]} columns that the table has
   * @param {Row[]} rows
   * @returns {{ text: string, values: unknown[] }}
   */
  #statement(columns, rows) {
    /** @type {unknown[]} */
    const values = [this.#tables.channel, this.#tables.taskSequence];
    const parameter = (/** @type {unknown} */ value, /** @type {string} */ cast) => `($${values.push(value)}${cast})`;
    const given = rows.map(({ taskId, columns: own }) => {
      const cells = columns.map((column) => parameter(own[column], CASTS[column] ?? "::text"));
      return `(${[parameter(taskId, "::varchar"), ...cells].join(", ")})`;
    });
    const { tasks } = this.#tables;
    const names = columns.join(", ");
    const assigned = (/** @type {string} */ from) =>
      columns.map((column) => `${column} = ${from}.${column}`).join(", ");
    const isOpen = (/** @type {string} */ from) =>
      "stored.status IS DISTINCT FROM 'SUCCESS' AND " +
      `(${from}.status <> 'RETRY' OR coalesce(stored.status, '') NOT IN ('FAILURE', 'REVOKED'))`;
    const text =
      `WITH given (task_id, ${names}) AS (VALUES ${given.join(", ")}), ` +
      `known AS (UPDATE ${tasks} AS stored SET ${assigned("given")} FROM given ` +
      `WHERE stored.task_id = given.task_id AND ${isOpen("given")}), ` +
      `new AS (INSERT INTO ${tasks} AS stored (id, task_id, ${names}) ` +
      "SELECT nextval($2::text::regclass), given.* FROM given " +
      `WHERE NOT EXISTS (SELECT FROM ${tasks} AS other WHERE other.task_id = given.task_id) ` +
      `ON CONFLICT (task_id) DO UPDATE SET ${assigned("EXCLUDED")} WHERE ${isOpen("EXCLUDED")}) ` +
      "SELECT pg_notify($1, task_id) FROM given";
    return { text, values };
  }

  /** @param {string} problem */
  #refused(problem) {
    return new Refusal(`${this.#database.display}: ${problem}`, { scope: "item" });
  }
}

/**
 * Takes a batch out of those that wait. A task's states are written in their order, one after the other.
 *
 * @param {Waiting[]} waiting
 * @param {ReadonlySet<string>} inFlight ids of the tasks that are being written
 * @returns {Waiting[]} in the order of their ids, so that two workers do not wait for each other
 */
function takeBatch(waiting, inFlight) {
  const taken = new Map();
  const left = [];
  let bytes = 0;
  for (const item of waiting) {
    const { taskId, size } = item.row;
    const isFull = taken.size === MAX_ROWS || (bytes + size > MAX_BYTES && taken.size > 0);
    if (isFull || taken.has(taskId) || inFlight.has(taskId)) left.push(item);
    else {
      taken.set(taskId, item);
      bytes += size;
    }
  }
  waiting.splice(0, waiting.length, ...left);
  return [...taken.values()].sort((a, b) => (a.row.taskId < b.row.taskId ? -1 : 1));
}
