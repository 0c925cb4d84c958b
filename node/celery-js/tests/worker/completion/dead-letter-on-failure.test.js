/** `deadLetterOnFailure`: the message of a task that has failed for good is kept among the dead letters. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Ignore, Reject, task } from "../../../src/index.js";
import { useServer } from "../../support/used-server.js";
import { waitUntil } from "../../support/wait.js";
import { startWorker } from "../../support/worker.js";

class GatewayError extends Error {}

/** @type {import("../../support/used-server.js").UsedServer} */
let valkey;
const kept = { deadLetterOnFailure: true };

const tasks = {
  add: task(kept, (/** @type {number} */ x, /** @type {number} */ y) => x + y),
  fail: task(kept, () => {
    throw new GatewayError("502");
  }),
  fail_unkept: () => {
    throw new GatewayError("502");
  },
  fail_early: task({ ...kept, acksLate: false }, () => {
    throw new GatewayError("502");
  }),
  ignored: task(kept, () => {
    throw new Ignore();
  }),
  rejected: task(kept, () => {
    throw new Reject();
  }),
  retried: task({ ...kept, bind: true, maxRetries: 1 }, (self) => {
    throw self.retry({ exc: new GatewayError("again"), countdown: 0 });
  }),
  slow: task({ ...kept, timeLimit: 0.2 }, () => new Promise(() => {})),
  /** Leaves the server unable to keep its message. */
  spoil: task(kept, async () => {
    await valkey.redis.set("q.dead", "no list");
    throw new GatewayError("502");
  }),
};

describe("deadLetterOnFailure", () => {
  valkey = useServer();
  /** @type {import("../../../src/index.js").Celery} */
  let app;
  /** @type {() => Promise<void>} */
  let stop;

  beforeEach(async () => {
    await valkey.redis.flushall();
    ({ app, stop } = await startWorker(valkey.url, tasks));
  });
  afterEach(() => stop());

  /** @returns {Promise<Array<{ reason: string, message: string }>>} newest first */
  const letters = async () =>
    (await valkey.redis.lrange("q.dead", 0, -1)).map((letter) => {
      const [header, message] = letter.split("\n");
      return { ...JSON.parse(header), message };
    });

  const untilSettled = () => waitUntil(async () => (await valkey.redis.exists("q", "unacked", "celery.leases")) === 0);

  for (const [name, reason] of [
    ["fail", "GatewayError"],
    ["slow", "TimeLimitExceeded"],
    ["retried", "GatewayError"],
    ["rejected", "rejected"],
  ]) {
    it(`${name}: one dead letter (${reason}) and a stored failure`, async () => {
      const result = await app.sendTask(name, [], { taskId: "a" });
      await assert.rejects(result.get({ timeout: 5 }), { name: reason === "rejected" ? "Reject" : reason });
      await untilSettled();
      const [letter, ...others] = await letters();
      assert.deepEqual([letter.reason, others], [reason, []]);
      assert.equal(JSON.parse(letter.message).headers.id, "a");
      assert.equal(JSON.parse(letter.message).headers.retries, name === "retried" ? 1 : 0);
    });
  }

  it("other tasks leave no dead letter", async () => {
    for (const name of ["ignored", "fail_unkept", "fail_early"]) await app.sendTask(name);
    assert.equal(await (await app.sendTask("add", [1, 2])).get({ timeout: 5 }), 3);
    await untilSettled();
    assert.deepEqual(await letters(), []);
  });

  it("the failure is stored before the message is buried", async () => {
    const result = await app.sendTask("spoil");
    await assert.rejects(result.get({ timeout: 5 }), { name: "GatewayError" });
    assert.equal(await valkey.redis.hlen("unacked"), 1);
    await valkey.redis.del("q.dead");
    await untilSettled();
    assert.equal((await letters()).length, 1);
  });
});
