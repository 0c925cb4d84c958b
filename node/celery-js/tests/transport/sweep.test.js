/** Messages of dead workers go back into their queues, once, and no earlier than they should. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keysOfHeld } from "../../src/transport/redis/keys.js";
import { useSweeper } from "../support/sweeper.js";
import { message } from "../support/transport.js";
import { waitUntil } from "../support/wait.js";

const LEASE_MS = 600;

describe("leases and the sweep", () => {
  const { t, state, take, sweepUntilRestored } = useSweeper(LEASE_MS);

  it("an expired lease requeues the message at its priority", async () => {
    await take(message("a", { priority: 6 }));
    await sweepUntilRestored();
    assert.deepEqual(
      state.swept.map(({ queue, taskId, why }) => [queue, taskId, why]),
      [["q", "a", "lost"]],
    );
    const restored = JSON.parse(/** @type {string} */ (await t.redis.lindex(t.keys.queue("q", 6), 0)));
    assert.equal(restored.headers.redelivered, true);
    assert.equal(restored.properties.delivery_info.redelivered, true);
    assert.deepEqual(
      [await t.redis.hlen("unacked"), await t.redis.zcard("unacked_index"), await t.redis.zcard("celery.leases")],
      [0, 0, 0],
    );
  });

  it("a loss is counted, and the next worker receives the count", async () => {
    await take(message("a"));
    await sweepUntilRestored();
    assert.equal((await t.consumer.take(1)).deliveries[0].workersLost, 1);
  });

  it("from the second loss on, only running tasks are counted", async () => {
    await t.redis.hset("celery.deliveries", "running", 1, "waiting", 1);
    const delivery = await take(message("running"));
    await take(message("waiting"));
    assert.equal(await t.consumer.markStarted(delivery), true);
    await waitUntil(async () => {
      await state.sweeper.sweep();
      return state.swept.length === 2;
    });
    assert.deepEqual(await t.redis.hgetall("celery.deliveries"), { running: "2", waiting: "1" });
    assert.equal(await t.redis.scard("celery.started"), 0);
  });

  it("a task whose lease has run out is not noted as started", async () => {
    const delivery = await take(message("a"));
    await sweepUntilRestored();
    assert.equal(await t.consumer.markStarted(delivery), false);
    assert.equal(await t.redis.scard("celery.started"), 0);
  });

  it("a restored message is taken before those that wait", async () => {
    await take(message("a"));
    await t.redis.lpush("q", message("b"));
    await sweepUntilRestored();
    assert.equal(JSON.parse((await t.consumer.take(1)).deliveries[0].raw).headers.id, "a");
  });

  it("a lease renewed after the sweep found it is left alone", async () => {
    const delivery = await take(message("a"));
    const tag = delivery.tag;
    const score = /** @type {string} */ (await t.redis.zscore("celery.leases", tag));
    await t.redis.zadd("celery.leases", Date.now() + 60_000, tag);
    const keys = [...keysOfHeld(t.keys), "q"];
    assert.deepEqual(await t.consumer.connection.client.runScript("restore", keys, [LEASE_MS, tag, score, "a", "x"]), [
      "",
    ]);
    assert.equal(await t.redis.llen("q"), 0);
  });

  it("after a pause, no lease expires for one lease", async () => {
    await take(message("a"));
    await t.redis.zadd(
      "celery.leases",
      String(Date.now() - 10_000),
      /** @type {string[]} */ (await t.redis.zrange("celery.leases", "0", "0"))[0],
    );
    await t.redis.hset("celery.sweep", "last", Date.now() - 10_000);
    const pausedUntil = Date.now() + LEASE_MS;
    await sweepUntilRestored();
    assert.ok(Date.now() >= pausedUntil - 5, "restored before the lease had passed");
  });

  it("a clock set back by an hour delays recovery by one lease", async () => {
    await take(message("a"));
    const [tag] = await t.redis.zrange("celery.leases", "0", "0");
    const aheadMs = Date.now() + 3_600_000;
    await t.redis.zadd("celery.leases", String(aheadMs + LEASE_MS), tag);
    const ahead = { last: aheadMs, patient_until: aheadMs + LEASE_MS, longest: 2 * LEASE_MS, longest_at: aheadMs };
    await t.redis.hset("celery.sweep", ahead);
    const earliest = Date.now() + 2 * LEASE_MS;

    await sweepUntilRestored();

    assert.ok(Date.now() >= earliest - 5, "the living have their lease's time to renew");
    assert.ok(
      Number(await t.redis.hget("celery.sweep", "longest_at")) <= Date.now(),
      "nor is anything remembered too long",
    );
  });

  it("a task's count of losses is forgotten after a day", async () => {
    await take(message("a"));
    await take(message("b"));
    await sweepUntilRestored(2);
    await t.redis.rpop("q", 2); // as kombu takes them: nobody will ever settle them with our script
    assert.deepEqual(await t.redis.hgetall("celery.deliveries"), { a: "1", b: "1" });

    await t.redis.zincrby("celery.counted", -24 * 3_600_000 - 1, "a");
    await state.sweeper.sweep();

    assert.deepEqual(await t.redis.hgetall("celery.deliveries"), { b: "1" });
    assert.deepEqual(await t.redis.zrange("celery.counted", "0", "-1"), ["b"]);
  });

  it("a parked message stays until due, uncounted and unmarked", async () => {
    const raw = message("a");
    const delivery = await take(raw);
    await t.consumer.park([{ delivery, dueMs: Date.now() + LEASE_MS * 2, etaMs: Date.now() + 3_000 }]);
    assert.equal(await t.redis.zcard("celery.leases"), 0);
    const dueAt = Date.now() + LEASE_MS * 2;
    await sweepUntilRestored();
    assert.ok(Date.now() >= dueAt - 50);
    assert.equal(await t.redis.lindex("q", 0), raw);
    assert.equal((await t.consumer.take(1)).deliveries[0].workersLost, 0);
  });

  it("kombu's sweep leaves a parked message until after its eta", async () => {
    const delivery = await take(message("a"));
    const etaMs = Date.now() + 86_400_000;
    await t.consumer.park([{ delivery, dueMs: etaMs, etaMs }]);
    assert.equal(Number(await t.redis.zscore("unacked_index", delivery.tag)), etaMs / 1000);
  });
});
