/** Answers of remote control on a real server: they reach the asker, and leave nothing behind when it has gone. */
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Redis } from "ioredis";
import { declareQueue, encodeBinding } from "../../src/transport/redis/bindings.js";
import { redisKeys } from "../../src/transport/redis/keys.js";
import { sendReply } from "../../src/transport/redis/reply.js";
import { startServer } from "../support/server.js";

const keys = redisKeys();
const address = { exchange: "reply.celery.pidbox", routingKey: "asker" };
const queue = "asker.reply.celery.pidbox";

/** @type {import("../support/server.js").TestServer} */
let server;
/** @type {Redis} */
let redis;

before(async () => {
  server = await startServer();
  redis = new Redis(server.url);
});
beforeEach(async () => {
  await redis.flushall();
  await declareQueue(redis, keys, queue, address);
});
after(async () => {
  redis.disconnect();
  await server.stop();
});

test("an answer waits in the asker's queue", async () => {
  assert.equal(await sendReply(redis, keys, address, "{}"), true);
  assert.deepEqual(await redis.lrange(keys.queue(queue), 0, -1), ["{}"]);
});

test("an answer to a queue that was deleted meanwhile is deleted, too", async () => {
  const push = redis.lpush.bind(redis);
  const late = Object.assign(Object.create(redis), {
    /** @param {string} key @param {string} text */
    async lpush(key, text) {
      const member = encodeBinding({ routingKey: address.routingKey, pattern: "", queue });
      await redis.srem(keys.bindings(address.exchange), member);
      return push(key, text);
    },
  });

  await sendReply(late, keys, address, "{}");

  assert.equal(await redis.exists(keys.queue(queue)), 0);
});
