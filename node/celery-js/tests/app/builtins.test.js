/** The built-in tasks that call or send many: they leave turns to the worker, and have limits. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { useWorker } from "../support/used-server.js";
import { waitUntil } from "../support/wait.js";

const CALLS = 60;
const CALL_MS = 10;

describe("mapped calls", () => {
  let calls = 0;
  const compute = (/** @type {number} */ _x) => {
    calls += 1;
    const endMs = performance.now() + CALL_MS;
    while (performance.now() < endMs);
    return calls;
  };
  const running = useWorker({ compute, one: () => 1 });

  for (const [name, items] of /** @type {const} */ ([
    ["celery.map", Array(CALLS).fill(1)],
    ["celery.starmap", Array(CALLS).fill([1])],
  ])) {
    it(`of ${name} leave turns to other tasks`, async () => {
      calls = 0;
      const mapping = await running.app.sendTask(name, [], { kwargs: { task: { task: "compute" }, it: items } });
      await waitUntil(() => calls > 0);

      assert.equal(await running.call("one"), 1);

      assert.ok(calls < CALLS, `after ${calls} calls`);
      assert.equal((await mapping.get({ timeout: 10 })).length, CALLS);
    });

    it(`of ${name} end with its time limit`, async () => {
      calls = 0;
      const kwargs = { task: { task: "compute" }, it: items };
      const mapping = await running.app.sendTask(name, [], { kwargs, timeLimit: 0.1 });

      await assert.rejects(mapping.get({ timeout: 10 }), { name: "TimeLimitExceeded" });

      const atEnd = calls;
      await delay(3 * CALL_MS);
      assert.ok(calls <= atEnd + 1 && calls < CALLS, `${calls} calls`);
    });
  }
});

describe("celery.chunks", () => {
  const running = useWorker({ one: () => 1 });
  const send = (/** @type {unknown[]} */ it, /** @type {number} */ n) =>
    running.app.sendTask("celery.chunks", [], { kwargs: { task: { task: "one", options: { queue: "away" } }, it, n } });

  it("refuses to send more messages than its limit", async () => {
    const sent = await send(Array(300_000).fill(1), 2);

    await assert.rejects(sent.get({ timeout: 10 }), {
      name: "ValueError",
      message: "celery.chunks would send 150000 messages: the limit is 100000",
    });
  });

  it("sends a message for each chunk", async () => {
    const sent = await send(Array(4_500).fill([]), 2);

    await sent.get({ timeout: 10 });

    const [group] = /** @type {any} */ (await sent.children);
    assert.equal(group.results.length, 2_250);
  });
});
