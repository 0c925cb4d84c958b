/** Listeners whose connection is back, and whose server does not let them listen yet. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { BroadcastListener } from "../../src/transport/redis/broadcast-listener.js";
import { redisKeys } from "../../src/transport/redis/keys.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";
import { startGate } from "../support/gate.js";
import { startServer } from "../support/server.js";
import { inspector, withKeeper } from "../support/transport.js";
import { waitUntil } from "../support/wait.js";

const BUSY = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";

describe("a refused subscription", { timeout: 60_000 }, () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {import("../support/gate.js").Gate} */
  let gate;
  /** @type {import("ioredis").Redis} */
  let redis;
  before(async () => {
    server = await startServer();
    redis = inspector(server.url);
  });
  beforeEach(async () => {
    gate = await startGate(server.port);
  });
  afterEach(() => gate.close());
  after(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** Refuses the next subscriptions. @param {number} times */
  const refuse = (times) => {
    let left = times;
    gate.alter((data) => {
      if (left === 0 || !/subscribe\r\n/.test(String(data))) return data;
      left -= 1;
      return Buffer.from(`-${BUSY}\r\n`);
    });
  };

  it("of events is repeated, and told once", async () => {
    /** @type {string[]} */
    const heard = [];
    let agains = 0;
    const listener = new BroadcastListener({
      ...{ address: parseRedisUrl(gate.url()), keys: redisKeys({}), exchange: "celeryev", routingKey: "#" },
      timeoutMs: 5_000,
      onMessage: (text) => heard.push(text),
      onAgain: () => {
        agains += 1;
      },
      onRefused: ({ message }) => heard.push(message),
    });
    await listener.start();
    refuse(3);

    await redis.call("CLIENT", "KILL", "TYPE", "pubsub");

    await waitUntil(() => agains === 1);
    await redis.publish(redisKeys({}).fanout("celeryev", "task"), "event");
    await waitUntil(() => heard.includes("event"));
    listener.close();
    assert.deepEqual(heard, [`redis://127.0.0.1:${gate.port}/0: ${BUSY}`, "event"]);
  });

  it("of remote control is repeated soon if it passes", async () => {
    let subscriptions = 0;
    const hooks = {
      onSubscribed: () => {
        subscriptions += 1;
      },
    };
    const options = { leaseMs: 60_000, controlExchange: "celery.pidbox" };
    const used = { server: { ...server, url: gate.url() }, tagPrefix: "test@here/1:" };
    refuse(2);

    const isHeard = async () => {
      await waitUntil(() => subscriptions === 1, { timeoutMs: 10_000 });
    };
    await withKeeper(used, options, isHeard, hooks);
  });
});
