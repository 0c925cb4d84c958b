import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { task } from "../../../src/index.js";
import { tasksPerSecond } from "../../../src/worker/intake/token-bucket.js";
import { useServer } from "../../support/used-server.js";
import { waitUntil } from "../../support/wait.js";
import { startWorker } from "../../support/worker.js";

describe("a rate", () => {
  for (const [rate, perSecond] of /** @type {Array<[string | number | null, number]>} */ ([
    ["10/s", 10],
    ["30/m", 0.5],
    ["36/h", 0.01],
    ["0.5", 0.5],
    [2, 2],
    [0, 0],
    ["0/s", 0],
    [null, 0],
  ])) {
    it(`of ${JSON.stringify(rate)} is ${perSecond} tasks a second`, () => {
      assert.equal(tasksPerSecond(rate), perSecond);
    });
  }
});

describe("rate limits", () => {
  const valkey = useServer();
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let running;
  /** @type {Array<{ label: unknown, at: number }>} */
  let started = [];
  beforeEach(async () => {
    await valkey.redis.flushall();
    started = [];
  });
  afterEach(() => running.stop());

  const note = (/** @type {unknown} */ label) => void started.push({ label, at: performance.now() });
  const labels = () => started.map(({ label }) => label);
  /** @param {string | number | null} rateLimit @param {Parameters<typeof startWorker>[2]} [more] */
  const start = async (rateLimit, more) => {
    const limited = task({ rateLimit }, (label) => note(label));
    const tasks = { limited, free: (/** @type {unknown} */ label) => note(label) };
    running = await startWorker(valkey.url, tasks, more);
    return running;
  };
  /** @param {string} name @param {number} count */
  const send = async (name, count) => {
    for (let n = 0; n < count; n += 1) await running.app.sendTask(name, [`${name} ${n}`]);
  };

  it("the first task starts at once, the others at the rate", async () => {
    await start("10/s");
    await send("limited", 6);
    await waitUntil(() => started.length === 6);
    assert.deepEqual(
      labels(),
      [0, 1, 2, 3, 4, 5].map((n) => `limited ${n}`),
    );
    const took = started[5].at - started[0].at;
    assert.ok(took >= 490 && took < 4_000, `${took} ms, not a look a second`);
  });

  it("a flood of a limited task does not block other tasks", async () => {
    await start("1/h", { options: { concurrency: 2, prefetchMultiplier: 2 }, settings: { leaseS: 1 } });
    await send("limited", 60);
    await send("free", 3);
    await waitUntil(() => started.length === 4);
    assert.deepEqual(labels(), ["limited 0", "free 0", "free 1", "free 2"]);
    await waitUntil(async () => (await valkey.redis.llen("q")) === 0);
    assert.equal(
      (await valkey.redis.zcard("celery.parked")) + (await valkey.redis.zcard("celery.leases")),
      59,
      "none is lost",
    );
  });

  it("a limit is changed for what waits already, and lifted", async () => {
    const { worker } = await start("1/h", { settings: { leaseS: 600 } });
    await send("limited", 1);
    await waitUntil(() => started.length === 1);
    worker.setRateLimit("limited", "100/h");
    await send("limited", 3);
    await waitUntil(() => started.length === 2);
    worker.setRateLimit("limited", "20/s");
    await waitUntil(() => started.length === 4);
    worker.setRateLimit("limited", null);
    await send("limited", 20);
    await waitUntil(() => started.length === 24);
    assert.throws(() => worker.setRateLimit("no such task", 1), { name: "NotRegistered" });
    assert.throws(() => worker.setRateLimit("limited", "10/d"), /a rate limit is .*not "10\/d"/);
  });

  it("a stop puts waiting tasks back in order", async () => {
    const { worker } = await start("30/h", { settings: { leaseS: 1200 } });
    await send("limited", 6);
    await waitUntil(async () => (await valkey.redis.hlen("unacked")) === 5);
    await worker.stop();
    const back = (await valkey.redis.lrange("q", 0, -1)).map((raw) => JSON.parse(raw).headers.argsrepr);
    assert.deepEqual(
      back.toReversed(),
      [1, 2, 3, 4, 5].map((n) => `('limited ${n}',)`),
    );
  });

  it("taskDefaultRateLimit and workerDisableRateLimits apply", async () => {
    await start(null, { settings: { taskDefaultRateLimit: "100/h", leaseS: 60 } });
    await send("free", 2);
    await waitUntil(async () => (await valkey.redis.llen("q")) === 0);
    await waitUntil(async () => (await valkey.redis.hlen("unacked")) === 1);
    await delay(200);
    assert.deepEqual(labels(), ["free 0"]);
    await running.stop();
    const settings = { taskDefaultRateLimit: "1/h", workerDisableRateLimits: true };
    await start("1/h", { settings });
    await send("limited", 3);
    await waitUntil(() => started.length >= 4);
  });

  it("a message with an eta is limited once it is due", async () => {
    await start("2/s");
    const soon = { countdown: 0.3 };
    for (const label of ["a", "b"]) await running.app.sendTask("limited", [label], soon);
    await waitUntil(() => started.length === 2);
    assert.ok(started[1].at - started[0].at >= 480);
  });
});
