import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { breakConnection, message, useTransport } from "../support/transport.js";

const SUCCESS = '{"status": "SUCCESS"}';
const ALL_SETTLED = { gone: [], unsent: [] };

/** @param {string} text @param {number} [priority] @returns {import("../../src/transport/transport.js").Publication} */
const to = (text, priority) => ({ exchange: "", routingKey: "next", priority, text });

describe("settling together with a message that follows", () => {
  const t = useTransport();

  /** @param {string} [id] */
  const take = async (id = "a") => {
    await t.redis.lpush("q", message(id));
    return (await t.consumer.take(1)).deliveries[0];
  };
  /** @param {string} id @param {object} parts @returns {import("../../src/transport/transport.js").Settlement} */
  const item = (id, parts) => ({ delivery: null, taskId: id, result: SUCCESS, ...parts });
  const held = () => t.redis.hlen("unacked");
  const sent = () => t.redis.lrange("next", 0, -1);

  it("stores, sends and acknowledges", async () => {
    const delivery = await take();
    const settled = await t.consumer.settle([item("a", { delivery, publication: to("b") })]);
    assert.deepEqual(settled, ALL_SETTLED);
    assert.deepEqual([await t.redis.get("celery-task-meta-a"), await sent(), await held()], [SUCCESS, ["b"], 0]);
  });

  it("sends to the list of the priority", async () => {
    const delivery = await take();
    await t.consumer.settle([item("a", { delivery, publication: to("b", 9) })]);
    assert.deepEqual(await t.redis.lrange("next\x06\x169", 0, -1), ["b"]);
  });

  it("names each of a mixed batch by itself", async () => {
    const [a, b, c] = [await take("a"), await take("b"), await take("c")];
    await t.redis.multi().hdel("unacked", c.tag).zrem("unacked_index", c.tag).exec();
    const settled = await t.consumer.settle([
      item("a", { delivery: a, publication: to("after a") }),
      item("b", { delivery: b }),
      item("c", { delivery: c, publication: to("after c") }),
    ]);
    assert.deepEqual(settled, { gone: [c], unsent: [] });
    // Another worker has the message of c now, but c has succeeded here: its next task is sent.
    assert.deepEqual([(await sent()).toSorted(), await held()], [["after a", "after c"], 0]);
  });

  it("sends once if the answer is lost", async () => {
    const delivery = await take();
    const settling = t.consumer.settle([item("a", { delivery, publication: to("b") })]);
    await new Promise((resolve) => setImmediate(resolve));
    breakConnection(t.consumer.connection);
    assert.deepEqual(await settling, ALL_SETTLED);
    assert.deepEqual([await sent(), await held()], [["b"], 0]);
  });

  it("sends nothing again when it is called again", async () => {
    const settlement = item("a", { delivery: await take(), publication: to("b") });
    await t.consumer.settle([settlement]);
    await t.consumer.settle([settlement]);
    assert.deepEqual(await sent(), ["b"]);
  });

  it("sends nothing again when it is called again, and an earlier run's success has stayed", async () => {
    await t.redis.set("celery-task-meta-a", '{"status": "SUCCESS", "result": "of an earlier run"}');
    const settlement = item("a", { delivery: await take(), publication: to("b") });
    await t.consumer.settle([settlement]);
    await t.consumer.settle([settlement]);
    assert.deepEqual(await sent(), ["b"]);
  });

  it("sends for a later run of the same task", async () => {
    await t.redis.set("celery-task-meta-a", '{"status": "SUCCESS", "result": "of an earlier run"}');
    await t.consumer.settle([item("a", { delivery: await take(), publication: to("b") })]);
    assert.deepEqual([await sent(), await held()], [["b"], 0]);
  });

  it("keeps a message whose follower is refused, and settles the others", async () => {
    const [a, b] = [await take("a"), await take("b")];
    await t.redis.set("next", "not a list");
    const refused = item("a", { delivery: a, publication: to("after a") });
    const settled = await t.consumer.settle([refused, item("b", { delivery: b })]);
    assert.deepEqual(settled, { gone: [], unsent: [refused] });
    assert.deepEqual(await t.redis.mget("celery-task-meta-a", "celery-task-meta-b"), [SUCCESS, SUCCESS]);
    assert.deepEqual(await t.redis.hkeys("unacked"), [a.tag]);

    await t.redis.del("next");
    await t.consumer.settle([refused]);
    assert.deepEqual([await sent(), await held()], [["after a"], 0], "the result is there, but the tag, too");
  });

  it("sends nothing if a failure is refused, which is kept for another time", async () => {
    const [a, b] = [await take("a"), await take("b")];
    t.consumer.options.failureExpiresS = 50;
    await t.redis.lpush("celery-task-meta-b", "not a result");
    const failed = item("b", { delivery: b, result: '{"status": "FAILURE", "result": {}}' });
    await assert.rejects(
      t.consumer.settle([item("a", { delivery: a, publication: to("after a") }), failed]),
      /WRONGTYPE/,
    );
    assert.deepEqual([await sent(), await held()], [[], 2]);
  });

  it("names what is settled if a success is refused, which is kept for another time", async () => {
    const [a, b] = [await take("a"), await take("b")];
    t.consumer.options.failureExpiresS = 50;
    await t.redis.lpush("celery-task-meta-a", "not a result");
    const failed = item("b", { delivery: b, result: '{"status": "FAILURE", "result": {}}' });
    const error = await t.consumer.settle([item("a", { delivery: a }), failed]).catch((error) => error);
    assert.match(error.message, /WRONGTYPE/);
    assert.deepEqual(error.before, { items: [failed], settled: ALL_SETTLED });
    assert.deepEqual(await t.redis.hkeys("unacked"), [a.tag]);
  });

  it("sends nothing if a result is refused", async () => {
    const [a, b] = [await take("a"), await take("b")];
    await t.redis.lpush("celery-task-meta-b", "not a result");
    const items = [item("a", { delivery: a, publication: to("after a") }), item("b", { delivery: b })];
    await assert.rejects(t.consumer.settle(items), /WRONGTYPE/);
    assert.deepEqual([await sent(), await held()], [[], 2]);
  });
});
