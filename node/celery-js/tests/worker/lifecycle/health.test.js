/** A worker that is asked how it is: well only while it consumes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ask } from "../../support/health.js";
import { freePort, startServer } from "../../support/server.js";
import { inspector } from "../../support/transport.js";
import { waitUntil } from "../../support/wait.js";
import { startWorker } from "../../support/worker.js";

const tasks = { add: (/** @type {number} */ x, /** @type {number} */ y) => x + y };

/** @param {number} port @param {number} status */
const untilReadyz = (port, status) =>
  waitUntil(
    async () => {
      const answer = await ask(port, "/readyz");
      return answer.status === status && answer.body;
    },
    { what: `/readyz answers ${status}` },
  );

describe("a worker's health", () => {
  it("follows its server: away, back, silent, back", async () => {
    const server = await startServer();
    const { app, lines, stop } = await startWorker(server.url, tasks, { settings: { workerHealthAddress: 0 } });
    const line = lines.find(({ msg }) => msg.startsWith("Health checks: "));
    const port = Number(/^Health checks: http:\/\/127\.0\.0\.1:(\d+), /.exec(line?.msg ?? "")?.[1]);
    assert.deepEqual(await untilReadyz(port, 200), { ok: true, reasons: [], running: 0, free: 10 });

    await server.kill();
    assert.match((await untilReadyz(port, 503)).reasons.join(), /the broker cannot be reached/);
    assert.equal((await ask(port, "/livez")).status, 200, "a worker that waits for its server is alive");
    await server.start();
    await untilReadyz(port, 200);

    await server.pause();
    assert.match((await untilReadyz(port, 503)).reasons.join(), /has not answered for|nothing has been taken for/);
    await server.resume();
    await untilReadyz(port, 200);
    assert.equal(await (await app.sendTask("add", [1, 2])).get({ timeout: 5 }), 3);
    await stop();
    await server.stop();
  });

  it("is good with all slots busy, bad if free slots get no tasks", async () => {
    const server = await startServer();
    const port = await freePort();
    const gate = /** @type {{ open: () => void }} */ ({});
    const opened = new Promise((resolve) => {
      gate.open = () => resolve(undefined);
    });
    const settings = { workerHealthAddress: port, workerConcurrency: 1, workerPrefetchMultiplier: 1 };
    const { app, stop } = await startWorker(server.url, { wait: () => opened }, { settings });
    await app.sendTask("wait");
    await waitUntil(async () => (await ask(port, "/readyz")).body.running === 1);
    const busyUntil = Date.now() + 6_500; // longer than a silence may be
    while (Date.now() < busyUntil) {
      assert.equal((await ask(port, "/readyz")).status, 200);
      await delay(50);
    }

    const redis = inspector(server.url);
    await redis.set("q\x06\x163", "no list"); // from now on the server refuses every take
    gate.open();
    assert.match(
      (await untilReadyz(port, 503)).reasons.join(),
      /^nothing has been taken for \d s, though slots are free$/,
    );
    await redis.del("q\x06\x163");
    await untilReadyz(port, 200);
    redis.disconnect();
    await stop();
    await server.stop();
  });

  it("is alive but not ready until the server is reachable", async () => {
    const [port, serverPort] = [await freePort(), await freePort()];
    const started = startWorker(`redis://127.0.0.1:${serverPort}/0`, tasks, {
      settings: { workerHealthAddress: port },
    });
    await waitUntil(() => ask(port, "/livez").catch(() => null));
    assert.equal((await ask(port, "/livez")).status, 200);
    assert.match(
      (await untilReadyz(port, 503)).reasons.join(),
      /^the worker is starting,the broker cannot be reached$/,
    );
    const server = await startServer({ port: serverPort });
    const { stop } = await started;
    await untilReadyz(port, 200);
    await stop();
    await assert.rejects(ask(port, "/livez"), "nobody answers for a worker that has stopped");
    await server.stop();
  });

  it("is not ready but alive while it stops", async () => {
    const server = await startServer();
    const port = await freePort();
    const gate = /** @type {{ open: () => void }} */ ({});
    const opened = new Promise((resolve) => {
      gate.open = () => resolve(undefined);
    });
    const { app, stop } = await startWorker(
      server.url,
      { wait: () => opened },
      { settings: { workerHealthAddress: port } },
    );
    await app.sendTask("wait");
    await waitUntil(async () => (await ask(port, "/readyz")).body.running === 1);
    const stopped = stop();
    assert.deepEqual((await untilReadyz(port, 503)).reasons, ["the worker is stopping"]);
    assert.equal((await ask(port, "/livez")).status, 200);
    gate.open();
    await stopped;
    await server.stop();
  });
});
