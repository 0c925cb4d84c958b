import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { signals } from "../../src/index.js";
import { useServer } from "../support/used-server.js";
import { waitUntil } from "../support/wait.js";
import { startWorker } from "../support/worker.js";

const tasks = {
  add: (/** @type {number} */ x, /** @type {number} */ y) => x + y,
  long: () => "x".repeat(2_000),
};
/** @param {string} id @param {object} [options] @returns {object} the next step of a chain, as Celery's dict */
const step = (id, options) => ({
  task: "add",
  args: [10],
  kwargs: {},
  options: { task_id: id, queue: "other", ...options },
  subtask_type: null,
  immutable: false,
});

describe("the next task travels with the result", () => {
  const valkey = useServer();

  /** @param {(running: Awaited<ReturnType<typeof startWorker>>) => Promise<void>} body @param {Record<string, unknown>} [settings] */
  async function withWorker(body, settings) {
    await valkey.redis.flushall();
    const running = await startWorker(valkey.url, tasks, { settings });
    try {
      await body(running);
    } finally {
      await running.stop();
    }
  }
  const isSettled = async () => (await valkey.redis.exists("unacked", "celery.leases")) === 0;
  const waiting = async () => (await valkey.redis.lrange("other", 0, -1)).map((raw) => JSON.parse(raw).headers.id);

  it("in one step with the acknowledgement", () =>
    withWorker(async ({ app }) => {
      await app.sendTask("add", [1, 2]).then((result) => result.get({ timeout: 5 })); // queues are declared by now
      await waitUntil(isSettled);
      await valkey.redis.config("RESETSTAT");
      const result = await app.sendTask("add", [1, 2], { chain: [step("next")] });
      assert.equal(await result.get({ timeout: 5 }), 3);
      assert.deepEqual([await waiting(), await isSettled()], [["next"], true]);
      assert.match(await valkey.redis.info("commandstats"), /cmdstat_hdel:calls=1,/, "acknowledged once");
    }));

  it("and its sender knows of it afterwards", () =>
    withWorker(async ({ app }) => {
      /** @type {unknown[]} */
      const published = [];
      const onPublish = (/** @type {{ headers: { id: string } }} */ { headers }) => void published.push(headers.id);
      signals.afterTaskPublish.connect(/** @type {any} */ (onPublish));
      try {
        await app.sendTask("add", [1, 2], { chain: [step("next")] });
        await waitUntil(async () => published.includes("next"));
      } finally {
        signals.afterTaskPublish.disconnect(/** @type {any} */ (onPublish));
      }
    }));

  it("and not with a message that a receiver of a signal sends", () =>
    withWorker(async ({ app }) => {
      /** @param {{ headers: { id: string } }} message */
      const onPublish = ({ headers }) => {
        if (headers.id === "next") void app.sendTask("add", [0, 0], { taskId: "aside", queue: "aside" });
      };
      signals.beforeTaskPublish.connect(/** @type {any} */ (onPublish));
      try {
        const result = await app.sendTask("add", [1, 2], { chain: [step("next")] });
        assert.equal(await result.get({ timeout: 5 }), 3);
        assert.deepEqual(await waiting(), ["next"]);
        await waitUntil(async () => (await valkey.redis.llen("aside")) === 1);
      } finally {
        signals.beforeTaskPublish.disconnect(/** @type {any} */ (onPublish));
      }
    }));

  it("unless its queue refuses it: the rest of the chain fails, and the task is acknowledged", () =>
    withWorker(async ({ app, lines }) => {
      await app.sendTask("add", [1, 2], { chain: [step("first")] });
      await waitUntil(async () => (await waiting()).length === 1); // the worker knows the queue as one
      await valkey.redis.set("other", "not a list");
      const result = await app.sendTask("add", [1, 2], { chain: [step("refused")] });
      assert.equal(await result.get({ timeout: 5 }), 3);
      await assert.rejects(app.AsyncResult("refused").get({ timeout: 5 }), /WRONGTYPE/);
      await waitUntil(isSettled);
      assert.ok(lines.some(({ msg }) => /The follow-ups of add\[.*\] could not be sent/.test(msg)));
      assert.equal(await valkey.redis.exists("q.dead"), 0);
    }));

  it("unless the result is refused: it is sent, and the message becomes a dead letter", () =>
    withWorker(async ({ app }) => {
      await valkey.redis.lpush("celery-task-meta-bad", "not a result");
      await app.sendTask("add", [1, 2], { taskId: "bad", chain: [step("next")] });
      await waitUntil(async () => (await valkey.redis.llen("q.dead")) === 1);
      await waitUntil(async () => (await waiting()).includes("next"));
    }));

  it("unless it is too large: the result is stored, and the chain fails", () =>
    withWorker(
      async ({ app }) => {
        const result = await app.sendTask("long", [], { chain: [step("next")] });
        assert.equal(String(await result.get({ timeout: 5 })).length, 2_000);
        await assert.rejects(app.AsyncResult("next").get({ timeout: 5 }), /messageSizeLimit/);
        await waitUntil(isSettled);
      },
      { messageSizeLimit: 2_000 },
    ));

  it("unless it goes through an exchange: it is sent after the result is stored", () =>
    withWorker(async ({ app }) => {
      await app.publisher.declareQueue("other", { exchange: "shop", routingKey: "orders" });
      const options = { queue: undefined, exchange: "shop", routing_key: "orders" };
      const result = await app.sendTask("add", [1, 2], { chain: [step("next", options)] });
      assert.equal(await result.get({ timeout: 5 }), 3);
      await waitUntil(async () => (await waiting()).includes("next"));
      await waitUntil(isSettled);
    }));

  it("also through a chain of many steps", () =>
    withWorker(async ({ app }) => {
      const chain = Array.from({ length: 20 }, (_, i) => step(`step ${20 - i}`, { queue: "q" }));
      await app.sendTask("add", [1, 2], { chain });
      assert.equal(await app.AsyncResult("step 20").get({ timeout: 5 }), 203);
      await waitUntil(isSettled);
    }));
});
