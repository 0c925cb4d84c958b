/**
 * Celery's two tables (`celery.backends.database.models`), made by whichever process comes first, in either language. Names and
 * schemas come from `databaseTableNames` and `databaseTableSchemas`.
 */
import { codeOf, NO_TABLE } from "./errors.js";

/** @typedef {import("./database.js").Connection} Connection */

const EXTENDED = ["name", "args", "kwargs", "worker", "retries", "queue", "stamps"];
export const COLUMNS = ["status", "result", "date_done", "traceback", "children", ...EXTENDED];

/** Errors of two processes that create a table at the same time: it exists now, and the next attempt finds it. */
const RACES = ["23505", "42P07", "42710", "42P06", "40P01"];
const RACE_TRIES = 10;

/**
 * @typedef {object} TableSettings
 * @property {{ task?: string, group?: string } | null} names
 * @property {{ task?: string, group?: string } | null} schemas
 */

/** @param {string} name @returns {string} as an identifier of SQL, whatever is in it */
export const quoteIdentifier = (name) => `"${name.replaceAll('"', '""')}"`;

export class Tables {
  /** @type {Promise<string[]> | null} */
  #columns = null;
  #names;

  /** @param {TableSettings} settings */
  constructor({ names, schemas }) {
    const place = (/** @type {"task" | "group"} */ kind, /** @type {string} */ name) => {
      const schema = schemas?.[kind];
      return (schema ? `${quoteIdentifier(schema)}.` : "") + quoteIdentifier(name);
    };
    this.#names = { task: names?.task || "celery_taskmeta", group: names?.group || "celery_tasksetmeta" };
    this.tasks = place("task", this.#names.task);
    this.groups = place("group", this.#names.group);
    this.taskSequence = place("task", "task_id_sequence");
    this.groupSequence = place("group", "taskset_id_sequence");
    /** The `NOTIFY` channel of stored results, named after the table because other apps may use the database. */
    this.channel = `celery.${schemas?.task ?? ""}.${this.#names.task}`.slice(0, 60);
  }

  /**
   * Creates the tables if they are missing.
   *
   * @param {Connection} connection
   * @returns {Promise<string[]>} the columns of `COLUMNS` that the table of tasks has
   */
  async prepare(connection) {
    this.#columns ??= this.#prepare(connection).catch((error) => {
      this.#columns = null;
      throw error;
    });
    return this.#columns;
  }

  /**
   * @template T
   * @param {import("./database.js").Database} database
   * @param {(connection: Connection, columns: string[]) => Promise<T>} operation with the columns of `COLUMNS` that the table
   *   of tasks has
   * @param {number} [bytes] see `Database.run`
   * @returns {Promise<T>} once it has been done
   */
  run(database, operation, bytes) {
    return database.run(async (connection) => {
      try {
        return await operation(connection, await this.prepare(connection));
      } catch (error) {
        if (codeOf(error) !== NO_TABLE) throw error;
        // The tables were dropped meanwhile.
        this.#columns = null;
        return operation(connection, await this.prepare(connection));
      }
    }, bytes);
  }

  /**
   * @param {Connection} connection
   * @returns {Promise<string[]>}
   */
  async #prepare(connection) {
    for (let tries = 1; ; tries += 1) {
      const columns = await columnsOf(connection, this.tasks);
      const groupColumns = await columnsOf(connection, this.groups);
      if (columns.length > 0 && groupColumns.length > 0) return COLUMNS.filter((column) => columns.includes(column));
      try {
        await connection.query(this.#ddl().join(";\n"));
      } catch (error) {
        if (!RACES.includes(codeOf(error)) || tries === RACE_TRIES) throw error;
      }
    }
  }

  /** @returns {string[]} the same as SQLAlchemy writes for Celery's models */
  #ddl() {
    const index = (/** @type {string} */ table, /** @type {string} */ on) =>
      `CREATE INDEX IF NOT EXISTS ${quoteIdentifier(`ix_${table}_date_done`)} ON ${on} (date_done)`;
    return [
      `CREATE SEQUENCE IF NOT EXISTS ${this.taskSequence}`,
      `CREATE TABLE IF NOT EXISTS ${this.tasks} (id INTEGER NOT NULL, task_id VARCHAR(155), status VARCHAR(50), ` +
        "result BYTEA, date_done TIMESTAMP WITHOUT TIME ZONE, traceback TEXT, children BYTEA, name VARCHAR(155), " +
        "args BYTEA, kwargs BYTEA, worker VARCHAR(155), retries INTEGER, queue VARCHAR(155), stamps BYTEA, " +
        "PRIMARY KEY (id), UNIQUE (task_id))",
      index(this.#names.task, this.tasks),
      `CREATE SEQUENCE IF NOT EXISTS ${this.groupSequence}`,
      `CREATE TABLE IF NOT EXISTS ${this.groups} (id INTEGER NOT NULL, taskset_id VARCHAR(155), result BYTEA, ` +
        "date_done TIMESTAMP WITHOUT TIME ZONE, PRIMARY KEY (id), UNIQUE (taskset_id))",
      index(this.#names.group, this.groups),
    ];
  }
}

/**
 * @param {Connection} connection
 * @param {string} table quoted
 * @returns {Promise<string[]>} none where there is no such table
 */
async function columnsOf(connection, table) {
  const { rows } = await connection.query(
    "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
    [table],
  );
  return rows.map(({ attname }) => attname);
}
