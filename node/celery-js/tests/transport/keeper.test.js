/** The keeper's thread: leases and sweeps that do not depend on the event loop. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { blockUntilAbove } from "../support/blocking.js";
import { message, useTransport, withKeeper } from "../support/transport.js";
import { waitUntil } from "../support/wait.js";

const LEASE_MS = 1_500;

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
      const taken = await lease(tag);

      // Two renewals: by then the first lease would have ended.
      const renewed = taken + LEASE_MS + 1;
      assert.ok(blockUntilAbove(t.server.url, ["ZSCORE", "celery.leases", tag], renewed), "renewed meanwhile");
      assert.ok(Number(await t.redis.zscore("unacked_index", tag)) > before, "kombu's sweep sees a new time too");

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

  it("reports a missing lease at once, and as lost when its message was not just being settled", async () => {
    /** @type {string[]} */
    const reported = [];
    const note = (/** @type {string} */ what) => (/** @type {string[]} */ tags) => {
      for (const tag of tags) reported.push(`${what} ${tag.slice(t.tagPrefix.length)}`);
    };
    const settled = deliveryOf(78);
    await withKeeper(
      t,
      { leaseMs: LEASE_MS },
      async (keeper) => {
        keeper.held.hold([deliveryOf(77), settled], [0, 0]);
        await waitUntil(() => reported.length > 0);
        assert.deepEqual(reported, ["missing 77", "missing 78"]);
        keeper.held.release([{ delivery: settled }]);
        await waitUntil(() => reported.some((line) => line.startsWith("lost")));
      },
      { onMissing: note("missing"), onLost: note("lost") },
    );
    assert.deepEqual(
      reported.filter((line) => line.startsWith("lost")),
      ["lost 77"],
    );
  });

  it("has begun once the server answers it, or it was stopped", async () => {
    await t.server.pause();
    try {
      let hasBegun = false;
      await withKeeper(t, { leaseMs: LEASE_MS }, async (keeper, _, begun) => {
        void begun.then(() => {
          hasBegun = true;
        });
        await delay(500);
        assert.equal(hasBegun, false);
        await keeper.stop();
        await begun;
      });
      await withKeeper(t, { leaseMs: LEASE_MS }, async (_keeper, _port, begun) => {
        await t.server.resume();
        await begun;
      });
    } finally {
      await t.server.resume();
    }
  });

  it("sweeps while the event loop is blocked", async () => {
    // As if another worker had swept all along, and a worker had died just now.
    await t.redis.hset("celery.sweep", "last", Date.now());
    const { number } = await take();
    await t.redis.zadd("celery.leases", Date.now() - 1, t.tagPrefix + number);
    await withKeeper(t, { leaseMs: 6_000 }, async () => {
      // The thread has started; from here on, nothing but it can do anything, until a sweep must have passed.
      assert.ok(blockUntilAbove(t.server.url, ["LLEN", "q"], 0), "swept while the loop was blocked");
    });
  });
});
