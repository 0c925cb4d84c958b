/** The commands for a worker's queues, and the queues of its settings, on Redis. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { useServer } from "../../support/used-server.js";
import { makeWorker, startWorker } from "../../support/worker.js";

describe("a worker's queues", () => {
  const valkey = useServer();
  beforeEach(() => valkey.redis.flushdb());

  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let running;
  afterEach(() => running.stop());

  /** @param {Record<string, unknown>} [settings] */
  const start = async (settings) => {
    running = await startWorker(valkey.url, { echo: (value) => value }, { settings, options: { concurrency: 2 } });
    const { app } = running;
    const answerOf = (/** @type {import("../../../src/app/broadcast.js").Reply[] | null} */ replies) =>
      Object.values(replies?.[0] ?? {})[0];
    return {
      app,
      add: async (/** @type {string} */ queue, /** @type {object} */ place = {}) =>
        answerOf(await app.control.addConsumer(queue, { ...place, reply: true, limit: 1, timeout: 30 })),
      cancel: async (/** @type {string} */ queue) =>
        answerOf(await app.control.cancelConsumer(queue, { reply: true, limit: 1, timeout: 30 })),
      /** @returns {Promise<string[][]>} name, exchange, type and routing key of each */
      active: async () => {
        const [queues] = Object.values((await app.control.inspect({ limit: 1, timeout: 30 }).activeQueues()) ?? {});
        return queues.map((/** @type {any} */ { name, exchange, routing_key }) => {
          return [name, exchange.name, exchange.type, routing_key];
        });
      },
      echo: async (/** @type {object} */ options) =>
        (await app.sendTask("echo", ["heard"], options)).get({ timeout: 5 }),
    };
  };

  it("a topic queue of the settings gets what its key matches", async () => {
    const orders = { name: "orders", exchange: "shop", exchangeType: "topic", routingKey: "orders.#" };
    const { active, echo, app } = await start({ taskQueues: ["q", orders] });

    assert.equal(await echo({ exchange: "shop", routingKey: "orders.new.big" }), "heard");
    await assert.rejects(app.sendTask("echo", [], { exchange: "shop", routingKey: "mails.new" }), /no queue is bound/);
    assert.deepEqual(await active(), [
      ["q", "q", "direct", "q"],
      ["orders", "shop", "topic", "orders.#"],
    ]);
  });

  it("a topic queue is added, cancelled, and added again where it was bound", async () => {
    const { add, cancel, active, echo } = await start();
    const place = { exchange: "ex", exchangeType: "topic", routingKey: "media.*" };

    assert.deepEqual(await add("media", place), { ok: "add consumer media" });
    assert.equal(await echo({ exchange: "ex", routingKey: "media.video" }), "heard");
    assert.deepEqual((await active())[1], ["media", "ex", "topic", "media.*"]);

    assert.deepEqual(await cancel("media"), { ok: "no longer consuming from media" });
    assert.deepEqual((await active()).length, 1);
    assert.deepEqual(await add("media"), { ok: "add consumer media" });
    assert.deepEqual((await active())[1], ["media", "ex", "topic", "media.*"]);
    assert.deepEqual(await valkey.redis.smembers("_kombu.binding.media"), []);
  });

  it("a queue of the settings stays bound as they say", async () => {
    const mails = { name: "mails", exchange: "shop", routingKey: "mail" };
    const { add, cancel, active } = await start({ taskQueues: ["q", mails] });

    await cancel("mails");
    await add("mails", { exchange: "other", exchangeType: "topic", routingKey: "x.*" });

    assert.deepEqual((await active())[1], ["mails", "shop", "direct", "mail"]);
    assert.equal(await valkey.redis.exists("_kombu.binding.other"), 0);
  });

  it("a broadcast queue, and a wildcard in the key of a direct exchange, are refused", async () => {
    const { add, active } = await start();

    const { error } = await add("all", { exchangeType: "fanout" });
    assert.match(
      error,
      /queue 'all': a Node worker consumes from direct and topic exchanges, not from a fanout exchange/,
    );
    const wild = await add("wild", { exchange: "shop", routingKey: "orders.#" });
    assert.match(wild.error, /takes the wildcards in routingKey 'orders\.#' literally; add exchangeType 'topic'/);
    assert.deepEqual(await add("name.#"), { ok: "add consumer name.#" });
    assert.deepEqual(await active(), [
      ["q", "q", "direct", "q"],
      ["name.#", "name.#", "direct", "name.#"],
    ]);
  });

  it("a wildcard in the key of a direct queue stops the start", async () => {
    const taskQueues = [{ name: "orders", exchange: "shop", routingKey: "orders.#" }];
    running = makeWorker(valkey.url, {}, { settings: { taskQueues } });

    await assert.rejects(running.worker.start(), /queue 'orders': .*add exchangeType 'topic'/);
    assert.equal(await valkey.redis.exists("_kombu.binding.shop"), 0);
  });
});
