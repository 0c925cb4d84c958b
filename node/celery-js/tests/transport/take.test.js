import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { blockFor } from "../support/blocking.js";
import { breakConnection, idOf, message, muteConnection, useTransport } from "../support/transport.js";
import { waitUntil } from "../support/wait.js";

describe("taking messages", () => {
  const t = useTransport({ queues: ["q", "r"] });

  it("records messages in kombu's formats, and their leases", async () => {
    const raw = message("a");
    await t.redis.lpush("q", raw);

    const { deliveries } = await t.consumer.take(10);

    assert.deepEqual(
      deliveries.map(({ raw, queue, workersLost }) => [raw, queue, workersLost]),
      [[raw, "q", 0]],
    );
    const tag = t.tagPrefix + deliveries[0].number;
    const record = JSON.parse(/** @type {string} */ (await t.redis.hget("unacked", tag)));
    assert.deepEqual(record, [JSON.parse(raw), "", "q"]);
    assert.ok(Math.abs(Number(await t.redis.zscore("unacked_index", tag)) - Date.now() / 1000) < 60);
    assert.ok(Number(await t.redis.zscore("celery.leases", tag)) > Date.now());
    assert.equal(await t.redis.llen("q"), 0);
  });

  it("takes the oldest first, and no more than it was asked for", async () => {
    await t.redis.lpush("q", ...["a", "b", "c"].map((id) => message(id)));
    const { deliveries } = await t.consumer.take(2);
    assert.deepEqual(
      deliveries.map(({ raw }) => idOf(raw)),
      ["a", "b"],
    );
    assert.equal(await t.redis.llen("q"), 1);
  });

  it("takes the lowest priority number first, over all queues", async () => {
    const steps = /** @type {const} */ ([
      [9, "q"],
      [3, "r"],
      [0, "q"],
      [6, "q"],
      [0, "r"],
    ]);
    for (const [priority, queue] of steps) {
      await t.redis.lpush(t.keys.queue(queue, priority), message(`${queue}${priority}`, { priority }));
    }
    const { deliveries } = await t.consumer.take(10);
    assert.deepEqual(
      deliveries.map(({ raw }) => idOf(raw)).map((id) => id.slice(1)),
      ["0", "0", "3", "6", "9"],
    );
  });

  it("gives every queue an equal share", async () => {
    await t.redis.lpush("q", ...Array.from({ length: 100 }, (_, i) => message(`q${i}`)));
    await t.redis.lpush("r", ...Array.from({ length: 100 }, (_, i) => message(`r${i}`, { queue: "r" })));
    const { deliveries } = await t.consumer.take(20);
    assert.equal(deliveries.filter(({ queue }) => queue === "q").length, 10);
  });

  it("never uses a tag twice", async () => {
    await t.redis.lpush("q", message("a"), message("b"));
    const first = await t.consumer.take(1);
    const second = await t.consumer.take(1);
    assert.notEqual(first.deliveries[0].number, second.deliveries[0].number);
  });

  it("keeps every byte, large integers and empty lists too", async () => {
    const raw = message("a").replace(
      '"retries": 0',
      '"retries": 0, "big": 12345678901234567890, "none": [], "text": "ä\\u00e9\\ud83d"',
    );
    await t.redis.lpush("q", raw);
    const { deliveries } = await t.consumer.take(1);
    assert.equal(deliveries[0].raw, raw);
    const record = await t.redis.hget("unacked", t.tagPrefix + deliveries[0].number);
    assert.equal(record, `[${raw}, "", "q"]`);
  });

  for (const [what, bytes] of /** @type {Array<[string, Buffer]>} */ ([
    ["is not JSON", Buffer.from("hello")],
    ["is JSON, but no object", Buffer.from("[1, 2]")],
    ["has no body", Buffer.from('{"properties": {}}')],
    ["has no properties", Buffer.from('{"body": "x"}')],
    ["is not UTF-8", Buffer.from(message("a").replace("a", "\xff"), "latin1")],
    [
      "holds an overlong UTF-8 sequence behind a valid one",
      Buffer.concat([
        Buffer.from('{"body": "'),
        Buffer.from([0xe0, 0xc2, 0xa9, 0xa0, 0x80]),
        Buffer.from('", "properties": {}}'),
      ]),
    ],
    ["has a raw line break in a string", Buffer.from('{"body": "a\nb", "properties": {}}')],
    ["has a number that only Lua reads", Buffer.from('{"body": "x", "properties": {"priority": 0x1F}}')],
    ["is cut off", Buffer.from(message("a").slice(0, -20))],
  ])) {
    it(`buries a message that ${what}, never recording it in unacked`, async () => {
      await t.redis.lpush("q", bytes, message("good"));
      const { deliveries, undecodable } = await t.consumer.take(10);
      assert.equal(undecodable, 1);
      assert.deepEqual(
        deliveries.map(({ raw }) => idOf(raw)),
        ["good"],
      );
      assert.equal(await t.redis.hlen("unacked"), 1);
      const dead = /** @type {Buffer} */ (await t.redis.lindexBuffer("q.dead", 0));
      const end = dead.indexOf("\n");
      assert.deepEqual(dead.subarray(end + 1), bytes);
      const header = JSON.parse(dead.subarray(0, end).toString());
      assert.equal(header.reason, "undecodable");
      assert.equal(header.worker, "test@here");
    });
  }

  for (const [what, from, to] of [
    ["NaN", '"retries": 0', '"retries": 0, "x": NaN'],
    ["half a surrogate pair", '"retries": 0', '"retries": 0, "x": "\\ud83d"'],
    ["non-ASCII text", '"retries": 0', '"retries": 0, "x": "äöü 😀"'],
  ]) {
    it(`takes a message with ${what}, which Python writes and reads`, async () => {
      await t.redis.lpush("q", message("a").replace(from, to));
      const { deliveries, undecodable } = await t.consumer.take(1);
      assert.deepEqual([deliveries.length, undecodable], [1, 0]);
    });
  }

  it("keeps at most deadLetterLimit dead letters, the newest", async () => {
    await t.redis.lpush("q", ...Array.from({ length: 150 }, (_, i) => `bad${i}`));
    await t.consumer.take(200);
    assert.equal(await t.redis.llen("q.dead"), 100);
    assert.match(/** @type {string} */ (await t.redis.lindex("q.dead", 0)), /bad149$/);
  });

  it("leaves out messages whose leases ran out before a blocked event loop read the reply", async () => {
    await t.open(["q"], 3_000);
    assert.deepEqual((await t.consumer.take(1)).deliveries, []); // the server knows the script now, and a tag is used up
    await t.redis.lpush("q", message("a"), message("b"));
    const taking = t.consumer.take(2);
    blockFor(100);
    const givenAway = t.redis.zrem("celery.leases", `${t.tagPrefix}2`);
    blockFor(1_000); // altogether longer than a third of the lease
    const { deliveries } = await taking;
    assert.equal(await givenAway, 1);
    assert.deepEqual(
      deliveries.map(({ number }) => number),
      [3],
    );
    const leaseEnd = Number(await t.redis.zscore("celery.leases", `${t.tagPrefix}3`));
    assert.ok(leaseEnd > Date.now() + 2_000, "it has a new lease");
  });

  it("returns the messages of a lost reply before taking others", async () => {
    await t.redis.lpush("q", ...["a", "b", "c"].map((id) => message(id)));
    // The server executes the command; its reply meets a closed socket.
    const lost = t.consumer.take(2);
    lost.catch(() => {});
    muteConnection(t.consumer.connection);
    await waitUntil(async () => (await t.redis.hlen("unacked")) === 2);
    breakConnection(t.consumer.connection);
    await assert.rejects(lost);
    await t.consumer.connection.ready();

    const again = await t.consumer.take(10);
    const rest = await t.consumer.take(10);

    const ids = (/** @type {typeof again} */ { deliveries }) => deliveries.map(({ raw }) => idOf(raw));
    assert.deepEqual([ids(again), ids(rest)], [["a", "b"], ["c"]]);
    assert.equal(await t.redis.hlen("unacked"), 3);
  });

  it("returns the messages of a lost reply on a full server", async () => {
    await t.redis.lpush("q", message("a"));
    const lost = t.consumer.take(1);
    lost.catch(() => {});
    muteConnection(t.consumer.connection);
    await waitUntil(async () => (await t.redis.hlen("unacked")) === 1);
    breakConnection(t.consumer.connection);
    await assert.rejects(lost);
    await t.consumer.connection.ready();
    await t.redis.config("SET", "maxmemory", "1");
    try {
      assert.equal((await t.consumer.take(1)).deliveries.length, 1);
    } finally {
      await t.redis.config("SET", "maxmemory", "0");
    }
  });

  it("spends no numbers on calls that cannot reach the server", async () => {
    await t.server.kill();
    await waitUntil(() => !t.consumer.connection.client.isReady);
    for (let i = 0; i < 100; i++) await assert.rejects(t.consumer.take(10), { name: "OperationalError" });
    await t.server.start();
    await t.consumer.connection.ready();
    await t.redis.lpush("q", message("a"));
    assert.equal((await t.consumer.take(1)).deliveries[0].number, 1);
  });

  it("a refused call took nothing, so nothing is looked up", async () => {
    await t.redis.set("r", "no list");
    for (let i = 0; i < 100; i++) await assert.rejects(t.consumer.take(10), /WRONGTYPE/);
    await t.redis.del("r");
    await t.redis.lpush("q", message("a"));
    await t.redis.config("RESETSTAT");
    assert.equal((await t.consumer.take(1)).deliveries.length, 1);
    assert.doesNotMatch(await t.redis.info("commandstats"), /cmdstat_hget:/);
  });

  it("loses nothing when the lost call runs late", async () => {
    await t.redis.lpush("q", ...["a", "b", "c", "d"].map((id) => message(id)));
    await t.redis.call("CLIENT", "PAUSE", "300", "ALL");
    const lost = t.consumer.take(2);
    breakConnection(t.consumer.connection);
    await assert.rejects(lost);
    await t.consumer.connection.ready();
    const taken = [];
    for (let i = 0; i < 4; i++) taken.push(...(await t.consumer.take(1)).deliveries);

    // Whichever came first: every message is in unacked under its own tag, none was overwritten.
    const records = Object.values(await t.redis.hgetall("unacked")).map((record) => JSON.parse(record)[0].headers.id);
    const waiting = (await t.redis.lrange("q", 0, -1)).map(idOf);
    assert.deepEqual([...records, ...waiting].sort(), ["a", "b", "c", "d"]);
  });
});

describe("waiting for messages", () => {
  const t = useTransport();

  it("ends when a message arrives, which stays in its list", async () => {
    let fastestMs = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 5 && fastestMs >= 900; attempt += 1) {
      await t.consumer.take(1);
      const startedAt = performance.now();
      const waited = t.consumer.wait();
      await t.redis.lpush("q", message("a"));
      await waited;
      fastestMs = Math.min(fastestMs, performance.now() - startedAt);
    }
    assert.ok(fastestMs < 900, "woken by the message, not by the poll, which takes a second each time");
    assert.equal(await t.redis.llen("q"), 1);
  });
});
