import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { RedisConnection } from "../../src/transport/redis/connection.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";
import { startServer } from "../support/server.js";
import { inspector } from "../support/transport.js";

test("a connection that comes back subscribes to nothing by itself", async () => {
  const server = await startServer();
  const redis = inspector(server.url);
  const connection = new RedisConnection({ address: parseRedisUrl(server.url), name: "listener" });
  try {
    await connection.ready();
    await connection.client.subscribe("news");
    const isBack = once(connection.client, "ready");

    await redis.call("CLIENT", "KILL", "TYPE", "pubsub");

    await isBack;
    await connection.client.ping();
    assert.deepEqual(await redis.pubsub("CHANNELS"), []);
  } finally {
    connection.close();
    redis.disconnect();
    await server.stop();
  }
});
