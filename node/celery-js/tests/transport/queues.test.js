/** The queues that a consumer takes from: many of them, and those that a control command adds. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cpuMs, SOON_MS } from "../support/cpu.js";
import { idOf, message, useTransport } from "../support/transport.js";

const DIRECT = { exchange: "x", routingKey: "x", exchangeType: "direct" };

describe("queues of a consumer", () => {
  const t = useTransport({ queues: ["q"] });

  it("are taken from in turn, however many there are", async () => {
    const queues = Array.from({ length: 1_000 }, (_, n) => `queue${n}`);
    const before = cpuMs();
    await t.open([...queues, "queue0"]);
    assert.deepEqual(t.consumer.queues, queues);
    for (const queue of queues) await t.redis.lpush(queue, message(`a${queue}`), message(`b${queue}`));
    for (let n = 0; n < 5; n += 1) {
      const { deliveries } = await t.consumer.take(1);
      assert.deepEqual([deliveries[0].queue, idOf(deliveries[0].raw)], [`queue${n}`, `aqueue${n}`]);
    }
    assert.equal((await t.consumer.take(500)).deliveries.length, 500);
    assert.ok(cpuMs() - before < 2 * SOON_MS);
  });

  it("are not added if their keys belong to the protocol, or are no lists", async () => {
    await t.redis.set("text", "x");
    await t.redis.set("later\x06\x163", "x");
    await t.redis.set("unburied.dead", "x");
    /** @type {ReadonlyArray<[queue: string, reason: RegExp]>} */
    const refused = [
      ["unacked", /one of the delivery protocol's/],
      ["unacked_index", /one of the delivery protocol's/],
      ["celery.leases", /one of the delivery protocol's/],
      ["q.dead", /keeps dead letters/],
      ["text", /the key text is a string, not a list/],
      ["later", /is a string, not a list/],
      ["unburied", /the key unburied.dead is a string/],
    ];
    for (const [queue, message] of refused) {
      await assert.rejects(t.consumer.addQueue(queue, DIRECT), { name: "ImproperlyConfigured", message }, queue);
    }
    assert.deepEqual(t.consumer.queues, ["q"]);
    await t.consumer.addQueue("r", DIRECT);
    assert.deepEqual(t.consumer.queues, ["q", "r"]);
  });

  it("are not added if the server refuses for good", async () => {
    await t.redis.set("_kombu.binding.x", "no set");
    await assert.rejects(t.consumer.addQueue("r", DIRECT), /WRONGTYPE/);
    assert.deepEqual(t.consumer.queues, ["q"]);
  });
});
