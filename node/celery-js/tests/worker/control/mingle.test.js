/** What workers tell each other at the start. That Python's and Node's understand each other is a conformance test. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Redis } from "ioredis";
import { Worker } from "../../../src/worker/lifecycle/worker.js";
import { startGate } from "../../support/gate.js";
import { startServer } from "../../support/server.js";
import { waitUntil } from "../../support/wait.js";
import { makeWorker, startWorker } from "../../support/worker.js";

/** @type {import("../../support/server.js").TestServer} */
let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** @param {string} name @param {import("../../../src/worker/lifecycle/options.js").WorkerOptions} [options] */
const start = async (name, options = {}) => {
  const made = await startWorker(server.url, {}, { options: { hostname: `${name}@h`, ...options } });
  return { ...made, ...Worker.partsOf(made.worker), said: () => made.lines.map(({ msg }) => msg) };
};

test("workers exchange revocations and clocks", async () => {
  const old = await start("old");
  assert.ok(old.said().includes("mingle: all alone"));
  old.revocations.add(["a", "b"]);
  old.app.clock.adjust(1000);
  const young = await start("young");
  try {
    assert.deepEqual(young.revocations.ids, ["a", "b"]);
    assert.ok(young.said().includes("mingle: sync with 1 nodes"));
    assert.ok(young.app.clock.value > 1000);
    young.revocations.add(["c"]);
    const third = await start("third");
    assert.deepEqual(third.revocations.ids.toSorted(), ["a", "b", "c"]);
    await third.stop();
  } finally {
    await young.stop();
    await old.stop();
  }
});

test("a worker waits at most a second, and not when alone", async () => {
  const alone = await start("alone");
  await alone.stop();
  const redis = new Redis(server.url);
  await redis.psubscribe("/0.celery.pidbox");
  const waiting = await start("waiting");
  await waiting.stop();
  await redis.punsubscribe();
  try {
    const searchedMs = (/** @type {any} */ { lines }) => {
      const at = (/** @type {string} */ text) => lines.find((/** @type {any} */ { msg }) => msg === text).time;
      return at("mingle: all alone") - at("mingle: searching for neighbors");
    };
    const [aloneMs, waitedMs] = [searchedMs(alone), searchedMs(waiting)];
    assert.ok(waitedMs > 900 && waitedMs < 5_000 && aloneMs < waitedMs, `${aloneMs} ms alone, ${waitedMs} ms`);
    const left = (await redis.keys("*")).filter((key) => key.includes("reply"));
    assert.deepEqual(left, []);
  } finally {
    redis.disconnect();
  }
});

test("revocations of older Celery versions are understood", async () => {
  const { app, stop } = makeWorker(server.url, {});
  app.controlCommand("hello", () => ({ revoked: { a: 12.5, b: 13.5 }, clock: 7 }));
  const old = app.worker({ hostname: "older@h" });
  await old.start();
  const young = await start("young");
  try {
    assert.deepEqual(young.revocations.ids, ["a", "b"]);
  } finally {
    await young.stop();
    await old.stop();
    await stop();
  }
});

test("withoutMingle asks no other worker", async () => {
  const made = await start("shy", { withoutMingle: true });
  await made.stop();
  assert.deepEqual(
    made.said().filter((line) => line.startsWith("mingle")),
    [],
  );
});

test("a worker asks for revocations again after an outage", async () => {
  const old = await start("old");
  const young = await start("young");
  const redis = new Redis(server.url);
  try {
    old.revocations.add(["meanwhile"]);
    await redis.call("CLIENT", "KILL", "TYPE", "pubsub");
    await waitUntil(() => young.revocations.ids.includes("meanwhile"), { what: young.said().join("\n") });
  } finally {
    redis.disconnect();
    await young.stop();
    await old.stop();
  }
});

for (const command of ["sadd", "publish", "brpop"]) {
  test(`a worker starts although its ${command} is never answered`, { timeout: 30_000 }, async () => {
    const gate = await startGate(server.port);
    const neighbour = await start("neighbour");
    const { app, worker, lines } = makeWorker(gate.url(), {}, { options: { hostname: "patient@h" } });
    // The worker's own connections have sent these already.
    worker.log.debug = (/** @type {any[]} */ ...args) => {
      if (args.includes("mingle: searching for neighbors")) gate.fatal = new RegExp(command, "i");
    };
    try {
      const startedAt = performance.now();

      await worker.start();

      assert.ok(performance.now() - startedAt < 10_000);
      assert.match(JSON.stringify(lines), /the other workers could not be asked for revoked tasks: .*no answer within/);
    } finally {
      gate.fatal = null;
      await worker.stop();
      await app.close();
      await neighbour.stop();
      await gate.close();
    }
  });
}

test("a worker that waits for the others can be stopped", { timeout: 30_000 }, async () => {
  const gate = await startGate(server.port);
  const { app, worker, lines } = makeWorker(gate.url(), {}, { options: { hostname: "stopped@h" } });
  worker.log.debug = (/** @type {any[]} */ ...args) => {
    if (args.includes("mingle: searching for neighbors")) gate.fatal = /sadd/i;
  };
  try {
    const started = worker.start();
    started.catch(() => {});
    await waitUntil(() => gate.fatal !== null);
    const stoppedAt = performance.now();

    await worker.stop();

    assert.ok(performance.now() - stoppedAt < 3_000);
    await assert.rejects(started, /stopped before it had started/);
    assert.doesNotMatch(JSON.stringify(lines), /could not be asked/);
  } finally {
    await app.close();
    await gate.close();
  }
});
