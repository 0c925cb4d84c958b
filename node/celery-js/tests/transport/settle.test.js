import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { markRedelivered } from "../../src/protocol/message.js";
import { keysOfHeld } from "../../src/transport/redis/keys.js";
import { breakConnection, inspector, message, useTransport } from "../support/transport.js";
import { waitUntil } from "../support/wait.js";

const KEY = "celery-task-meta-a";
const ALL_SETTLED = { gone: [], unsent: [] };

describe("settling", () => {
  const t = useTransport();

  /** @param {string} result @param {import("../../src/transport/transport.js").Delivery | null} delivery */
  const settlement = (result, delivery) => ({ delivery, taskId: "a", result });
  const take = async () => {
    await t.redis.lpush("q", message("a"));
    return (await t.consumer.take(1)).deliveries[0];
  };
  const traces = async () => [
    await t.redis.hlen("unacked"),
    await t.redis.zcard("unacked_index"),
    await t.redis.zcard("celery.leases"),
    await t.redis.hlen("celery.deliveries"),
  ];

  it("stores and publishes the result and acknowledges", async () => {
    const delivery = await take();
    const subscriber = inspector(t.server.url);
    await subscriber.subscribe(KEY);
    const published = new Promise((resolve) => subscriber.once("message", (_, text) => resolve(text)));

    assert.deepEqual(await t.consumer.settle([settlement('{"status": "SUCCESS"}', delivery)]), ALL_SETTLED);

    assert.equal(await t.redis.get(KEY), '{"status": "SUCCESS"}');
    assert.ok((await t.redis.ttl(KEY)) > 90);
    assert.equal(await published, '{"status": "SUCCESS"}');
    assert.deepEqual(await traces(), [0, 0, 0, 0]);
    subscriber.disconnect();
  });

  it("never overwrites a stored SUCCESS", async () => {
    await t.consumer.settle([settlement('{"status": "SUCCESS", "result": 1}', null)]);
    await t.consumer.settle([settlement('{"status": "FAILURE"}', null)]);
    assert.equal(await t.redis.get(KEY), '{"status": "SUCCESS", "result": 1}');
  });

  for (const end of ["FAILURE", "REVOKED"]) {
    it(`leaves a ${end} when a RETRY comes late, and publishes nothing`, async () => {
      const subscriber = inspector(t.server.url);
      await subscriber.subscribe(KEY);
      /** @type {string[]} */
      const published = [];
      subscriber.on("message", (_, text) => published.push(JSON.parse(text).status));

      for (const status of [end, "RETRY", "SUCCESS"]) {
        await t.consumer.settle([settlement(JSON.stringify({ status }), null)]);
        const stored = status === "RETRY" ? end : status;
        assert.equal(await t.redis.get(KEY), JSON.stringify({ status: stored }));
      }

      await waitUntil(() => published.includes("SUCCESS"));
      assert.deepEqual(published, [end, "SUCCESS"]);
      subscriber.disconnect();
    });
  }

  it("overwrites any other state; expiry 0 keeps a result forever", async () => {
    await t.consumer.settle([settlement('{"status": "STARTED"}', null)]);
    t.consumer.options.resultExpiresS = 0;
    await t.consumer.settle([settlement('{"status": "FAILURE"}', null)]);
    assert.equal(await t.redis.get(KEY), '{"status": "FAILURE"}');
    assert.equal(await t.redis.ttl(KEY), -1);
  });

  it("keeps the message when it only stores", async () => {
    await take();
    await t.consumer.settle([settlement('{"status": "STARTED"}', null)]);
    assert.deepEqual((await traces()).slice(0, 3), [1, 1, 1]);
  });

  it("reports a lost tag and keeps the next holder's record", async () => {
    const delivery = await take();
    // As kombu's sweep does it, which knows nothing of leases.
    await t.redis.hdel("unacked", delivery.tag);
    await t.redis.zrem("unacked_index", delivery.tag);
    await t.redis.hset("unacked", "other:1", "x");
    assert.deepEqual(await t.consumer.settle([settlement("", delivery)]), { gone: [delivery], unsent: [] });
    assert.equal(await t.redis.hget("unacked", "other:1"), "x");
  });

  it("clears the task's count of lost workers", async () => {
    const delivery = await take();
    await t.redis.hset("celery.deliveries", "a", 3);
    await t.redis.zadd("celery.counted", Date.now(), "a");
    await t.consumer.markStarted(delivery);
    await t.consumer.settle([settlement("", delivery)]);
    assert.deepEqual(await t.redis.keys("celery.*"), []);
  });

  it("succeeds after an outage without reporting a lost lease", async () => {
    const delivery = await take();
    const settled = t.consumer.settle([settlement('{"status": "SUCCESS"}', delivery)]);
    await new Promise((resolve) => setImmediate(resolve));
    breakConnection(t.consumer.connection);
    assert.deepEqual(await settled, ALL_SETTLED);
    assert.equal(await t.redis.get(KEY), '{"status": "SUCCESS"}');
    assert.deepEqual((await traces())[0], 0);
  });

  it("does not acknowledge if the server refuses the result", async () => {
    const delivery = await take();
    await t.redis.config("RESETSTAT");
    await t.redis.config("SET", "maxmemory", "1");
    const settled = t.consumer.settle([settlement('{"status": "SUCCESS"}', delivery)]);
    await waitUntil(async () => /errorstat_OOM/.test(await t.redis.info("errorstats")));
    assert.equal(await t.redis.hlen("unacked"), 1);
    await t.redis.config("SET", "maxmemory", "0");
    assert.deepEqual(await settled, ALL_SETTLED);
    assert.equal(await t.redis.get(KEY), '{"status": "SUCCESS"}');
  });

  it("puts messages back to be taken next, or last", async () => {
    await t.redis.lpush("q", message("first"), message("second"));
    const [delivery] = (await t.consumer.take(1)).deliveries;
    await t.consumer.requeue([{ delivery, priority: 0, side: "next" }]);
    const [again] = (await t.consumer.take(1)).deliveries;
    assert.equal(again.raw, markRedelivered(delivery.raw));
    await t.consumer.requeue([{ delivery: again, priority: 0, side: "last" }]);
    assert.notEqual((await t.consumer.take(1)).deliveries[0].raw, again.raw);
  });

  it("puts large messages back, a few megabytes a call", async () => {
    const raws = Array.from({ length: 5 }, (_, i) => message(`m${i}`, { args: ["x".repeat(2 * 1024 * 1024)] }));
    await t.redis.lpush("q", ...raws);
    const { deliveries } = await t.consumer.take(5);
    await t.redis.config("RESETSTAT");
    await t.consumer.requeue(deliveries.map((delivery) => ({ delivery, priority: 0, side: "last" })));
    assert.equal(await t.redis.llen("q"), 5);
    const stats = await t.redis.info("commandstats");
    const calls = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0);
    assert.ok(calls >= 3, `${calls} calls`);
  });

  it("puts nothing back that it no longer holds", async () => {
    const delivery = await take();
    await t.redis.hdel("unacked", delivery.tag);
    assert.deepEqual(await t.consumer.requeue([{ delivery, priority: 0, side: "next" }]), [delivery]);
    assert.equal(await t.redis.llen("q"), 0);
  });

  it("buries the message's bytes with reason, time and worker", async () => {
    const delivery = { ...(await take()), workersLost: 2 };
    await t.consumer.bury([{ delivery, taskId: "a", reason: "NotRegistered" }]);
    const [header, ...rest] = /** @type {string} */ (await t.redis.lindex("q.dead", 0)).split("\n");
    assert.deepEqual(rest.join("\n"), delivery.raw);
    const { reason, worker, deliveries } = JSON.parse(header);
    assert.deepEqual([reason, worker, deliveries], ["NotRegistered", "test@here", 2]);
    assert.deepEqual(await traces(), [0, 0, 0, 0]);
  });

  it("leaves a message whose target key is not a list", async () => {
    const delivery = await take();
    await t.redis.set("q.dead", "x");
    await t.redis.set("q", "x");
    const { keys, consumer } = t;
    const { tag, raw } = delivery;
    const bury = [...keysOfHeld(keys), "q.dead"];
    const requeue = [keys.unacked, keys.unackedIndex, keys.leases, keys.started, "q"];
    await assert.rejects(consumer.connection.client.runScript("bury", bury, [10, tag, "a", "{}", raw]), /WRONGTYPE/);
    await assert.rejects(consumer.connection.client.runScript("requeue", requeue, [tag, "next", raw]), /WRONGTYPE/);
    assert.equal(await t.redis.hexists("unacked", tag), 1);
  });

  for (const key of ["broken", "broken.dead"]) {
    it(`takes from the other queues while ${key} is not a list, and then fails`, async () => {
      await t.open(["q", "broken"]);
      await t.redis.lpush("q", message("a"), message("b"));
      await t.redis.lpush("broken\x06\x163", message("c"));
      await t.redis.set(key, "x");
      for (let left = key === "broken" ? 3 : 2; left > 0; left -= 1) {
        assert.equal((await t.consumer.take(1)).deliveries.length, 1);
      }
      await assert.rejects(t.consumer.take(10), /WRONGTYPE/);
      await t.redis.del(key);
      assert.equal((await t.consumer.take(10)).deliveries.length, key === "broken" ? 0 : 1);
    });
  }

  it("renews, notes suspects and requeues on a full server", async () => {
    const delivery = await take();
    const { keys, consumer } = t;
    const { tag } = delivery;
    await t.redis.zadd(keys.leases, String(Date.now() + 1_000), tag);
    await t.redis.config("SET", "maxmemory", "1");
    try {
      const names = [keys.leases, keys.unackedIndex];
      assert.deepEqual(await consumer.connection.client.runScript("renew", names, [60_000, 1, tag]), []);
      assert.ok(Number(await t.redis.zscore(keys.leases, tag)) > Date.now() + 50_000);
      assert.equal(await consumer.markStarted(delivery), true);
      await consumer.requeue([{ delivery, priority: 0, side: "next" }]);
      assert.equal(await t.redis.llen("q"), 1);
    } finally {
      await t.redis.config("SET", "maxmemory", "0");
    }
  });
});
