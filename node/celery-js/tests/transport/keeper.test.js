/** The keeper's thread: leases and sweeps that do not depend on the event loop. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { message, useTransport, withKeeper } from "../support/transport.js";
import { blockFor, waitUntil } from "../support/wait.js";

const LEASE_MS = 600;

describe("the keeper", () => {
  const t = useTransport({ leaseMs: LEASE_MS });

  const take = async () => {
    await t.redis.lpush("q", message("a"));
    return (await t.consumer.take(1)).deliveries[0];
  };
  /** @param {number} number */
  const deliveryOf = (number) => ({ number, tag: t.tagPrefix + number, queue: "q", workersLost: 0, raw: "" });
  const lease = async (/** @type {string} */ tag) => Number(await t.redis.zscore("celery.leases", tag));

  it("renews held leases while the event loop is blocked", async () => {
    const delivery = await take();
    const { tag } = delivery;
    /** @type {string[]} */
    const lost = [];
    const onLost = (/** @type {string[]} */ tags) => void lost.push(...tags);
    const body = async (/** @type {import("../../src/transport/redis/keeper.js").Keeper} */ keeper) => {
      keeper.held.hold([delivery], [0]);
      const before = Number(await t.redis.zscore("unacked_index", tag));

      blockFor(LEASE_MS * 3);
      assert.ok((await lease(tag)) > Date.now(), "renewed meanwhile");
      assert.ok(Number(await t.redis.zscore("unacked_index", tag)) > before, "kombu's sweep is told too");

      keeper.held.release([{ delivery }]);
      await waitUntil(async () => (await t.redis.llen("q")) === 1);
    };
    await withKeeper(t, { leaseMs: LEASE_MS, rescoreMs: 0 }, body, { onLost });
    assert.deepEqual(lost, []);
  });

  it("reports leases that ran out before it could renew them", async () => {
    /** @type {string[]} */
    const lost = [];
    const body = async (/** @type {import("../../src/transport/redis/keeper.js").Keeper} */ keeper) => {
      keeper.held.hold([deliveryOf(77)], [0]);
      await waitUntil(() => lost.length > 0);
    };
    await withKeeper(t, { leaseMs: LEASE_MS }, body, { onLost: (tags) => void lost.push(...tags) });
    assert.deepEqual(lost, [`${t.tagPrefix}77`]);
  });

  it("sweeps beside an event loop that is blocked", async () => {
    // As if somebody had swept all along, and a worker had died just now.
    await t.redis.hset("celery.sweep", "last", Date.now());
    const { number } = await take();
    await t.redis.zadd("celery.leases", Date.now() - 1, t.tagPrefix + number);
    await withKeeper(t, { leaseMs: 6_000 }, async () => {
      // The thread has started; from here on, nothing but it can do anything, until a sweep must have passed.
      blockFor(3_000);
      const freeAgain = Date.now();
      assert.ok(Number(await t.redis.hget("celery.sweep", "last")) < freeAgain, "swept while the loop was blocked");
      assert.equal(await t.redis.llen("q"), 1);
    });
  });
});
