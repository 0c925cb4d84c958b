/** Sending to a real server: which message arrives where, and which error the sender gets otherwise. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Redis } from "ioredis";
import { redisKeys } from "../../src/transport/redis/keys.js";
import { RedisPublisher } from "../../src/transport/redis/publisher.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";
import { freePort, startServer } from "../support/server.js";
import { waitUntil } from "../support/wait.js";

const keys = redisKeys();

/** @param {string} url @param {{ timeoutMs?: number, messageSizeLimit?: number }} [options] */
function createPublisher(url, { timeoutMs = 5_000, messageSizeLimit } = {}) {
  return new RedisPublisher({ address: parseRedisUrl(url), keys, timeoutMs, messageSizeLimit });
}

describe("a publisher", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Redis} */
  let redis;
  /** @type {RedisPublisher} */
  let publisher;

  before(async () => {
    server = await startServer();
    redis = new Redis(server.url);
  });
  beforeEach(async () => {
    await redis.flushall();
    publisher = createPublisher(server.url);
  });
  afterEach(() => publisher.close());
  after(async () => {
    redis.disconnect();
    await server.stop();
  });

  test("nothing is sent into a key that is no queue's", async () => {
    for (const queue of ["unacked", "celery.parked", "celery.sweep", "celery-task-meta-x", "_kombu.binding.x"]) {
      const refused = { name: "EncodeError", message: /invalid queue/ };
      await redis.sadd(keys.bindings("ex"), `${queue}\x06\x16\x06\x16${queue}`);

      await assert.rejects(publisher.publish({ exchange: "", routingKey: queue, text: "x" }), refused);
      await assert.rejects(publisher.publish({ exchange: "ex", routingKey: queue, text: "x" }), refused);
      await assert.rejects(publisher.checkQueues([queue]), refused);
    }
    assert.deepEqual(await redis.keys("*"), [keys.bindings("ex")]);
  });

  test("messages of one turn travel in one command and stay in order", async () => {
    await redis.config("RESETSTAT");
    const texts = Array.from({ length: 500 }, (_, i) => `m${i}`);

    await Promise.all(texts.map((text) => publisher.publish({ exchange: "", routingKey: "q", text })));

    assert.deepEqual((await redis.lrange("q", 0, -1)).reverse(), texts);
    assert.match(await redis.info("commandstats"), /cmdstat_lpush:calls=1,/);
  });

  test("over a thousand messages of one turn are split in order", async () => {
    await redis.config("RESETSTAT");
    const texts = Array.from({ length: 2_500 }, (_, i) => `m${i}`);

    await Promise.all(texts.map((text) => publisher.publish({ exchange: "", routingKey: "q", text })));

    assert.deepEqual((await redis.lrange("q", 0, -1)).reverse(), texts);
    assert.match(await redis.info("commandstats"), /cmdstat_lpush:calls=3,/);
  });

  test("a priority chooses the list of its step", async () => {
    for (const priority of [0, 5, 9])
      await publisher.publish({ exchange: "", routingKey: "q", priority, text: `p${priority}` });

    assert.deepEqual(await redis.lrange("q", 0, -1), ["p0"]);
    assert.deepEqual(await redis.lrange("q\x06\x163", 0, -1), ["p5"]);
    assert.deepEqual(await redis.lrange("q\x06\x169", 0, -1), ["p9"]);
  });

  test("a declared queue is bound as kombu binds it", async () => {
    await publisher.declareQueue("q");

    assert.deepEqual(await redis.smembers("_kombu.binding.q"), ["q\x06\x16\x06\x16q"]);
    assert.deepEqual(await redis.smembers("_kombu.binding_permanent.q"), ["q\x06\x16\x06\x16q"]);
  });

  test("a direct exchange delivers to all queues with that key", async () => {
    await publisher.declareQueue("a", { exchange: "ex", routingKey: "k" });
    await publisher.declareQueue("b", { exchange: "ex", routingKey: "k" });
    await publisher.declareQueue("c", { exchange: "ex", routingKey: "other" });

    await publisher.publish({ exchange: "ex", routingKey: "k", text: "m" });

    assert.deepEqual([await redis.llen("a"), await redis.llen("b"), await redis.llen("c")], [1, 1, 0]);
  });

  test("a topic exchange delivers by pattern", async () => {
    await publisher.declareQueue("all", { exchange: "ex", routingKey: "log.#", exchangeType: "topic" });
    await publisher.declareQueue("one", { exchange: "ex", routingKey: "log.*", exchangeType: "topic" });

    await publisher.publish({ exchange: "ex", routingKey: "log.a.b", text: "m" });

    assert.deepEqual([await redis.llen("all"), await redis.llen("one")], [1, 0]);
  });

  test("a fanout exchange is published on kombu's channel", async () => {
    const subscriber = redis.duplicate();
    /** @type {string[][]} */
    const received = [];
    subscriber.on("message", (channel, text) => received.push([channel, text]));
    await subscriber.subscribe("/0.ex", "/0.ex/k");

    await publisher.publish({ exchange: "ex", exchangeType: "fanout", routingKey: "", text: "m1" });
    await publisher.publish({ exchange: "ex", exchangeType: "fanout", routingKey: "k", text: "m2" });

    await waitUntil(() => received.length === 2);
    assert.deepEqual(received, [
      ["/0.ex", "m1"],
      ["/0.ex/k", "m2"],
    ]);
    subscriber.disconnect();
  });

  test("a message for the queues of Python's Broadcast is refused", async () => {
    await publisher.declareQueue("bcast.5c0e1b64", { exchange: "ex", routingKey: "k" });

    await assert.rejects(publisher.publish({ exchange: "ex", routingKey: "k", text: "m" }), {
      name: "OperationalError",
      message: "exchange 'ex' is a Broadcast of Python workers: send to it with exchangeType 'fanout'",
    });
    assert.equal(await redis.exists("bcast.5c0e1b64"), 0);
  });

  test("a message that no queue would get is refused", async () => {
    await assert.rejects(publisher.publish({ exchange: "ex", routingKey: "k", text: "m" }), {
      name: "OperationalError",
      message: "no queue is bound to exchange 'ex' for the routing key 'k'",
    });
  });

  test("a message above the size limit is refused before it is sent", async () => {
    const limited = createPublisher(server.url, { messageSizeLimit: 10 });

    await limited.publish({ exchange: "", routingKey: "q", text: "0123456789" });
    await assert.rejects(limited.publish({ exchange: "", routingKey: "q", text: "012345678é" }), {
      name: "EncodeError",
      message: "the message has 11 bytes, which is more than messageSizeLimit=10",
    });

    assert.equal(await redis.llen("q"), 1);
    await limited.close();
  });

  test("a lost connection is waited for and the message sent again", async () => {
    await publisher.publish({ exchange: "", routingKey: "q", text: "m1" });
    await redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

    await publisher.publish({ exchange: "", routingKey: "q", text: "m2" });

    assert.deepEqual(await redis.lrange("q", 0, -1), ["m2", "m1"]);
  });

  test("a server without memory is tried again until it has some", async () => {
    await redis.config("SET", "maxmemory", "1");
    const sent = publisher.publish({ exchange: "", routingKey: "q", text: "m" });
    await waitUntil(async () => /errorstat_OOM/.test(await redis.info("errorstats")));
    await redis.config("SET", "maxmemory", "0");

    await sent;

    assert.equal(await redis.llen("q"), 1);
  });

  test("a server that stays full is an error with its own words", async () => {
    await redis.config("SET", "maxmemory", "1");
    const impatient = createPublisher(server.url, { timeoutMs: 300 });

    await assert.rejects(impatient.publish({ exchange: "", routingKey: "q", text: "m" }), {
      name: "OperationalError",
      message: new RegExp(`^${server.url} did not accept the command within 0.3 s: OOM command not allowed`),
    });

    await redis.config("SET", "maxmemory", "0");
    await impatient.close();
  });

  test("a permanent refusal is not tried again", async () => {
    await redis.set("q", "no list");

    await assert.rejects(publisher.publish({ exchange: "", routingKey: "q", text: "m" }), {
      name: "OperationalError",
      message: new RegExp(`^${server.url}: WRONGTYPE `),
    });
  });

  test("closing waits for what is on its way", async () => {
    const sent = publisher.publish({ exchange: "", routingKey: "q", text: "m" });

    await publisher.close();

    assert.equal(await redis.llen("q"), 1);
    await sent;
  });

  test("a server that is silent is an error in time", async () => {
    const impatient = createPublisher(server.url, { timeoutMs: 500 });
    await impatient.publish({ exchange: "", routingKey: "q", text: "m1" });
    await server.pause();
    const startedAt = performance.now();

    await assert.rejects(impatient.publish({ exchange: "", routingKey: "q", text: "m2" }), {
      name: "OperationalError",
      message: new RegExp(`^cannot reach ${server.url} within 0.5 s: `),
    });

    assert.ok(performance.now() - startedAt < 4_000);
    await server.resume();
    await impatient.close();
  });
});

describe("without a server", () => {
  test("sending fails in time with one error that hides the password", async () => {
    const port = await freePort();
    const publisher = createPublisher(`redis://user:secret@127.0.0.1:${port}/0`, { timeoutMs: 300 });
    const startedAt = performance.now();

    const sends = Array.from({ length: 20 }, () => publisher.publish({ exchange: "", routingKey: "q", text: "m" }));
    for (const send of sends) {
      await assert.rejects(send, {
        name: "OperationalError",
        message: `cannot reach redis://user:**@127.0.0.1:${port}/0 within 0.3 s: connect ECONNREFUSED 127.0.0.1:${port}`,
      });
    }

    assert.ok(performance.now() - startedAt < 4_000);
    await publisher.close();
  });

  test("a message is sent only if the server returns in time", async () => {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}/0`;
    const hasty = createPublisher(url, { timeoutMs: 100 });
    await assert.rejects(hasty.publish({ exchange: "", routingKey: "q", text: "too late" }), {
      name: "OperationalError",
    });
    const patient = createPublisher(url, { timeoutMs: 10_000 });
    const sent = patient.publish({ exchange: "", routingKey: "q", text: "in time" });

    const server = await startServer({ port });
    await sent;
    const next = () => hasty.publish({ exchange: "", routingKey: "q", text: "next" });
    await waitUntil(() =>
      next().then(
        () => true,
        () => false,
      ),
    );
    const redis = new Redis(url);
    const texts = await redis.lrange("q", 0, -1);

    assert.ok(texts.includes("in time"));
    assert.ok(texts.includes("next"));
    assert.ok(!texts.includes("too late"));
    redis.disconnect();
    await Promise.all([hasty.close(), patient.close()]);
    await server.stop();
  });
});
