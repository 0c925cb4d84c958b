import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { Keeper } from "../../src/transport/redis/keeper.js";
import { Sweeper } from "../../src/transport/redis/sweeper.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";
import { startServer } from "../support/server.js";
import { inspector, makeConsumer, message } from "../support/transport.js";
import { waitUntil } from "../support/wait.js";

const LEASE_MS = 600;

describe("leases and the sweep", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {import("ioredis").Redis} */
  let redis;
  /** @type {ReturnType<typeof makeConsumer>} */
  let made;
  /** @type {Sweeper} */
  let sweeper;
  /** @type {import("../../src/transport/redis/sweeper.js").Swept[]} */
  let swept;

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
    made = makeConsumer(server.url, { leaseMs: LEASE_MS });
    await made.consumer.start(["q"]);
    swept = [];
    const { connection } = made.consumer;
    const onError = (/** @type {Error} */ error) => assert.fail(error);
    sweeper = new Sweeper({
      workerName: "test@here",
      deadLetterLimit: 100,
      connection,
      keys: made.keys,
      leaseMs: LEASE_MS,
      onRestored: (s) => swept.push(...s),
      onError,
    });
    // As if somebody had swept all along: a first sweep would wait one lease.
    await redis.hset("celery.sweep", "last", Date.now());
  });
  afterEach(() => {
    sweeper.stop();
    made.consumer.close();
  });

  const take = async (/** @type {string} */ raw) => {
    await redis.lpush(made.keys.queue("q", JSON.parse(raw).properties.priority), raw);
    return (await made.consumer.take(1)).deliveries[0];
  };
  /** Sweeps as often as a worker would, until something was restored. */
  const sweepUntilRestored = () =>
    waitUntil(async () => {
      await sweeper.sweep();
      return swept.length > 0;
    });

  it("an expired lease puts the message back, marked as redelivered, in its priority's list", async () => {
    await take(message("a", { priority: 6 }));
    await sweepUntilRestored();
    assert.deepEqual(
      swept.map(({ queue, taskId, why }) => [queue, taskId, why]),
      [["q", "a", "lost"]],
    );
    const restored = JSON.parse(/** @type {string} */ (await redis.lindex(made.keys.queue("q", 6), 0)));
    assert.equal(restored.headers.redelivered, true);
    assert.equal(restored.properties.delivery_info.redelivered, true);
    assert.deepEqual(
      [await redis.hlen("unacked"), await redis.zcard("unacked_index"), await redis.zcard("celery.leases")],
      [0, 0, 0],
    );
  });

  it("a loss is counted, and told to the next worker that takes the message", async () => {
    await take(message("a"));
    await sweepUntilRestored();
    assert.equal((await made.consumer.take(1)).deliveries[0].workersLost, 1);
  });

  it("from the second loss on, only a task that was running is blamed", async () => {
    await redis.hset("celery.deliveries", "running", 1, "waiting", 1);
    const { number } = await take(message("running"));
    await take(message("waiting"));
    assert.equal(await made.consumer.markStarted(number), true);
    await waitUntil(async () => {
      await sweeper.sweep();
      return swept.length === 2;
    });
    assert.deepEqual(await redis.hgetall("celery.deliveries"), { running: "2", waiting: "1" });
    assert.equal(await redis.scard("celery.started"), 0);
  });

  it("a task whose lease has run out is not noted as started", async () => {
    const { number } = await take(message("a"));
    await sweepUntilRestored();
    assert.equal(await made.consumer.markStarted(number), false);
    assert.equal(await redis.scard("celery.started"), 0);
  });

  it("a restored message is taken before those that wait", async () => {
    await take(message("a"));
    await redis.lpush("q", message("b"));
    await sweepUntilRestored();
    assert.equal(JSON.parse((await made.consumer.take(1)).deliveries[0].raw).headers.id, "a");
  });

  it("a lease that was renewed since it was looked at is left alone", async () => {
    const { number } = await take(message("a"));
    const tag = made.tagPrefix + number;
    const score = /** @type {string} */ (await redis.zscore("celery.leases", tag));
    await redis.zadd("celery.leases", Date.now() + 60_000, tag);
    const { runScript } = await import("../../src/transport/redis/scripts.js");
    const { unacked, unackedIndex, leases, deliveries, started } = made.keys;
    const keys = [unacked, unackedIndex, leases, deliveries, started, "q"];
    assert.deepEqual(await runScript(made.consumer.connection, "restore", keys, [tag, score, "a", "x"]), []);
    assert.equal(await redis.llen("q"), 0);
  });

  it("after a pause, one whole lease passes before any lease counts as run out", async () => {
    await take(message("a"));
    await redis.zadd(
      "celery.leases",
      String(Date.now() - 10_000),
      /** @type {string[]} */ (await redis.zrange("celery.leases", "0", "0"))[0],
    );
    await redis.hset("celery.sweep", "last", Date.now() - 10_000);
    const pausedUntil = Date.now() + LEASE_MS;
    await sweepUntilRestored();
    assert.ok(Date.now() >= pausedUntil - 5, "restored before the lease had passed");
  });

  it("a lease whose message is gone is dropped, and does not stop the others", async () => {
    await redis.zadd("celery.leases", Date.now() - 1000, "ghost:1");
    await take(message("a"));
    await sweepUntilRestored();
    assert.equal(await redis.zscore("celery.leases", "ghost:1"), null);
  });

  it("a record that cannot be read is buried, and does not stop the others", async () => {
    await redis.hset("unacked", "odd:1", '[{"body": 1}, "", "q"]');
    await redis.zadd("celery.leases", Date.now() - 1000, "odd:1");
    await take(message("a"));
    await sweepUntilRestored();
    assert.match(/** @type {string} */ (await redis.lindex("q.dead", 0)), /^{"reason":"undecodable".*\n{"body": 1}$/);
    assert.equal(await redis.hexists("unacked", "odd:1"), 0);
  });

  it("a parked message is left alone until it is due, uncounted and unmarked", async () => {
    const raw = message("a");
    const { number } = await take(raw);
    await made.consumer.park([{ number, dueMs: Date.now() + LEASE_MS * 2, etaS: Date.now() / 1000 + 3 }]);
    assert.equal(await redis.zcard("celery.leases"), 0);
    const dueAt = Date.now() + LEASE_MS * 2;
    await sweepUntilRestored();
    assert.ok(Date.now() >= dueAt - 50);
    assert.equal(await redis.lindex("q", 0), raw);
    assert.equal((await made.consumer.take(1)).deliveries[0].workersLost, 0);
  });

  it("kombu's sweep is kept off a parked message until long after its eta", async () => {
    const { number } = await take(message("a"));
    const etaS = Date.now() / 1000 + 86_400;
    await made.consumer.park([{ number, dueMs: etaS * 1000, etaS }]);
    assert.equal(Number(await redis.zscore("unacked_index", made.tagPrefix + number)), etaS);
  });

  it("the keeper renews what is held, though the event loop is blocked, until it is released", async () => {
    const { number } = await take(message("a"));
    const options = {
      address: parseRedisUrl(server.url),
      keyOptions: { db: 0 },
      deadLetterLimit: 100,
      workerName: "test@here",
      tagPrefix: made.tagPrefix,
      leaseMs: LEASE_MS,
      rescoreMs: 0,
      loopStallLimitMs: 0,
    };
    const keeper = new Keeper(options, ({ lost }) => assert.equal(lost, undefined));
    await keeper.start();
    keeper.hold([number], [0]);
    const before = Number(await redis.zscore("unacked_index", made.tagPrefix + number));

    const blockedUntil = Date.now() + LEASE_MS * 3;
    while (Date.now() < blockedUntil);
    assert.ok(Number(await redis.zscore("celery.leases", made.tagPrefix + number)) > Date.now(), "renewed meanwhile");
    assert.ok(
      Number(await redis.zscore("unacked_index", made.tagPrefix + number)) > before,
      "kombu's sweep is told too",
    );

    keeper.release([number]);
    await sweepUntilRestored();
    await keeper.stop();
  });

  it("the keeper tells which leases ran out before it could renew them", async () => {
    /** @type {number[]} */
    const lost = [];
    const options = {
      address: parseRedisUrl(server.url),
      keyOptions: { db: 0 },
      deadLetterLimit: 100,
      workerName: "test@here",
      tagPrefix: made.tagPrefix,
      leaseMs: LEASE_MS,
      rescoreMs: 60_000,
      loopStallLimitMs: 0,
    };
    const keeper = new Keeper(options, (report) => lost.push(...(report.lost ?? [])));
    await keeper.start();
    keeper.hold([77], [0]);
    await waitUntil(() => lost.length > 0);
    assert.deepEqual(lost, [77]);
    await keeper.stop();
  });
});
