import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { task } from "../../../src/index.js";
import { startServer } from "../../support/server.js";
import { inspector } from "../../support/transport.js";
import { useServer } from "../../support/used-server.js";
import { waitUntil } from "../../support/wait.js";
import { startWorker } from "../../support/worker.js";

/** How long the worker waits before it stores a result again. */
const STORE_RETRY_MS = 1_000;

/** What the next run of `gate` waits for. */
let opened = Promise.resolve();
/** @returns {() => void} lets the task `gate` run to its end */
function closeGate() {
  let open = () => {};
  opened = new Promise((resolve) => {
    open = () => resolve(undefined);
  });
  return open;
}

const tasks = {
  add: (/** @type {number} */ x, /** @type {number} */ y) => x + y,
  gate: async () => {
    await opened;
    throw new RangeError("the end");
  },
  progress: task({ bind: true }, async (self) => {
    try {
      await self.updateState("PROGRESS", { done: 1 });
    } catch (error) {
      return /** @type {Error} */ (error).name;
    }
  }),
  deep: (/** @type {unknown} */ _nested) => "stored",
};

describe("a result that cannot be stored", () => {
  const valkey = useServer();

  beforeEach(() => valkey.redis.flushall());

  for (const [where, db] of /** @type {Array<[string, number]>} */ ([
    ["the broker's own database", 0],
    ["another database", 1],
  ])) {
    it(`in ${where} becomes a dead letter and blocks no other`, async () => {
      await valkey.redis.multi().select(db).lpush("celery-task-meta-bad", "no result").select(0).exec();
      const settings = { resultBackend: valkey.url.replace(/0$/, String(db)) };
      const { app, lines, stop } = await startWorker(valkey.url, tasks, { settings });
      const results = await Promise.all(
        ["a", "bad", "b"].map((taskId) => app.sendTask("add", [1, 2], { taskId, ignoreResult: false })),
      );
      assert.deepEqual(await Promise.all([results[0].get({ timeout: 5 }), results[2].get({ timeout: 5 })]), [3, 3]);
      await waitUntil(async () => (await valkey.redis.exists("unacked", "celery.leases")) === 0);
      const [header, message] = /** @type {string} */ (await valkey.redis.lindex("q.dead", 0)).split("\n");
      assert.equal(JSON.parse(header).reason, "unstorable");
      assert.equal(JSON.parse(message).headers.id, "bad");
      const words = lines.filter(({ msg }) => msg.includes("The result of task bad cannot be stored"));
      assert.equal(words.length, 1);
      assert.match(words[0].msg, /kept in q\.dead: .*WRONGTYPE/);
      await stop();
    });
  }

  it("fails updateState if it is a task's state", async () => {
    const { app, lines, stop } = await startWorker(valkey.url, tasks);
    await valkey.redis.lpush("celery-task-meta-bad", "no result");
    await app.sendTask("progress", [], { taskId: "bad" });
    await waitUntil(() => lines.some(({ msg }) => /Task progress\[bad\] succeeded .*'OperationalError'/.test(msg)));
    await stop();
  });

  it("because a protocol key is broken waits for the repair", async () => {
    const open = closeGate();
    const { app, lines, stop } = await startWorker(valkey.url, tasks);
    const result = await app.sendTask("gate");
    await waitUntil(async () => (await valkey.redis.hlen("unacked")) === 1);
    await valkey.redis.config("RESETSTAT");
    await valkey.redis.set("unacked_index", "no sorted set");
    open();
    await waitUntil(async () => /cmdstat_zrem:.*failed_calls=[1-9]/.test(await valkey.redis.info("commandstats")));
    // An idle worker asks for messages once a second, and may have been refused first.
    const refused = /^(The server refused a command|Cannot take messages: .*WRONGTYPE)/;
    await waitUntil(() => lines.some(({ msg }) => refused.test(msg)));
    assert.equal(await valkey.redis.hlen("unacked"), 1);
    await valkey.redis.del("unacked_index");
    await assert.rejects(result.get({ timeout: 5 }), { name: "RangeError" });
    await waitUntil(async () => (await valkey.redis.exists("unacked", "celery.leases")) === 0);
    assert.equal(await valkey.redis.exists("q.dead"), 0);
    await stop();
  });

  it("because the counts are broken is settled after the next sweep", async () => {
    const open = closeGate();
    const { app, stop } = await startWorker(valkey.url, tasks);
    const result = await app.sendTask("gate");
    await waitUntil(async () => (await valkey.redis.hlen("unacked")) === 1);
    await valkey.redis.set("celery.deliveries", "no hash");
    open();
    await assert.rejects(result.get({ timeout: 20 }), { name: "RangeError" });
    await waitUntil(async () => (await valkey.redis.exists("unacked", "celery.leases")) === 0);
    await waitUntil(async () => (await valkey.redis.exists("celery.deliveries")) === 0);
    assert.equal(await valkey.redis.exists("q.dead"), 0);
    await stop();
  });

  it("is given up when the worker stops", async () => {
    const away = await startServer();
    const settings = { resultBackend: away.url, taskPublishTimeout: 0.3, workerSoftShutdownTimeout: 0 };
    const { app, worker, lines, stop } = await startWorker(valkey.url, tasks, { settings });
    await away.kill();
    const { id } = await app.sendTask("add", [1, 2]);
    await waitUntil(() => lines.some(({ msg }) => msg.includes("cannot be stored; trying again")));
    await worker.stop();
    await away.start();

    // Whatever was tried again would be stored by now.
    await delay(2 * STORE_RETRY_MS);
    const stored = inspector(away.url);
    assert.equal(await stored.exists(`celery-task-meta-${id}`), 0);
    assert.equal(await valkey.redis.hlen("unacked"), 1, "the message goes back when its lease ends");
    stored.disconnect();
    await stop();
    await away.stop();
  });
});

describe("storing", () => {
  it("STARTED is stored before the end, and never over it", async () => {
    const [server, backend] = await Promise.all([startServer(), startServer()]);
    const open = closeGate();
    const settings = { resultBackend: backend.url, taskTrackStarted: true, taskPublishTimeout: 0.3 };
    const { app, lines, stop } = await startWorker(server.url, tasks, { settings });
    const [redis, stored, subscriber] = [server, backend, backend].map(({ url }) => inspector(url));
    /** @type {string[]} */
    const states = [];
    subscriber.on("message", (_channel, text) => states.push(JSON.parse(text).status));
    await subscriber.subscribe("celery-task-meta-gated");
    await stored.config("SET", "maxmemory", "1");
    await app.sendTask("gate", [], { taskId: "gated" });
    await waitUntil(() => lines.some(({ msg }) => msg.includes("cannot be stored; trying again")));
    await stored.config("SET", "maxmemory", "0");
    open(); // it fails while STARTED waits for its next attempt
    await waitUntil(async () => (await redis.exists("unacked")) === 0);
    // Whatever was stored late would be stored by now.
    await delay(1.5 * STORE_RETRY_MS);
    assert.deepEqual(states, ["STARTED", "FAILURE"]);
    for (const client of [redis, stored, subscriber]) client.disconnect();
    await stop();
    await Promise.all([server.stop(), backend.stop()]);
  });

  it("an extended result stores a failure of too deep arguments", async () => {
    const server = await startServer();
    const { app, stop } = await startWorker(server.url, tasks, { settings: { resultExtended: true } });
    const redis = inspector(server.url);
    const { encodeEnvelope, taskMessage } = await import("../../../src/protocol/message.js");
    const message = taskMessage({ taskId: "deep", name: "deep", args: [] });
    const envelope = JSON.parse(encodeEnvelope(message, { exchange: "", routingKey: "q" }));
    const body = `[[${"[".repeat(20_000)}${"]".repeat(20_000)}], {}, {}]`;
    envelope.body = Buffer.from(body).toString("base64");
    await redis.lpush("q", JSON.stringify(envelope));
    await assert.rejects(app.AsyncResult("deep").get({ timeout: 5 }), /messageDepthLimit=300/);
    redis.disconnect();
    await stop();
    await server.stop();
  });

  it("an expiry below one second counts as one second", async () => {
    const server = await startServer();
    const redis = inspector(server.url);
    for (const db of [0, 1]) {
      const settings = { resultExpires: 0.5, resultBackend: server.url.replace(/0$/, String(db)) };
      const { app, stop } = await startWorker(server.url, tasks, { settings });
      const sentAtMs = performance.now();
      const result = await app.sendTask("add", [1, 2]);
      assert.equal(await result.get({ timeout: 5 }), 3);
      await redis.select(db);
      const leftMs = await redis.pttl(`celery-task-meta-${result.id}`);
      const tookMs = performance.now() - sentAtMs;
      assert.ok(leftMs <= 1_000 && leftMs + tookMs >= 999, `${leftMs} ms are left after ${tookMs} ms`);
      await waitUntil(async () => (await redis.exists(`celery-task-meta-${result.id}`)) === 0, { timeoutMs: 5_000 });
      await stop();
    }
    redis.disconnect();
    await server.stop();
  });
});
