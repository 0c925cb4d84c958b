/** A PostgreSQL result store for the tests of a `describe`: one server, with empty tables for each test. */
import { after, afterEach, before, beforeEach } from "node:test";
import { createBackend } from "../../src/backend/backend.js";
import { encodeMeta } from "../../src/protocol/result-encoder.js";
import { resolveSettings } from "../../src/validation/resolve-settings.js";
import { startPostgres } from "./postgres.js";

/** @typedef {import("../../src/backend/postgres/store.js").PostgresResultStore} PostgresResultStore */

/** @param {string} taskId @param {string} status @param {unknown} result */
export const meta = (taskId, status, result) => encodeMeta({ taskId, status, result });

export class PostgresFixture {
  /** @type {import("./postgres.js").TestPostgres} */
  server = /** @type {any} */ (null);
  /** @type {PostgresResultStore} the test's own */
  store = /** @type {any} */ (null);

  /** Registers the hooks of the `describe` that it is made in. */
  constructor() {
    before(async () => {
      this.server = await startPostgres();
    });
    beforeEach(async () => {
      await this.server.sql(
        "DROP TABLE IF EXISTS celery_taskmeta, celery_tasksetmeta; DROP SEQUENCE IF EXISTS task_id_sequence",
      );
      this.store = this.open();
    });
    afterEach(() => this.store.close());
    after(() => this.server.stop());
  }

  /** Another store. @param {import("../../src/settings.js").GivenSettings} [settings] */
  open(settings = {}) {
    return /** @type {PostgresResultStore} */ (
      createBackend(resolveSettings({ resultBackend: this.server.url, ...settings }))
    );
  }

  /** The rows of results. */
  rows() {
    return this.server.sql("SELECT task_id, status FROM celery_taskmeta ORDER BY task_id");
  }

  /** @returns {Promise<number>} how many connections wait for results */
  async listeners() {
    return (await this.server.sql("SELECT 1 FROM pg_stat_activity WHERE application_name LIKE '%-waiting'")).length;
  }
}
