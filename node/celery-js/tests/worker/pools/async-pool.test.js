import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { task } from "../../../src/index.js";
import { Worker } from "../../../src/worker/lifecycle/worker.js";
import { startServer } from "../../support/server.js";
import { waitUntil } from "../../support/wait.js";
import { startWorker } from "../../support/worker.js";

describe("the pool 'async'", () => {
  /** @type {import("../../support/server.js").TestServer} */
  let server;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let running;
  let letGo = () => {};
  /** @type {unknown[]} */
  let reasons = [];
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());
  afterEach(async () => {
    letGo();
    await running.stop();
  });

  const stuck = () => new Promise((resolve) => (letGo = () => resolve("late")));
  /** @param {Record<string, (...args: any[]) => unknown>} tasks @param {number} [concurrency] */
  const start = async (tasks, concurrency = 4) => {
    running = await startWorker(server.url, tasks, { options: { concurrency } });
    return { ...running, ...Worker.partsOf(running.worker) };
  };

  it("the soft limit aborts self.signal and its waits", async () => {
    const rest = task({ bind: true }, (self) => delay(60_000, undefined, { signal: self.signal }));
    const { app } = await start({ rest });
    const sent = await app.sendTask("rest", [], { softTimeLimit: 0.3 });
    await assert.rejects(sent.get({ timeout: 5 }), { name: "AbortError" });
    const heed = task(
      { bind: true },
      ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    );
    app.task("heed", heed);
    const heeding = await app.sendTask("heed", [], { softTimeLimit: 0.3 });
    await assert.rejects(heeding.get({ timeout: 5 }), { name: "SoftTimeLimitExceeded" });
  });

  it("`self.throwIfAborted()` throws in a task that computes", async () => {
    const spin = task({ bind: true }, (self) => {
      for (;;) self.throwIfAborted();
    });
    const { app } = await start({ spin });
    const sent = await app.sendTask("spin", [], { softTimeLimit: 0.3 });
    await assert.rejects(sent.get({ timeout: 5 }), { name: "SoftTimeLimitExceeded" });
  });

  it("autoscale says how many tasks run at a time, and remote control changes it", async () => {
    const wait = () => new Promise((resolve) => letGoOf.push(() => resolve("done")));
    /** @type {Array<() => void>} */
    const letGoOf = [];
    letGo = () => letGoOf.splice(0).forEach((end) => void end());
    running = await startWorker(server.url, { wait }, { options: { autoscale: "2,1" } });
    const { app } = running;
    const asked = { reply: true, limit: 1, timeout: 30 };
    const answer = (/** @type {object[] | null} */ replies) => Object.values(replies?.[0] ?? {})[0];
    const autoscaler = async () =>
      answer([(await app.control.inspect({ limit: 1, timeout: 30 }).stats()) ?? {}]).autoscaler;
    assert.deepEqual(await autoscaler(), { min: 1, max: 2, current: 1, qty: 0 });

    for (let n = 0; n < 4; n += 1) await app.sendTask("wait");
    await waitUntil(() => letGoOf.length === 2);
    await waitUntil(async () => (await autoscaler()).qty === 4);
    assert.deepEqual(await autoscaler(), { min: 1, max: 2, current: 2, qty: 4 });

    const refused = answer(await app.control.poolGrow(1, asked));
    assert.deepEqual(refused, { error: "pool_grow is not supported with autoscale. Adjust autoscale range instead." });
    assert.deepEqual(answer(await app.control.autoscale(3, 2, asked)), { ok: "autoscale now max=3 min=2" });
    await waitUntil(() => letGoOf.length === 3);
  });

  it("a task over its hard limit is a zombie until it ends", async () => {
    const { app, pools, dispatcher } = await start({ stuck, pass: () => "passed" }, 2);
    const sent = await app.sendTask("stuck", [], { timeLimit: 0.3 });
    await assert.rejects(sent.get({ timeout: 5 }), { name: "TimeLimitExceeded" });
    assert.deepEqual([pools.zombies.size, dispatcher.running], [1, 0], "its slot is free");
    letGo();
    await waitUntil(() => pools.zombies.size === 0);
    assert.equal(await (await app.sendTask("pass")).get({ timeout: 5 }), "passed");
    assert.equal(await app.AsyncResult(sent.id).state, "FAILURE");
  });

  it("the hard limit aborts self.signal", async () => {
    const listen = task({ bind: true }, ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))).catch((error) => {
        reasons.push(error);
      }),
    );
    reasons = [];
    const { app, pools, lines } = await start({ listen }, 1);
    const sent = await app.sendTask("listen", [], { timeLimit: 0.3 });
    await assert.rejects(sent.get({ timeout: 5 }), { name: "TimeLimitExceeded" });
    await waitUntil(() => pools.zombies.size === 0 && reasons.length === 1);
    assert.equal(/** @type {Error} */ (reasons[0]).name, "TimeLimitExceeded");
    await delay(1_200); // longer than the worker waits for its last zombies
    assert.ok(!lines.some(({ msg }) => msg.includes("its supervisor restarts it")));
  });

  it("with as many zombies as slots the worker stops", async () => {
    const { app, lines, health } = await start({ stuck }, 1);
    const sent = await app.sendTask("stuck", [], { timeLimit: 0.3 });
    await assert.rejects(sent.get({ timeout: 5 }), { name: "TimeLimitExceeded" });
    await waitUntil(() => health.phase === "stopping");
    assert.ok(lines.some(({ msg }) => msg.startsWith("1 task(s) were given up and still run")));
  });

  it("a terminated task is stored as revoked, and is not retried", async () => {
    const again = task({ autoretryFor: [Error] }, stuck);
    const { app, dispatcher, pools } = await start({ again });
    const sent = await app.sendTask("again");
    await waitUntil(() => dispatcher.terminate(sent.id));
    await assert.rejects(sent.get({ timeout: 5 }), { name: "TaskRevokedError", message: "terminated" });
    assert.equal(pools.zombies.size, 1);
  });
});
