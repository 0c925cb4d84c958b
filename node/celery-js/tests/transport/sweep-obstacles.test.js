/** What must not keep a sweep from putting back what it can. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { useSweeper } from "../support/sweeper.js";
import { idOf, message } from "../support/transport.js";
import { waitUntil } from "../support/wait.js";

const LEASE_MS = 600;
/** More than one round of a sweep looks at. */
const MANY = 250;

describe("a sweep is not stopped", () => {
  const { t, state, take, sweepUntilRestored } = useSweeper(LEASE_MS);

  /** Puts a record under a lease that has run out long ago, so that it is looked at before all others. @param {string} tag @param {string} record */
  const hold = async (tag, record) => {
    await t.redis.hset("unacked", tag, record);
    await t.redis.zadd("celery.leases", Date.now() - 10_000, tag);
  };

  it("by a lease without a message, which is dropped", async () => {
    await t.redis.zadd("celery.leases", Date.now() - 1000, "ghost:1");
    await t.redis.sadd("celery.started", "ghost:1");
    await take(message("a"));
    await sweepUntilRestored();
    assert.equal(await t.redis.zscore("celery.leases", "ghost:1"), null);
    assert.equal(await t.redis.scard("celery.started"), 0);
  });

  it("by an unreadable record, which is buried", async () => {
    await hold("odd:1", '[{"body": 1}, "", "q"]');
    await take(message("a"));
    await sweepUntilRestored();
    assert.match(/** @type {string} */ (await t.redis.lindex("q.dead", 0)), /^{"reason":"undecodable".*\n{"body": 1}$/);
    assert.equal(await t.redis.hexists("unacked", "odd:1"), 0);
  });

  it("by foreign records: they stay, without a lease", async () => {
    for (let i = 0; i < MANY; i++) await hold(`odd:${i}`, i % 2 === 0 ? "x" : '[{"body": "b"}, "exchange", "key"]');
    await take(message("a"));
    await sweepUntilRestored();
    await waitUntil(async () => {
      await state.sweeper.sweep(); // one sweep looks at some of them
      return (await t.redis.zcard("celery.leases")) === 0;
    });
    assert.deepEqual([await t.redis.hlen("unacked"), state.errors], [MANY, []]);
  });

  it("by messages whose queue is not a list: retried a lease later", async () => {
    await t.redis.set("broken", "x");
    for (let i = 0; i < MANY; i++) await hold(`odd:${i}`, `[${message(`odd${i}`)}, "", "broken"]`);
    await take(message("a"));
    await sweepUntilRestored();
    assert.equal(state.swept[0].taskId, "a");
    assert.match(state.errors[0], /^broken: .*WRONGTYPE/);
    assert.equal(await t.redis.hlen("unacked"), MANY);

    await t.redis.del("broken");
    await sweepUntilRestored(MANY + 1);
    assert.equal(await t.redis.llen("broken"), MANY);
  });

  it("by an unreadable record that cannot be buried: it stays", async () => {
    await t.redis.set("other.dead", "x");
    await hold("odd:1", '[{"body": 1}, "", "other"]');
    await take(message("a"));
    await sweepUntilRestored();
    assert.match(state.errors[0], /WRONGTYPE/);
    assert.equal(await t.redis.hexists("unacked", "odd:1"), 1);
  });

  it("by large messages: a round takes a few megabytes", async () => {
    const sizes = [2, 2, 2, 2, 6, 2];
    for (const [i, size] of sizes.entries()) await take(message(`m${i}`, { args: ["x".repeat(size * 1024 * 1024)] }));
    await waitUntil(async () => Number(await t.redis.zcount("celery.leases", "-inf", Date.now())) === sizes.length);

    /** @type {number[]} */
    const rounds = [];
    for (let more = true; more; rounds.push(state.swept.length)) {
      await t.redis.hset("celery.sweep", "last", Date.now()); // so much at once takes long, by a lease as short as this
      more = await state.sweeper.sweep();
    }

    assert.ok(rounds[0] >= 1 && rounds[0] < sizes.length, `${rounds[0]} in the first round`);
    assert.equal(rounds.at(-1), sizes.length);
    const ids = (await t.redis.lrange("q", 0, -1)).map(idOf);
    assert.deepEqual(ids.sort(), ["m0", "m1", "m2", "m3", "m4", "m5"]);
  });

  for (const [field, value] of [
    ["longest", "garbage"],
    ["longest", "1e300"],
    ["longest_at", "nan"],
    ["last", "inf"],
    ["patient_until", "9e15"],
  ]) {
    it(`by unreadable sweep state: ${field} ${value}`, async () => {
      await take(message("a"));
      await t.redis.hset("celery.sweep", field, value);
      await sweepUntilRestored();
    });
  }

  for (const key of ["celery.sweep", "celery.counted", "celery.deliveries", "celery.started"]) {
    it(`by one of its own keys with another type: ${key}`, async () => {
      await take(message("a"));
      await t.redis.set(key, "x");
      await sweepUntilRestored();
    });
  }

  it("by a server that is full", async () => {
    await take(message("a"));
    await t.redis.config("SET", "maxmemory", "1");
    try {
      await sweepUntilRestored();
    } finally {
      await t.redis.config("SET", "maxmemory", "0");
    }
    assert.deepEqual(await t.redis.hgetall("celery.deliveries"), { a: "1" });
  });
});
