import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { runScript } from "../../src/transport/redis/scripts.js";
import { startServer } from "../support/server.js";
import { breakConnection, inspector, makeConsumer, message } from "../support/transport.js";

const KEY = "celery-task-meta-a";

describe("settling", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {import("ioredis").Redis} */
  let redis;
  /** @type {ReturnType<typeof makeConsumer>} */
  let made;

  before(async () => {
    server = await startServer();
    redis = inspector(server.url);
  });
  after(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await redis.flushall();
    made = makeConsumer(server.url);
    await made.consumer.start(["q"]);
  });
  afterEach(() => made.consumer.close());

  /** @param {string} result @param {number | null} number */
  const settlement = (result, number) => ({ number, taskId: "a", result });
  const take = async () => {
    await redis.lpush("q", message("a"));
    return (await made.consumer.take(1)).deliveries[0];
  };
  const traces = async () => [
    await redis.hlen("unacked"),
    await redis.zcard("unacked_index"),
    await redis.zcard("celery.leases"),
    await redis.hlen("celery.deliveries"),
  ];

  it("stores the result with its expiry, publishes it, and acknowledges the message", async () => {
    const { number } = await take();
    const subscriber = inspector(server.url);
    await subscriber.subscribe(KEY);
    const published = new Promise((resolve) => subscriber.once("message", (_, text) => resolve(text)));

    const gone = await made.consumer.settle([settlement('{"status": "SUCCESS"}', number)]);

    assert.deepEqual(gone, []);
    assert.equal(await redis.get(KEY), '{"status": "SUCCESS"}');
    assert.ok((await redis.ttl(KEY)) > 90);
    assert.equal(await published, '{"status": "SUCCESS"}');
    assert.deepEqual(await traces(), [0, 0, 0, 0]);
    subscriber.disconnect();
  });

  it("never overwrites a stored SUCCESS", async () => {
    await made.consumer.settle([settlement('{"status": "SUCCESS", "result": 1}', null)]);
    await made.consumer.settle([settlement('{"status": "FAILURE"}', null)]);
    assert.equal(await redis.get(KEY), '{"status": "SUCCESS", "result": 1}');
  });

  it("overwrites any other state, and keeps a result for ever with expiry 0", async () => {
    await made.consumer.settle([settlement('{"status": "STARTED"}', null)]);
    made.consumer.options.resultExpiresS = 0;
    await made.consumer.settle([settlement('{"status": "FAILURE"}', null)]);
    assert.equal(await redis.get(KEY), '{"status": "FAILURE"}');
    assert.equal(await redis.ttl(KEY), -1);
  });

  it("keeps the message when it only stores", async () => {
    await take();
    await made.consumer.settle([settlement('{"status": "STARTED"}', null)]);
    assert.deepEqual((await traces()).slice(0, 3), [1, 1, 1]);
  });

  it("reports a tag that is gone, and leaves the record of the next holder alone", async () => {
    const { number } = await take();
    // As kombu's sweep does it, which knows nothing of leases.
    await redis.hdel("unacked", made.tagPrefix + number);
    await redis.zrem("unacked_index", made.tagPrefix + number);
    await redis.hset("unacked", "other:1", "x");
    assert.deepEqual(await made.consumer.settle([settlement("", number)]), [0]);
    assert.equal(await redis.hget("unacked", "other:1"), "x");
  });

  it("forgets how often the task's workers were lost", async () => {
    const { number } = await take();
    await redis.hset("celery.deliveries", "a", 3);
    await made.consumer.settle([settlement("", number)]);
    assert.equal(await redis.hlen("celery.deliveries"), 0);
  });

  it("goes through once the server is back, without its own repetition counting as a lost lease", async () => {
    const { number } = await take();
    const settled = made.consumer.settle([settlement('{"status": "SUCCESS"}', number)]);
    await new Promise((resolve) => setImmediate(resolve));
    breakConnection(made.consumer.connection);
    assert.deepEqual(await settled, []);
    assert.equal(await redis.get(KEY), '{"status": "SUCCESS"}');
    assert.deepEqual((await traces())[0], 0);
  });

  it("does not acknowledge a message whose result the server refuses", async () => {
    const { number } = await take();
    await redis.config("SET", "maxmemory", "1");
    const settled = made.consumer.settle([settlement('{"status": "SUCCESS"}', number)]);
    await assert.rejects(redis.set("x", "y"), /OOM/);
    assert.equal(await redis.hlen("unacked"), 1);
    await redis.config("SET", "maxmemory", "0");
    assert.deepEqual(await settled, []);
    assert.equal(await redis.get(KEY), '{"status": "SUCCESS"}');
  });

  it("puts messages back to be taken next, or last", async () => {
    await redis.lpush("q", message("first"), message("second"));
    const { deliveries } = await made.consumer.take(1);
    const { number, raw } = deliveries[0];
    await made.consumer.requeue([{ number, queue: "q", priority: 0, raw, side: "next" }]);
    const again = (await made.consumer.take(1)).deliveries[0];
    assert.equal(again.raw, raw);
    await made.consumer.requeue([{ number: again.number, queue: "q", priority: 0, raw, side: "last" }]);
    assert.notEqual((await made.consumer.take(1)).deliveries[0].raw, raw);
  });

  it("puts nothing back that it no longer holds", async () => {
    const { number, raw } = await take();
    await redis.hdel("unacked", made.tagPrefix + number);
    assert.deepEqual(await made.consumer.requeue([{ number, queue: "q", priority: 0, raw, side: "next" }]), [0]);
    assert.equal(await redis.llen("q"), 0);
  });

  it("buries a message with reason, time, worker and deliveries, byte for byte", async () => {
    const { number, raw } = await take();
    await made.consumer.bury([{ number, taskId: "a", queue: "q", raw, reason: "NotRegistered", deliveries: 2 }]);
    const [header, ...rest] = /** @type {string} */ (await redis.lindex("q.dead", 0)).split("\n");
    assert.deepEqual(rest.join("\n"), raw);
    const { reason, worker, deliveries } = JSON.parse(header);
    assert.deepEqual([reason, worker, deliveries], ["NotRegistered", "test@here", 2]);
    assert.deepEqual(await traces(), [0, 0, 0, 0]);
  });

  it("leaves a message where it is when the list that it should go to is none", async () => {
    const { number, raw } = await take();
    await redis.set("q.dead", "x");
    await redis.set("q", "x");
    const { keys, consumer, tagPrefix } = made;
    const bury = [keys.unacked, keys.unackedIndex, keys.leases, keys.deliveries, keys.started, "q.dead"];
    const requeue = [keys.unacked, keys.unackedIndex, keys.leases, keys.started, "q"];
    await assert.rejects(
      runScript(consumer.connection, "bury", bury, [10, tagPrefix + number, "a", "{}", raw]),
      /WRONGTYPE/,
    );
    await assert.rejects(
      runScript(consumer.connection, "requeue", requeue, [tagPrefix + number, "next", raw]),
      /WRONGTYPE/,
    );
    assert.equal(await redis.hexists("unacked", tagPrefix + number), 1);
  });

  it("takes nothing when one of its queues is no list, and loses nothing of the others", async () => {
    await made.consumer.close();
    made = makeConsumer(server.url);
    await made.consumer.start(["q", "broken"]);
    await redis.lpush("q", message("a"), message("b"));
    await redis.set("broken", "x");
    await assert.rejects(made.consumer.take(10), /WRONGTYPE/);
    await redis.del("broken");
    assert.equal((await made.consumer.take(10)).deliveries.length, 2);
  });

  it("renews leases and puts messages back on a full server as well", async () => {
    const { number, raw } = await take();
    const { keys, consumer, tagPrefix } = made;
    await redis.zadd(keys.leases, String(Date.now() + 1_000), tagPrefix + number);
    await redis.config("SET", "maxmemory", "1");
    try {
      const names = [keys.leases, keys.unackedIndex];
      assert.deepEqual(await runScript(consumer.connection, "renew", names, [60_000, 1, tagPrefix + number]), []);
      assert.ok(Number(await redis.zscore(keys.leases, tagPrefix + number)) > Date.now() + 50_000);
      await consumer.requeue([{ number, queue: "q", priority: 0, raw, side: "next" }]);
      assert.equal(await redis.llen("q"), 1);
    } finally {
      await redis.config("SET", "maxmemory", "0");
    }
  });
});
