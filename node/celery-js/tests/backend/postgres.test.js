/** What the PostgreSQL result store writes and reads, against a real server. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeMeta } from "../../src/protocol/result-encoder.js";
import { WITHOUT_POSTGRES } from "../support/postgres.js";
import { meta, PostgresFixture } from "../support/postgres-store.js";

describe("the PostgreSQL result store", { skip: WITHOUT_POSTGRES }, () => {
  const given = new PostgresFixture();

  test("a result is stored in Celery's columns", async () => {
    await given.store.storeText("id1", meta("id1", "SUCCESS", { a: 1 }));

    const [row] = await given.server.sql(
      "SELECT id, task_id, status, convert_from(result, 'UTF8') AS result, date_done, traceback, children FROM celery_taskmeta",
    );
    const { date_done: dateDone, ...others } = row;
    assert.deepEqual(others, {
      ...{ id: 1, task_id: "id1", status: "SUCCESS", result: '{"a": 1}', traceback: null, children: null },
    });
    assert.ok(dateDone instanceof Date);
    assert.deepEqual((await given.store.get("id1"))?.result, { a: 1 });
    assert.equal(await given.store.get("other"), null);
  });

  test("times are in UTC whatever the server's zone is", async () => {
    const dateDone = "2026-03-29T01:30:00.250000+00:00";

    await given.store.storeText("id1", encodeMeta({ taskId: "id1", status: "SUCCESS", result: 1, dateDone }));

    const [{ text }] = await given.server.sql("SELECT date_done::text AS text FROM celery_taskmeta");
    assert.equal(text, "2026-03-29 01:30:00.25");
    assert.equal((await given.store.get("id1"))?.dateDone, dateDone);
  });

  test("a stored SUCCESS is never overwritten, any other state is", async () => {
    for (const [state, value] of /** @type {const} */ ([
      ["STARTED", null],
      ["FAILURE", new Error("no")],
      ["SUCCESS", 1],
      ["FAILURE", new Error("late")],
      ["RETRY", null],
    ])) {
      await given.store.storeText("id1", meta("id1", state, value));
    }

    assert.deepEqual([(await given.store.get("id1"))?.status, (await given.store.get("id1"))?.result], ["SUCCESS", 1]);
    const [{ last_value: used }] = await given.server.sql("SELECT last_value FROM task_id_sequence");
    assert.equal(Number(used), 1, "only a new row uses a number of the sequence");
  });

  test("a RETRY that comes late overwrites no end", async () => {
    for (const [id, end] of [
      ["id1", "FAILURE"],
      ["id2", "REVOKED"],
    ]) {
      for (const state of ["RETRY", end, "RETRY"]) await given.store.storeText(id, meta(id, state, null));
      assert.equal((await given.store.get(id))?.status, end);
      await given.store.storeText(id, meta(id, "SUCCESS", 1));
      assert.equal((await given.store.get(id))?.status, "SUCCESS");
    }
  });

  test("states that are stored at once keep their order", async () => {
    const states = ["STARTED", "PROGRESS", "RETRY", "FAILURE"];

    await Promise.all(states.map((state) => given.store.storeText("id1", meta("id1", state, null))));

    assert.deepEqual(await given.rows(), [{ task_id: "id1", status: "FAILURE" }]);
  });

  test("a thousand results are stored together", async () => {
    const ids = Array.from({ length: 1_000 }, (_, i) => `id${i}`);

    await Promise.all(ids.map((id) => given.store.storeText(id, meta(id, "SUCCESS", id))));

    assert.equal((await given.rows()).length, 1_000);
    const found = await Promise.all(ids.map((id) => given.store.get(id)));
    assert.deepEqual(
      found.map((each) => each?.result),
      ids,
    );
  });

  test("a result that cannot be stored fails alone", async () => {
    const outcomes = await Promise.allSettled([
      given.store.storeText("id1", meta("id1", "SUCCESS", 1)),
      given.store.storeText("i".repeat(156), meta("i", "SUCCESS", 1)),
      given.store.storeText("zero\0id", meta("z", "SUCCESS", 1)),
      given.store.storeText("id2", meta("id2", "SUCCESS", 2)),
    ]);

    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.scope : "stored")),
      ["stored", "item", "item", "stored"],
    );
    assert.equal((await given.rows()).length, 2);
  });

  test("an error and its traceback come back", async () => {
    const error = new RangeError("too far");
    await given.store.storeText(
      "id1",
      encodeMeta({ taskId: "id1", status: "FAILURE", result: error, traceback: "line 1" }),
    );

    const found = await given.store.get("id1");
    assert.equal(String(found?.result), "RangeError: too far");
    assert.equal(found?.traceback, "line 1");
  });

  test("a table without children and stamps is used as it is", async () => {
    await given.store.ready();
    await given.server.sql("ALTER TABLE celery_taskmeta DROP COLUMN children, DROP COLUMN stamps, DROP COLUMN queue");
    const older = given.open();

    await older.storeText("id1", meta("id1", "SUCCESS", 5));

    assert.equal((await older.get("id1"))?.result, 5);
    await older.close();
  });

  test("the tables are made once when many start at the same time", async () => {
    const stores = Array.from({ length: 8 }, () => given.open());

    await Promise.all(stores.map((each, i) => each.storeText(`id${i}`, meta(`id${i}`, "SUCCESS", i))));

    assert.equal((await given.rows()).length, 8);
    await Promise.all(stores.map((each) => each.close()));
  });

  test("tables that are dropped meanwhile are made again", async () => {
    await given.store.storeText("id1", meta("id1", "SUCCESS", 1));
    await given.server.sql("DROP TABLE celery_taskmeta");

    await given.store.storeText("id2", meta("id2", "SUCCESS", 2));

    assert.deepEqual(await given.rows(), [{ task_id: "id2", status: "SUCCESS" }]);
  });

  test("tables have the names and schemas of the settings", async () => {
    await given.server.sql('CREATE SCHEMA IF NOT EXISTS "my jobs"');
    const named = given.open({
      databaseTableNames: { task: 'ta"sks; --', group: "groups" },
      databaseTableSchemas: { task: "my jobs", group: "my jobs" },
    });

    const waiting = named.wait("id1", { timeoutMs: 5_000 });
    await named.storeText("id1", meta("id1", "SUCCESS", 1));
    await named.saveGroup("g", [["g", null], []]);

    assert.equal((await waiting).result, 1);
    assert.deepEqual(await named.restoreGroup("g"), [["g", null], []]);
    const names = await given.server.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'my jobs' ORDER BY 1");
    assert.deepEqual(
      names.map(({ tablename }) => tablename),
      ["groups", 'ta"sks; --'],
    );
    await named.close();
  });

  test("a group is saved, read and deleted", async () => {
    const tuple = [["g1", null], [[["i1", null], null]]];
    await given.store.saveGroup("g1", tuple);
    await given.store.saveGroup("g1", tuple);

    assert.deepEqual(await given.store.restoreGroup("g1"), tuple);
    await given.store.deleteGroup("g1");
    assert.equal(await given.store.restoreGroup("g1"), null);
  });

  test("a forgotten result is gone", async () => {
    await given.store.storeText("id1", meta("id1", "SUCCESS", 5));

    await given.store.forget("id1");

    assert.equal(await given.store.get("id1"), null);
  });

  test("the cleanup deletes what has expired, and no more", async () => {
    const short = given.open({ resultExpires: 3_600 });
    const old = { dateDone: new Date(Date.now() - 7_200_000).toISOString() };
    const ids = Array.from({ length: 1_500 }, (_, i) => `old${i}`);
    const store1 = (/** @type {string} */ id, /** @type {object} */ more = {}) =>
      short.storeText(id, encodeMeta({ taskId: id, status: "SUCCESS", result: 1, ...more }));
    await Promise.all([...ids.map((id) => store1(id, old)), store1("new")]);
    await short.storeText("running", meta("running", "STARTED", null));

    await given.store.cleanUp();
    assert.equal((await given.rows()).length, 1_502, "a day has not passed");
    await short.cleanUp();

    assert.deepEqual(
      (await given.rows()).map(({ task_id: id }) => id),
      ["new", "running"],
    );
    await short.close();
  });

  test("a value that is not JSON is an error, not a result", async () => {
    await given.store.ready();
    await given.server.sql(
      "INSERT INTO celery_taskmeta (id, task_id, status, result) VALUES (1, 'id1', 'SUCCESS', '\\x7b04')",
    );

    await assert.rejects(given.store.get("id1"), { name: "DecodeError" });
    await assert.rejects(given.store.wait("id1"), { name: "DecodeError" });
  });

  test("a pickle is an error that says so", async () => {
    const error = { name: "DecodeError", message: /^the stored result is a pickle, which only Python can read/ };
    await given.store.ready();
    await given.server.sql(
      "INSERT INTO celery_taskmeta (id, task_id, status, result) VALUES (1, 'id1', 'SUCCESS', '\\x80045d942e')",
    );
    await given.server.sql("INSERT INTO celery_tasksetmeta (id, taskset_id, result) VALUES (1, 'g1', '\\x80045d942e')");

    await assert.rejects(given.store.get("id1"), error);
    await assert.rejects(given.store.wait("id1"), error);
    await assert.rejects(given.store.restoreGroup("g1"), error);
  });
});
