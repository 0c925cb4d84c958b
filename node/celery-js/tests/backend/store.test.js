/** What the Redis result store writes and reads, against a real server. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { deflateSync } from "node:zlib";
import { Redis } from "ioredis";
import { createBackend } from "../../src/backend/backend.js";
import { chordScripts, RedisChords } from "../../src/backend/redis/chords.js";
import { RedisResultStore } from "../../src/backend/redis/store.js";
import { encodeMeta } from "../../src/protocol/result-encoder.js";
import { ClientConnection } from "../../src/transport/redis/client-connection.js";
import { resultKeyPrefix } from "../../src/transport/redis/keys.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";
import { resolveSettings } from "../../src/validation/resolve-settings.js";
import { freePort, startServer } from "../support/server.js";
import { waitUntil } from "../support/wait.js";

/**
 * @param {string} taskId
 * @param {string} status
 * @param {unknown} result
 */
const meta = (taskId, status, result) => encodeMeta({ taskId, status, result });

describe("the Redis result store", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Redis} */
  let redis;
  /** @type {RedisResultStore} */
  let store;

  before(async () => {
    server = await startServer();
    redis = new Redis(server.url);
    store = new RedisResultStore({ address: parseRedisUrl(server.url), timeoutMs: 5_000, expires: 100 });
  });
  beforeEach(() => redis.flushall());
  after(async () => {
    await store.close();
    redis.disconnect();
    await server.stop();
  });

  test("a result is stored under Celery's key, with its expiry", async () => {
    const text = meta("id1", "SUCCESS", 5);

    await store.storeText("id1", text);

    assert.equal(await redis.get("celery-task-meta-id1"), text);
    assert.equal(await redis.ttl("celery-task-meta-id1"), 100);
    assert.equal((await store.get("id1"))?.result, 5);
  });

  test("a result that a Python worker compressed is read", async () => {
    const compressed = (/** @type {string} */ taskId) => {
      const text = deflateSync(meta(taskId, "SUCCESS", "Grüße".repeat(100)));
      return Buffer.concat([Buffer.from("\0celery-compressed\0application/x-gzip\0"), text]);
    };
    await redis.set("celery-task-meta-id1", compressed("id1"));
    const waited = store.wait("id2", { timeoutMs: 5_000 });
    await waitUntil(async () => (await redis.pubsub("NUMSUB", "celery-task-meta-id2"))[1] === 1);
    await redis.publish("celery-task-meta-id2", compressed("id2"));

    assert.equal((await store.get("id1"))?.result, "Grüße".repeat(100));
    assert.equal((await waited).result, "Grüße".repeat(100));
  });

  test("an unknown compression of a result is refused by name", async () => {
    await redis.set("celery-task-meta-id1", "\0celery-compressed\0application/x-bz2\0BZh");

    await assert.rejects(store.get("id1"), { name: "DecodeError", message: /application\/x-bz2/ });
  });

  test("resultChordOrdered: false keeps a chord's parts as they come", async () => {
    const unordered = createBackend(
      resolveSettings({ resultBackend: server.url, resultBackendTransportOptions: { resultChordOrdered: false } }),
    );
    const part = (/** @type {number} */ index) => ({
      ...{ taskId: `t${index}`, index, text: `part ${index}`, claimS: 5, token: `token ${index}` },
    });
    const chords = /** @type {import("../../src/backend/backend.js").ChordStore} */ (unordered.chords);
    await chords.setSize("g", 2);

    assert.equal(await chords.addPart("g", part(1)), "waiting");
    assert.equal(await chords.addPart("g", part(1)), "waiting", "it counts once");
    assert.equal(await chords.addPart("g", part(0)), "claimed");
    assert.equal(await redis.type("celery-taskset-meta-g.j"), "list");
    assert.deepEqual(await chords.results("g"), ["part 1", "part 0"]);
    await unordered.close();
  });

  test("any claim can be given an end", async () => {
    const backend = createBackend(resolveSettings({ resultBackend: server.url }));
    await redis.set("celery-taskset-meta-g.c", "of nobody");

    await backend.chords?.endClaim("g", 5);

    assert.equal(await redis.ttl("celery-taskset-meta-g.c"), 5);
    await backend.close();
  });

  test("a part that is added to a chord counts once, also if the reply is lost and the call repeated", async () => {
    const address = parseRedisUrl(server.url);
    const connection = new ClientConnection({ address, name: "test", timeoutMs: 5_000, scripts: chordScripts });
    const twice = {
      run: (/** @type {(client: unknown) => Promise<unknown>} */ command) =>
        connection.run(async (client) => {
          await command(client);
          return command(client);
        }),
    };
    const options = { expiresS: 100, ordered: true, decompressedSizeLimit: 1_000 };
    const chords = new RedisChords(/** @type {any} */ (twice), "group-", options);

    await chords.addOne("g");
    await chords.addOne("g");

    assert.equal(await redis.get("group-g.t"), "2");
    connection.close();
  });

  test("an expiry of 0 keeps the result forever", async () => {
    await store.storeText("id1", meta("id1", "SUCCESS", 5), { expires: 0 });

    assert.equal(await redis.ttl("celery-task-meta-id1"), -1);
  });

  test("a result is published on its key as it is stored", async () => {
    const subscriber = redis.duplicate();
    /** @type {string[]} */
    const published = [];
    subscriber.on("message", (_, text) => published.push(text));
    await subscriber.subscribe("celery-task-meta-id1");

    await store.storeText("id1", meta("id1", "SUCCESS", 5));

    await waitUntil(() => published.length > 0);
    assert.deepEqual(published, [await redis.get("celery-task-meta-id1")]);
    subscriber.disconnect();
  });

  test("a stored SUCCESS is never overwritten, any other state is", async () => {
    await store.storeText("id1", meta("id1", "FAILURE", new Error("no")));
    await store.storeText("id1", meta("id1", "SUCCESS", 1));
    await store.storeText("id1", meta("id1", "STARTED", null));

    assert.deepEqual([(await store.get("id1"))?.status, (await store.get("id1"))?.result], ["SUCCESS", 1]);
  });

  test("a forgotten result is gone", async () => {
    await store.storeText("id1", meta("id1", "SUCCESS", 5));

    await store.forget("id1");

    assert.equal(await store.get("id1"), null);
  });

  test("an invalid stored value is an error, not a result", async () => {
    await redis.set("celery-task-meta-id1", "{}");

    await assert.rejects(store.get("id1"), { name: "DecodeError" });
    await assert.rejects(store.wait("id1", { timeoutMs: 5_000 }), { name: "DecodeError" });
  });
});

test("a key prefix gets an underscore unless it has a separator", () => {
  const prefixes = ["", "a", "a:", "a_", "a-", "a."].map(resultKeyPrefix);

  const expected = ["", "a_", "a:", "a_", "a-", "a."].map((prefix) => `${prefix}celery-task-meta-`);
  assert.deepEqual(prefixes, expected);
});

test("without a server, reading a result fails in time", async () => {
  const port = await freePort();
  const address = parseRedisUrl(`redis://127.0.0.1:${port}/0`);
  const store = new RedisResultStore({ address, timeoutMs: 300 });

  const readings = [store.get("id1"), store.wait("id1"), store.wait("id1", { timeoutMs: 60_000 })];
  const error = { name: "OperationalError", message: /within 0\.3 s: connect ECONNREFUSED/ };
  await Promise.all(readings.map((reading) => assert.rejects(reading, error)));

  await store.close();
});

test("without a result backend, reading a result is refused", async () => {
  const backend = createBackend(resolveSettings());

  await assert.rejects(backend.get("id1"), { name: "ImproperlyConfigured", message: /set resultBackend/ });
  await assert.rejects(backend.wait("id1"), { name: "ImproperlyConfigured" });
  await backend.storeText("id1", "{}");
});
