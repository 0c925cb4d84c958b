import assert from "node:assert/strict";
import { it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { signals } from "../../../src/index.js";
import { Worker } from "../../../src/worker/lifecycle/worker.js";
import { freePort, startServer } from "../../support/server.js";
import { inspector } from "../../support/transport.js";
import { waitUntil } from "../../support/wait.js";
import { makeWorker, startWorker } from "../../support/worker.js";

const tasks = { add: (/** @type {number} */ x, /** @type {number} */ y) => x + y };

it("a worker stopped during its start leaves nothing behind", async () => {
  const server = await startServer();
  const redis = inspector(server.url);
  // From the first attempt to connect, over the checks and the keeper's start, to the first messages.
  for (let afterMs = 0; afterMs <= 120; afterMs += 4) {
    const { worker, stop } = makeWorker(server.url, tasks, { options: { hostname: `early${afterMs}@here` } });
    const outcome = worker.start().then(
      () => "started",
      ({ name, message }) => `${name}: ${message}`,
    );
    await delay(afterMs);
    await stop();
    assert.match(await outcome, /^started$|^OperationalError: the worker was stopped before it had started$/);
  }
  const connected = async () =>
    /** @type {string} */ (await redis.client("LIST")).match(/name=early\d+@here\S*/g) ?? [];
  await waitUntil(async () => (await connected()).length === 0, { timeoutMs: 3_000, what: "no connection left" });
  redis.disconnect();
  await server.stop();
});

it("a worker that waits for its server is stopped at once", async () => {
  const { worker, lines, stop } = makeWorker(`redis://127.0.0.1:${await freePort()}/0`, tasks);
  const outcome = worker.start().then(
    () => null,
    (error) => error,
  );
  await waitUntil(() => lines.some(({ msg }) => msg.startsWith("Cannot connect")));
  const since = performance.now();
  await stop();
  assert.equal((await outcome)?.name, "OperationalError");
  assert.ok(performance.now() - since < 15_000);
});

it("a worker names unread task files before it connects", async () => {
  const { app, worker, lines, stop } = makeWorker(`redis://127.0.0.1:${await freePort()}/0`, tasks);
  app.skippedTaskFiles.push("typed.ts is not read: it needs a newer Node");

  const outcome = worker.start().catch((error) => error.name);
  await waitUntil(() => lines.some(({ msg }) => msg === "typed.ts is not read: it needs a newer Node"));

  await stop();
  assert.equal(await outcome, "OperationalError");
});

it("a worker that was stopped before its start does not start", async () => {
  const { worker, stop } = makeWorker(`redis://127.0.0.1:${await freePort()}/0`, tasks);
  await stop();
  await assert.rejects(worker.start(), { name: "ImproperlyConfigured" });
});

it("a worker may have any name", async () => {
  const server = await startServer();
  const redis = inspector(server.url);
  const { app, stop } = await startWorker(server.url, tasks, { options: { hostname: "wörker zwei@höst" } });
  assert.equal(await (await app.sendTask("add", [1, 2])).get({ timeout: 5 }), 3);
  await app.sendTask("no.such.task");
  await waitUntil(async () => (await redis.llen("q.dead")) === 1, { what: "a dead letter" });

  const [letter] = await redis.lrange("q.dead", 0, 0);
  assert.equal(JSON.parse(letter.split("\n")[0]).worker, "wörker zwei@höst");
  const names = /** @type {string} */ (await redis.client("LIST")).match(/(?<=name=)w\S*/g) ?? [];
  assert.ok(names.length > 0);
  for (const name of names) assert.match(name, /^w-rker-zwei@h-st/);
  await stop();
  redis.disconnect();
  await server.stop();
});

it("a silent server makes no stop longer than the grace period and 5 s", { timeout: 60_000 }, async () => {
  const server = await startServer();
  const settings = { workerSoftShutdownTimeout: 1 };
  const { app, worker, lines } = await startWorker(server.url, tasks, { settings });
  await server.pause();
  await delay(2_500); // a heartbeat waits for its answer
  const since = performance.now();

  await worker.stop();

  const tookMs = performance.now() - since;
  await server.resume();
  assert.ok(tookMs < 9_000, `${tookMs} ms`); // each step with a limit of its own would take 16 s
  assert.ok(lines.some(({ msg }) => msg.startsWith("The server does not answer")));
  await app.close();
  await server.stop();
});

it("running tasks have the grace period although receivers of workerReady took longer", {
  timeout: 60_000,
}, async () => {
  const server = await startServer();
  const slow = async () => void (await delay(7_000));
  signals.workerReady.connect(slow);
  let end = () => {};
  const held = () => new Promise((resolve) => (end = () => resolve("held")));
  const settings = { workerSoftShutdownTimeout: 1 };
  const made = makeWorker(server.url, { held }, { settings });
  const starting = made.worker.start();
  const result = await made.app.sendTask("held");
  await waitUntil(() => Worker.partsOf(made.worker).dispatcher.running === 1, { what: "a running task" });

  const stopping = made.worker.stop();
  await starting;
  end();
  await stopping;

  assert.equal(await result.get({ timeout: 10 }), "held");
  assert.ok(!made.lines.some(({ msg }) => msg.startsWith("The server does not answer")));
  signals.workerReady.disconnect(slow);
  await made.stop();
  await server.stop();
});
