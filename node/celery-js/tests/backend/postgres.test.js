/** What the PostgreSQL result store writes and reads, against a real server. */
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { createBackend } from "../../src/backend/backend.js";
import { encodeMeta } from "../../src/protocol/result-encoder.js";
import { resolveSettings } from "../../src/settings.js";
import { startPostgres, WITHOUT_POSTGRES } from "../support/postgres.js";
import { freePort } from "../support/server.js";
import { waitUntil } from "../support/wait.js";

/**
 * @param {string} taskId
 * @param {string} status
 * @param {unknown} result
 */
const meta = (taskId, status, result) => encodeMeta({ taskId, status, result });

describe("the PostgreSQL result store", { skip: WITHOUT_POSTGRES }, () => {
  /** @type {import("../support/postgres.js").TestPostgres} */
  let server;
  /** @type {import("../../src/backend/postgres/store.js").PostgresResultStore} */
  let store;

  /** @param {import("../../src/settings.js").GivenSettings} [given] */
  const open = (given = {}) =>
    /** @type {typeof store} */ (createBackend(resolveSettings({ resultBackend: server.url, ...given })));
  const rows = () => server.sql("SELECT task_id, status FROM celery_taskmeta ORDER BY task_id");
  const listeners = async () =>
    (await server.sql("SELECT 1 FROM pg_stat_activity WHERE application_name LIKE '%-waiting'")).length;

  before(async () => {
    server = await startPostgres();
  });
  beforeEach(async () => {
    await server.sql(
      "DROP TABLE IF EXISTS celery_taskmeta, celery_tasksetmeta; DROP SEQUENCE IF EXISTS task_id_sequence",
    );
    store = open();
  });
  afterEach(() => store.close());
  after(() => server.stop());

  test("a result is stored in Celery's columns", async () => {
    await store.storeText("id1", meta("id1", "SUCCESS", { a: 1 }));

    const [row] = await server.sql(
      "SELECT id, task_id, status, convert_from(result, 'UTF8') AS result, date_done, traceback, children FROM celery_taskmeta",
    );
    const { date_done: dateDone, ...others } = row;
    assert.deepEqual(others, {
      ...{ id: 1, task_id: "id1", status: "SUCCESS", result: '{"a": 1}', traceback: null, children: null },
    });
    assert.ok(dateDone instanceof Date);
    assert.deepEqual((await store.get("id1"))?.result, { a: 1 });
    assert.equal(await store.get("other"), null);
  });

  test("times are in UTC whatever the server's zone is", async () => {
    const dateDone = "2026-03-29T01:30:00.250000+00:00";

    await store.storeText("id1", encodeMeta({ taskId: "id1", status: "SUCCESS", result: 1, dateDone }));

    const [{ text }] = await server.sql("SELECT date_done::text AS text FROM celery_taskmeta");
    assert.equal(text, "2026-03-29 01:30:00.25");
    assert.equal((await store.get("id1"))?.dateDone, dateDone);
  });

  test("a stored SUCCESS is never overwritten, any other state is", async () => {
    for (const [state, value] of /** @type {const} */ ([
      ["STARTED", null],
      ["FAILURE", new Error("no")],
      ["SUCCESS", 1],
      ["FAILURE", new Error("late")],
      ["RETRY", null],
    ])) {
      await store.storeText("id1", meta("id1", state, value));
    }

    assert.deepEqual([(await store.get("id1"))?.status, (await store.get("id1"))?.result], ["SUCCESS", 1]);
    const [{ last_value: used }] = await server.sql("SELECT last_value FROM task_id_sequence");
    assert.equal(Number(used), 1, "only a new row uses a number of the sequence");
  });

  test("states that are stored at once keep their order", async () => {
    const states = ["STARTED", "PROGRESS", "RETRY", "FAILURE"];

    await Promise.all(states.map((state) => store.storeText("id1", meta("id1", state, null))));

    assert.deepEqual(await rows(), [{ task_id: "id1", status: "FAILURE" }]);
  });

  test("a thousand results are stored together", async () => {
    const ids = Array.from({ length: 1_000 }, (_, i) => `id${i}`);

    await Promise.all(ids.map((id) => store.storeText(id, meta(id, "SUCCESS", id))));

    assert.equal((await rows()).length, 1_000);
    const found = await Promise.all(ids.map((id) => store.get(id)));
    assert.deepEqual(
      found.map((each) => each?.result),
      ids,
    );
  });

  test("a result that cannot be stored fails alone", async () => {
    const outcomes = await Promise.allSettled([
      store.storeText("id1", meta("id1", "SUCCESS", 1)),
      store.storeText("i".repeat(156), meta("i", "SUCCESS", 1)),
      store.storeText("zero\0id", meta("z", "SUCCESS", 1)),
      store.storeText("id2", meta("id2", "SUCCESS", 2)),
    ]);

    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.scope : "stored")),
      ["stored", "item", "item", "stored"],
    );
    assert.equal((await rows()).length, 2);
  });

  test("an error and its traceback come back", async () => {
    const error = new RangeError("too far");
    await store.storeText("id1", encodeMeta({ taskId: "id1", status: "FAILURE", result: error, traceback: "line 1" }));

    const found = await store.get("id1");
    assert.equal(String(found?.result), "RangeError: too far");
    assert.equal(found?.traceback, "line 1");
  });

  test("a table without children and stamps is used as it is", async () => {
    await store.ready();
    await server.sql("ALTER TABLE celery_taskmeta DROP COLUMN children, DROP COLUMN stamps, DROP COLUMN queue");
    const older = open();

    await older.storeText("id1", meta("id1", "SUCCESS", 5));

    assert.equal((await older.get("id1"))?.result, 5);
    await older.close();
  });

  test("the tables are made once when many start at the same time", async () => {
    const stores = Array.from({ length: 8 }, () => open());

    await Promise.all(stores.map((each, i) => each.storeText(`id${i}`, meta(`id${i}`, "SUCCESS", i))));

    assert.equal((await rows()).length, 8);
    await Promise.all(stores.map((each) => each.close()));
  });

  test("tables that are dropped meanwhile are made again", async () => {
    await store.storeText("id1", meta("id1", "SUCCESS", 1));
    await server.sql("DROP TABLE celery_taskmeta");

    await store.storeText("id2", meta("id2", "SUCCESS", 2));

    assert.deepEqual(await rows(), [{ task_id: "id2", status: "SUCCESS" }]);
  });

  test("tables have the names and schemas of the settings", async () => {
    await server.sql('CREATE SCHEMA IF NOT EXISTS "my jobs"');
    const named = open({
      databaseTableNames: { task: 'ta"sks; --', group: "groups" },
      databaseTableSchemas: { task: "my jobs", group: "my jobs" },
    });

    const waiting = named.wait("id1", { timeoutMs: 5_000 });
    await named.storeText("id1", meta("id1", "SUCCESS", 1));
    await named.saveGroup("g", [["g", null], []]);

    assert.equal((await waiting).result, 1);
    assert.deepEqual(await named.restoreGroup("g"), [["g", null], []]);
    const names = await server.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'my jobs' ORDER BY 1");
    assert.deepEqual(
      names.map(({ tablename }) => tablename),
      ["groups", 'ta"sks; --'],
    );
    await named.close();
  });

  test("a group is saved, read and deleted", async () => {
    const tuple = [["g1", null], [[["i1", null], null]]];
    await store.saveGroup("g1", tuple);
    await store.saveGroup("g1", tuple);

    assert.deepEqual(await store.restoreGroup("g1"), tuple);
    await store.deleteGroup("g1");
    assert.equal(await store.restoreGroup("g1"), null);
  });

  test("a forgotten result is gone", async () => {
    await store.storeText("id1", meta("id1", "SUCCESS", 5));

    await store.forget("id1");

    assert.equal(await store.get("id1"), null);
  });

  test("the cleanup deletes what has expired, and no more", async () => {
    const short = open({ resultExpires: 3_600 });
    const old = { dateDone: new Date(Date.now() - 7_200_000).toISOString() };
    const ids = Array.from({ length: 1_500 }, (_, i) => `old${i}`);
    const store1 = (/** @type {string} */ id, /** @type {object} */ more = {}) =>
      short.storeText(id, encodeMeta({ taskId: id, status: "SUCCESS", result: 1, ...more }));
    await Promise.all([...ids.map((id) => store1(id, old)), store1("new")]);
    await short.storeText("running", meta("running", "STARTED", null));

    await store.cleanUp();
    assert.equal((await rows()).length, 1_502, "a day has not passed");
    await short.cleanUp();

    assert.deepEqual(
      (await rows()).map(({ task_id: id }) => id),
      ["new", "running"],
    );
    await short.close();
  });

  test("a result that was stored before is found", async () => {
    await store.storeText("id1", meta("id1", "SUCCESS", 5));

    assert.equal((await store.wait("id1")).result, 5);
    assert.equal((await store.wait("id1", { timeoutMs: 0 })).result, 5);
  });

  test("a result wakes its waiter at once", async () => {
    const waiting = store.wait("id1");
    await waitUntil(async () => (await listeners()) === 1);
    await new Promise((resolve) => setTimeout(resolve, 3_000)); // by now it polls every two seconds

    const startedAtMs = performance.now();
    await store.storeText("id1", meta("id1", "SUCCESS", 5));
    await waiting;

    const tookMs = performance.now() - startedAtMs;
    assert.ok(tookMs < 1_000, `it took ${tookMs} ms`);
  });

  test("a result without a notification is found too", async () => {
    await store.ready();
    const waiting = store.wait("id1");
    await waitUntil(async () => (await listeners()) === 1);

    await server.sql(
      "INSERT INTO celery_taskmeta (id, task_id, status, result) VALUES (nextval('task_id_sequence'), 'id1', 'SUCCESS', '7')",
    );

    assert.equal((await waiting).result, 7);
  });

  test("each state is passed on once", async () => {
    /** @type {string[]} */
    const seen = [];
    const waiting = store.wait("id1", { onMessage: ({ status }) => seen.push(status) });

    await store.storeText("id1", meta("id1", "PROGRESS", { done: 1 }));
    await waitUntil(() => seen.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await store.storeText("id1", meta("id1", "SUCCESS", 5));
    await waiting;

    assert.deepEqual(seen, ["PROGRESS", "SUCCESS"]);
  });

  test("many waits share one connection, which ends with them", async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `id${i % 150}`);
    const waiting = Promise.all(ids.map((id) => store.wait(id)));
    await waitUntil(async () => (await listeners()) === 1);

    await Promise.all([...new Set(ids)].map((id) => store.storeText(id, meta(id, "SUCCESS", id))));

    assert.deepEqual(
      (await waiting).map(({ result }) => result),
      ids,
    );
    assert.equal(store.waiting, 0);
    await waitUntil(async () => (await listeners()) === 0);
  });

  test("a wait ends at its time, and by its signal", async () => {
    const abort = new AbortController();
    const aborted = store.wait("id1", { signal: abort.signal });
    const late = store.wait("id1", { timeoutMs: 50 });
    abort.abort(new Error("enough"));

    await assert.rejects(aborted, { message: "enough" });
    await assert.rejects(late, { name: "TimeoutError", message: /the state seen last is PENDING$/ });
    assert.equal(store.waiting, 0);
  });

  test("a wait survives a crash of the server", async () => {
    const waiting = store.wait("id1");
    await waitUntil(async () => (await listeners()) === 1);

    await server.kill();
    await server.start();
    await store.storeText("id1", meta("id1", "SUCCESS", 5));

    assert.equal((await waiting).result, 5);
  });

  test("a store waits for a server that restarts", async () => {
    await store.ready();
    await server.kill();

    const storing = store.storeText("id1", meta("id1", "SUCCESS", 5));
    await server.start();
    await storing;

    assert.equal((await store.get("id1"))?.result, 5);
  });

  test("a server that has become a replica is an outage", async () => {
    await server.sql("CREATE DATABASE replica");
    await server.sql("ALTER DATABASE replica SET default_transaction_read_only = on");
    const other = open({ taskPublishTimeout: 5, resultBackend: server.url.replace(/postgres$/, "replica") });

    await assert.rejects(other.storeText("id1", meta("id1", "SUCCESS", 5)), {
      isTemporary: true,
      message: /read-only/,
    });
    await other.close();
  });

  test("the pool is bounded", async () => {
    const small = open({ databasePoolSize: 2 });
    const ids = Array.from({ length: 60 }, (_, i) => `id${i}`);
    await Promise.all(ids.map((id) => Promise.all([small.storeText(id, meta(id, "SUCCESS", 1)), small.forget("x")])));

    const open2 = await server.sql("SELECT 1 FROM pg_stat_activity WHERE application_name = 'celery-js-results'");
    assert.ok(open2.length <= 2, `${open2.length} connections`);
    await small.close();
  });

  test("a wrong password is one clear line without it", async () => {
    const wrong = open({ resultBackend: server.url.replace(/:[^:@]*@/, ":wrong-one@") });

    await assert.rejects(wrong.ready(), (/** @type {any} */ error) => {
      assert.match(error.message, /^db\+postgresql:\/\/jobs:\*\*@.*password authentication failed for user "jobs"$/);
      return error.scope === "user" && !error.message.includes("wrong-one");
    });
    await wrong.close();
  });

  test("a database that is not there is named", async () => {
    const wrong = open({ resultBackend: server.url.replace(/postgres$/, "nowhere") });

    await assert.rejects(wrong.ready(), { name: "OperationalError", message: /database "nowhere" does not exist/ });
    await wrong.close();
  });

  test("a value that is not JSON is an error, not a result", async () => {
    await store.ready();
    await server.sql(
      "INSERT INTO celery_taskmeta (id, task_id, status, result) VALUES (1, 'id1', 'SUCCESS', '\\x8004')",
    );

    await assert.rejects(store.get("id1"), { name: "DecodeError" });
    await assert.rejects(store.wait("id1"), { name: "DecodeError" });
  });
});

test("a server that accepts connections and never answers fails in time", async (t) => {
  const silent = net.createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  t.after(() => silent.close());
  const { port } = /** @type {net.AddressInfo} */ (silent.address());
  const resultBackend = `db+postgresql://u:p@127.0.0.1:${port}/jobs`;
  const store = createBackend(resolveSettings({ resultBackend, taskPublishTimeout: 0.4 }));
  const startedAtMs = performance.now();

  await assert.rejects(store.storeText("id1", meta("id1", "SUCCESS", 1)), { isTemporary: true });

  const tookMs = performance.now() - startedAtMs;
  assert.ok(tookMs < 2_000, `it took ${tookMs} ms`);
  await store.close();
});

test("without a server, reading a result fails in time", async () => {
  const resultBackend = `db+postgresql://u:p@127.0.0.1:${await freePort()}/jobs`;
  const store = createBackend(resolveSettings({ resultBackend, taskPublishTimeout: 0.3 }));
  const error = { name: "OperationalError", message: /u:\*\*@.* within 0\.3 s: connect ECONNREFUSED/ };

  await assert.rejects(store.get("id1"), error);
  await assert.rejects(store.wait("id1"), error);
  await store.close();
});
