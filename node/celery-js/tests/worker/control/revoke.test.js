/** Revoking tasks: it blocks no other command. What it answers and stores is a conformance test. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Worker } from "../../../src/worker/lifecycle/worker.js";
import { cpuMs, SOON_MS } from "../../support/cpu.js";
import { useWorker } from "../../support/used-server.js";
import { waitUntil } from "../../support/wait.js";

/** @param {string} prefix @param {number} count */
const ids = (prefix, count) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe("a revocation", () => {
  const running = useWorker({ add: (/** @type {number} */ x) => x + 1 });
  /** @param {string} method @param {object} args @returns {Promise<any>} the worker's answer */
  const ask = async (method, args) => {
    const options = { reply: true, timeout: 10, limit: 1 };
    const answers = await running.app.control.broadcast(method, /** @type {Record<string, unknown>} */ (args), options);
    return Object.values(answers?.[0] ?? {})[0];
  };
  const statusOf = async (/** @type {string} */ id) =>
    JSON.parse((await running.redis.get(`celery-task-meta-${id}`)) ?? "{}").status;

  it("is stored when it is answered", async () => {
    assert.deepEqual(await ask("revoke", { task_id: ["a", "b"] }), { ok: "tasks {'a', 'b'} flagged as revoked" });
    assert.deepEqual([await statusOf("a"), await statusOf("b")], ["REVOKED", "REVOKED"]);
  });

  it("of ids that are hard to write is answered soon, with the first of them", async () => {
    const odd = ids("\x7f".repeat(100), 10_000);
    const before = cpuMs();

    const { ok } = await ask("revoke", { task_id: odd });

    assert.ok(cpuMs() - before < 3 * SOON_MS);
    assert.match(ok.slice(0, 20), /^tasks \{'\\x7f/);
    assert.match(ok, /\.\.\.\} flagged as revoked$/);
    assert.ok(ok.length < 1_010_000);
  });

  it("of many tasks is stored in the background", async () => {
    const many = ids("many", 5_000);
    await ask("revoke", { task_id: many });
    assert.ok(Worker.partsOf(running.worker).revocations.has({ id: "many4999", stamps: {}, stampedHeaders: [] }));
    await waitUntil(async () => (await statusOf("many4999")) === "REVOKED");
    assert.equal(await statusOf("many0"), "REVOKED");
  });

  it("waits for no result server that is silent, nor does the next command", async () => {
    const { backend } = running.app;
    const { get } = backend;
    let answer = () => {};
    const silence = new Promise((resolve) => {
      answer = () => resolve(undefined);
    });
    backend.get = (id) => silence.then(() => get.call(backend, id));
    try {
      const startedMs = performance.now();
      await ask("revoke", { task_id: "silent" });
      assert.ok(Array.isArray(await ask("active", {})));
      assert.ok(performance.now() - startedMs < 5_000);
    } finally {
      backend.get = get;
      answer();
    }
    await waitUntil(async () => (await statusOf("silent")) === "REVOKED");
  });

  it("names at most 50,000 tasks, each as short as an id is", async () => {
    const takes = "must be a task's id, or an array of at most 50000 of them, not";
    for (const wrong of [ids("x", 50_001), ["x".repeat(2_049)]]) {
      const { error } = await ask("revoke", { task_id: wrong });
      assert.equal(error, `TypeError("revoke() argument 'task_id' ${takes} an array")`);
    }
    assert.match((await ask("hello", { from_node: "x@h", revoked: ids("x", 50_001) })).error, /at most 50000 of them/);
  });

  it("by stamps has the same limits, and takes time in proportion to them", async () => {
    const takes = /at most 50000 stamps: numbers, and strings of at most 2048 characters/;
    for (const stamps of [ids("s", 50_001), ["x".repeat(2_049)], [{ any: 1 }]]) {
      assert.match((await ask("revoke_by_stamped_headers", { headers: { tenant: stamps } })).error, takes);
    }
    const headers = Object.fromEntries(ids("header", 10_000).map((name) => [name, [1, 2]]));
    const before = cpuMs();
    await ask("revoke_by_stamped_headers", { headers, terminate: true });
    assert.ok(cpuMs() - before < SOON_MS);
  });

  it("registered() shows at most 100 attributes of each task", async () => {
    assert.match((await ask("registered", { taskinfoitems: ids("a", 101) })).error, /array of at most 100 names/);
  });
});
