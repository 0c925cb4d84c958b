import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { deadLetterHeader } from "../../src/transport/dead-letter.js";
import { makeConsumer, message, useTransport } from "../support/transport.js";

const DAY_MS = 86_400_000;

/** @param {string} id @param {number} days how long ago it was put aside */
function letter(id, days) {
  const header = JSON.parse(deadLetterHeader({ reason: "rejected", worker: "test@here" }));
  return `${JSON.stringify({ ...header, time: Date.now() - days * DAY_MS })}\n${message(id)}`;
}

describe("the age of dead letters", () => {
  const t = useTransport();
  /** @type {import("../../src/transport/redis/consumer.js").RedisConsumer} */
  let consumer;

  beforeEach(() => t.redis.rpush("q.dead", letter("new", 1), letter("old", 29), letter("older", 31)));

  /** @param {number} days @returns {Promise<string[]>} the ids that are left once a worker has begun to take */
  const leftAfter = async (days) => {
    ({ consumer } = makeConsumer(t.server.url, { deadLetterMaxAgeMs: days * DAY_MS }));
    await consumer.start(["q"]);
    await consumer.take(1);
    consumer.close();
    const left = await t.redis.lrange("q.dead", 0, -1);
    return left.map((entry) => (entry.includes("\n{") ? JSON.parse(entry.split("\n")[1]).headers.id : entry));
  };

  it("a consuming worker deletes dead letters that are too old", async () => {
    assert.deepEqual(await leftAfter(30), ["new", "old"]);
  });

  it("0 keeps them forever", async () => {
    assert.deepEqual(await leftAfter(0), ["new", "old", "older"]);
  });

  it("a letter without a time is deleted with newer ones", async () => {
    await t.redis.linsert("q.dead", "AFTER", (await t.redis.lrange("q.dead", 2, 2))[0], "by hand");
    await t.redis.lpush("q.dead", "by hand, lately");
    assert.deepEqual(await leftAfter(30), ["by hand, lately", "new", "old"]);
  });

  it("a time inside the message is not the letter's age", async () => {
    const [header] = letter("young", 2).split("\n");
    await t.redis.lpush("q.dead", `${header}\n{"headers": {"id": "young", "time": 1}}`);
    assert.deepEqual(await leftAfter(30), ["young", "new", "old"]);
  });

  it("a dead-letter key of another type fails the take of its queue", async () => {
    await t.redis.del("q.dead");
    await t.redis.set("q.dead", "text");
    await t.redis.lpush("q", message("a"));
    await assert.rejects(leftAfter(30), /WRONGTYPE/);
    assert.equal(await t.redis.llen("q"), 1);
    consumer.close();
  });
});
