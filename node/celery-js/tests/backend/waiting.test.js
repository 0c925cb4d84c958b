/** Waiting for results: nothing is missed, nothing is polled, nothing is left behind. */
import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Redis } from "ioredis";
import { RedisResultStore } from "../../src/backend/redis/store.js";
import { encodeMeta } from "../../src/protocol/result-encoder.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";
import { startServer } from "../support/server.js";
import { waitUntil } from "../support/wait.js";

const PREFIX = "celery-task-meta-";
setFlagsFromString("--expose-gc");
/** Without it, the size of the heap says more about the collector than about what is kept. */
const collectGarbage = runInNewContext("gc");

describe("waiting for results", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Redis} */
  let redis;
  /** @type {RedisResultStore} */
  let store;

  /**
   * As Celery's Redis backend does it.
   *
   * @param {string} id
   * @param {unknown} result
   * @param {string} [status]
   */
  const finish = (id, result, status = "SUCCESS") => {
    const text = encodeMeta({ taskId: id, status, result });
    return redis
      .multi()
      .set(PREFIX + id, text)
      .publish(PREFIX + id, text)
      .exec();
  };
  const channels = async () => /** @type {string[]} */ (await redis.pubsub("CHANNELS"));

  before(async () => {
    server = await startServer();
    redis = new Redis(server.url);
  });
  beforeEach(async () => {
    await redis.flushall();
    store = new RedisResultStore({ address: parseRedisUrl(server.url), timeoutMs: 5_000 });
  });
  afterEach(() => store.close());
  after(async () => {
    redis.disconnect();
    await server.stop();
  });

  test("each state that is stored meanwhile is passed on", async () => {
    /** @type {[string, unknown][]} */
    const seen = [];
    const onMessage = (/** @type {import("../../src/protocol/result-meta.js").ResultMeta} */ { status, result }) =>
      seen.push([status, result]);
    const waiting = store.wait("id1", { onMessage });
    await waitUntil(async () => (await channels()).length === 1);

    await finish("id1", { done: 1 }, "PROGRESS");
    await waitUntil(() => seen.length > 0);
    await finish("id1", 5);
    await waiting;

    // The store also reads once after it has subscribed, and may find a state that it then hears of.
    const states = seen.filter(([state], index) => state !== seen[index - 1]?.[0]);
    assert.deepEqual(states, [
      ["PROGRESS", { done: 1 }],
      ["SUCCESS", 5],
    ]);
  });

  test("an error of onMessage ends the waiting", async () => {
    await finish("id1", 5);
    const refuse = () => {
      throw new RangeError("no");
    };

    await assert.rejects(store.wait("id1", { onMessage: refuse }), RangeError);
  });

  test("a result that was stored before is found", async () => {
    await finish("id1", 5);

    assert.equal((await store.wait("id1")).result, 5);
  });

  test("a result that comes later is found by its publication", async () => {
    const waiting = store.wait("id1");
    await waitUntil(async () => (await channels()).length === 1);

    await finish("id1", 5);

    assert.equal((await waiting).result, 5);
  });

  test("states on the way do not end the waiting", async () => {
    const waiting = store.wait("id1");
    await waitUntil(async () => (await channels()).length === 1);

    for (const state of ["STARTED", "PROGRESS", "RETRY"]) await finish("id1", null, state);
    await finish("id1", 5);

    assert.equal((await waiting).status, "SUCCESS");
  });

  test("a late result is a TimeoutError, and the wait is over", async () => {
    await assert.rejects(store.wait("id1", { timeoutMs: 500 }), {
      name: "TimeoutError",
      message: /^no result within [0-9.]+ s; the last known state is PENDING$/,
    });
    await assert.rejects(store.wait("id1", { timeoutMs: 0 }), { name: "TimeoutError" });

    await waitUntil(async () => (await channels()).length === 0);
    assert.equal(store.waiting, 0);
  });

  test("without an answer of the server, no state was seen", async () => {
    const away = new RedisResultStore({ address: parseRedisUrl("redis://127.0.0.1:1/0"), timeoutMs: 5_000 });

    await assert.rejects(away.wait("id1", { timeoutMs: 50 }), {
      name: "TimeoutError",
      message: "no result within 0.05 s; the result backend has not answered",
    });

    away.close();
  });

  test("a signal ends the waiting with its reason", async () => {
    const abort = new AbortController();
    const waiting = store.wait("id1", { signal: abort.signal });
    abort.abort(new Error("enough"));

    await assert.rejects(waiting, { message: "enough" });
    await assert.rejects(store.wait("id1", { signal: abort.signal }), { message: "enough" });
  });

  test("many waits share one connection", async () => {
    const ids = Array.from({ length: 50 }, (_, i) => `id${i % 25}`);
    const waiting = Promise.all(ids.map((id) => store.wait(id)));
    await waitUntil(async () => (await channels()).length === 25);

    const clients = String(await redis.client("LIST")).split("\n");
    for (const id of new Set(ids)) await finish(id, id);

    assert.deepEqual(
      (await waiting).map(({ result }) => result),
      ids,
    );
    assert.equal(clients.filter((line) => line.includes("name=celery-js-results-waiting")).length, 1);
  });

  test("one of two that wait for the same result may give up", async () => {
    const patient = store.wait("id1");
    await assert.rejects(store.wait("id1", { timeoutMs: 30 }), { name: "TimeoutError" });

    await finish("id1", 5);

    assert.equal((await patient).result, 5);
  });

  test("a result stored while the connection was lost is found", async () => {
    const waiting = store.wait("id1");
    await waitUntil(async () => (await channels()).length === 1);

    await redis.call("CLIENT", "KILL", "TYPE", "pubsub");
    await finish("id1", 5);

    assert.equal((await waiting).result, 5);
  });

  test("after a reconnect, only awaited results are subscribed to", async () => {
    const waiting = store.wait("id2");
    const leaving = new AbortController();
    const left = store.wait("id1", { signal: leaving.signal }).catch(() => {});
    await waitUntil(async () => (await channels()).length === 2);

    await redis.call("CLIENT", "KILL", "TYPE", "pubsub");
    leaving.abort();
    await left;
    await waitUntil(async () => (await channels()).length > 0);

    assert.deepEqual(await channels(), [`${PREFIX}id2`]);
    await finish("id2", 1);
    await waiting;
  });

  test("a wait survives a restart of the server", async () => {
    const waiting = store.wait("id1");
    await waitUntil(async () => (await channels()).length === 1);

    await server.kill();
    await server.start();
    await waitUntil(() => redis.status === "ready");
    await finish("id1", 5);

    assert.equal((await waiting).result, 5);
  });

  test("a silent connection is noticed and replaced", async (t) => {
    const proxy = await startProxy(server.port);
    t.after(() => proxy.close());
    const cautious = new RedisResultStore({
      address: parseRedisUrl(`redis://127.0.0.1:${proxy.port}/0`),
      timeoutMs: 10_000,
      // A loaded machine must answer within it; and a silent connection be noticed while the test waits.
      pingIntervalMs: 1_000,
    });
    t.after(() => cautious.close());
    const waiting = cautious.wait("id1");
    await waitUntil(async () => (await channels()).length === 1);

    proxy.silenceAll();
    await finish("id1", 5);

    assert.equal((await waiting).result, 5);
  });

  test("ten thousand results leave nothing behind", async () => {
    const rounds = 10;
    const each = 1_000;
    /** @type {number[]} */
    const heapMiB = [];
    for (let round = 0; round < rounds; round++) {
      const ids = Array.from({ length: each }, (_, i) => `${round}-${i}`);
      const waiting = Promise.all(ids.map((id) => store.wait(id, { timeoutMs: 30_000 })));
      await Promise.all(ids.map((id) => finish(id, id)));
      await waiting;
      await redis.flushall();
      collectGarbage();
      heapMiB.push(process.memoryUsage().heapUsed / 2 ** 20);
    }
    await waitUntil(async () => (await channels()).length === 0);

    assert.equal(store.waiting, 0);
    assert.ok(heapMiB[rounds - 1] - heapMiB[1] < 3, `the heap grew: ${heapMiB.map((size) => size.toFixed(1))} MiB`);
    await store.close();
    redis.disconnect();
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
    await waitUntil(() => timers() <= 1, { what: "no timers but that of this waiting" });
    redis = new Redis(server.url);
  });
});

/** Stands between client and server. @param {number} serverPort */
async function startProxy(serverPort) {
  /** @type {Set<net.Socket>} */
  const sockets = new Set();
  const proxy = net.createServer((client) => {
    const upstream = net.connect(serverPort, "127.0.0.1");
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    port: /** @type {net.AddressInfo} */ (proxy.address()).port,
    /** Connections stay open, and nothing comes through any more; new ones work. */
    silenceAll: () => {
      for (const socket of sockets) socket.unpipe();
    },
    close: () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
