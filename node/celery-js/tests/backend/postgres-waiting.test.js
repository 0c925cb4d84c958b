/** Waiting for results in PostgreSQL, its connections and their outages, against a real server. */
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { describe, test } from "node:test";
import { createBackend } from "../../src/backend/backend.js";
import { resolveSettings } from "../../src/validation/resolve-settings.js";
import { WITHOUT_POSTGRES } from "../support/postgres.js";
import { meta, PostgresFixture } from "../support/postgres-store.js";
import { freePort } from "../support/server.js";
import { waitUntil } from "../support/wait.js";

describe("the PostgreSQL result store", { skip: WITHOUT_POSTGRES }, () => {
  const given = new PostgresFixture();

  test("a result that was stored before is found", async () => {
    await given.store.storeText("id1", meta("id1", "SUCCESS", 5));

    assert.equal((await given.store.wait("id1")).result, 5);
    assert.equal((await given.store.wait("id1", { timeoutMs: 0 })).result, 5);
  });

  test("a result wakes its waiter at once", async () => {
    const waiting = given.store.wait("id1");
    await waitUntil(async () => (await given.listeners()) === 1);
    await new Promise((resolve) => setTimeout(resolve, 3_000)); // by now it looks by itself every two seconds

    const startedAtMs = performance.now();
    await given.store.storeText("id1", meta("id1", "SUCCESS", 5));
    await waiting;

    const tookMs = performance.now() - startedAtMs;
    assert.ok(tookMs < 1_000, `it took ${tookMs} ms`);
  });

  test("a result without a notification is still found", async () => {
    await given.store.ready();
    const waiting = given.store.wait("id1");
    await waitUntil(async () => (await given.listeners()) === 1);

    await given.server.sql(
      "INSERT INTO celery_taskmeta (id, task_id, status, result) VALUES (nextval('task_id_sequence'), 'id1', 'SUCCESS', '7')",
    );

    assert.equal((await waiting).result, 7);
  });

  test("each state is passed on once", async () => {
    /** @type {string[]} */
    const seen = [];
    /** @type {string[]} */
    const seenLater = [];
    const waiting = given.store.wait("id1", { onMessage: ({ status }) => seen.push(status) });

    await given.store.storeText("id1", meta("id1", "PROGRESS", { done: 1 }));
    await waitUntil(() => seen.length === 1);
    // The row is read once more, for both.
    const waitingToo = given.store.wait("id1", { onMessage: ({ status }) => seenLater.push(status) });
    await waitUntil(() => seenLater.length === 1);
    await given.store.storeText("id1", meta("id1", "SUCCESS", 5));
    await Promise.all([waiting, waitingToo]);

    assert.deepEqual(seen, ["PROGRESS", "SUCCESS"]);
    assert.deepEqual(seenLater, ["PROGRESS", "SUCCESS"]);
  });

  test("many waits share one connection, which ends with them", async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `id${i % 150}`);
    const waiting = Promise.all(ids.map((id) => given.store.wait(id)));
    await waitUntil(async () => (await given.listeners()) === 1);

    await Promise.all([...new Set(ids)].map((id) => given.store.storeText(id, meta(id, "SUCCESS", id))));

    assert.deepEqual(
      (await waiting).map(({ result }) => result),
      ids,
    );
    assert.equal(given.store.waiting, 0);
    await waitUntil(async () => (await given.listeners()) === 0);
  });

  test("a wait ends at its time, and by its signal", async () => {
    const abort = new AbortController();
    const aborted = given.store.wait("id1", { signal: abort.signal });
    const late = given.store.wait("id1", { timeoutMs: 500 }); // long enough for a first look
    abort.abort(new Error("enough"));

    await assert.rejects(aborted, { message: "enough" });
    await assert.rejects(late, { name: "TimeoutError", message: /the last known state is PENDING$/ });
    assert.equal(given.store.waiting, 0);
  });

  test("a wait survives a crash of the server", async () => {
    const waiting = given.store.wait("id1");
    await waitUntil(async () => (await given.listeners()) === 1);

    await given.server.kill();
    await given.server.start();
    await given.store.storeText("id1", meta("id1", "SUCCESS", 5));

    assert.equal((await waiting).result, 5);
  });

  test("a store waits for a server that restarts", async () => {
    await given.store.ready();
    await given.server.kill();

    const storing = given.store.storeText("id1", meta("id1", "SUCCESS", 5));
    await given.server.start();
    await storing;

    assert.equal((await given.store.get("id1"))?.result, 5);
  });

  test("a server that has become a replica is an outage", async () => {
    await given.server.sql("CREATE DATABASE replica");
    await given.server.sql("ALTER DATABASE replica SET default_transaction_read_only = on");
    const other = given.open({
      taskPublishTimeout: 5,
      resultBackend: given.server.url.replace(/postgres$/, "replica"),
    });

    await assert.rejects(other.storeText("id1", meta("id1", "SUCCESS", 5)), {
      isTemporary: true,
      message: /read-only/,
    });
    await other.close();
  });

  test("the pool is bounded", async () => {
    const small = given.open({ databasePoolSize: 2 });
    const ids = Array.from({ length: 60 }, (_, i) => `id${i}`);
    await Promise.all(ids.map((id) => Promise.all([small.storeText(id, meta(id, "SUCCESS", 1)), small.forget("x")])));

    const open2 = await given.server.sql("SELECT 1 FROM pg_stat_activity WHERE application_name = 'celery-js-results'");
    assert.ok(open2.length >= 1 && open2.length <= 2, `${open2.length} connections`);
    await small.close();
  });

  test("a wrong password is one clear line without it", async () => {
    const wrong = given.open({ resultBackend: given.server.url.replace(/:[^:@]*@/, ":wrong-one@") });

    await assert.rejects(wrong.ready(), (/** @type {any} */ error) => {
      assert.match(error.message, /^db\+postgresql:\/\/jobs:\*\*@.*password authentication failed for user "jobs"$/);
      return error.scope === "user" && !error.message.includes("wrong-one");
    });
    await wrong.close();
  });

  test("a database that is not there is named", async () => {
    const wrong = given.open({ resultBackend: given.server.url.replace(/postgres$/, "nowhere") });

    await assert.rejects(wrong.ready(), { name: "OperationalError", message: /database "nowhere" does not exist/ });
    await wrong.close();
  });
});

test("a server that accepts and never answers is given up in time", async (t) => {
  const silent = net.createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  t.after(() => silent.close());
  const { port } = /** @type {net.AddressInfo} */ (silent.address());
  const resultBackend = `db+postgresql://u:p@127.0.0.1:${port}/jobs`;
  const store = createBackend(resolveSettings({ resultBackend, taskPublishTimeout: 0.4 }));
  const startedAtMs = performance.now();

  await assert.rejects(store.storeText("id1", meta("id1", "SUCCESS", 1)), { isTemporary: true });

  const tookMs = performance.now() - startedAtMs;
  assert.ok(tookMs < 4_000, `it took ${tookMs} ms`);
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
