import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { task } from "../../src/index.js";
import { useWorker } from "../support/used-server.js";
import { waitUntil } from "../support/wait.js";

let runs = 0;
/** @param {any} self @param {object} options of the retry @returns {number} how often it has been retried */
function retryOnce(self, options) {
  runs += 1;
  if (self.request.retries === 0) self.retry({ countdown: 0, ...options });
  return self.request.retries;
}

const tasks = {
  early: task({ bind: true, acksLate: false }, (self) => retryOnce(self, { queue: "broken" })),
  late: task({ bind: true }, (self) => retryOnce(self, { queue: "broken" })),
  grows: task({ bind: true }, (self, _text = "") => retryOnce(self, { args: ["x".repeat(10_000)] })),
  nowhere: task({ bind: true }, (self) => retryOnce(self, { queue: undefined })),
};

describe("a retry", () => {
  const running = useWorker(tasks, { settings: { messageSizeLimit: 5_000 } });
  beforeEach(async () => {
    await running.redis.set("broken", "no list");
    runs = 0;
  });

  it("that cannot be sent fails an early-acknowledged task", async () => {
    const result = await running.app.sendTask("early");
    await assert.rejects(result.get({ timeout: 5 }), { name: "OperationalError", message: /WRONGTYPE/ });
    assert.equal(runs, 1);
    assert.equal(await running.redis.exists("unacked", "q", "q.dead"), 0);
  });

  it("that cannot be sent puts a late-acknowledged task back", async () => {
    const result = await running.app.sendTask("late");
    await waitUntil(() => runs === 2);
    await running.redis.del("broken");
    await waitUntil(async () => (await result.state) === "RETRY");
    await waitUntil(async () => (await running.redis.exists("unacked")) === 0);
    assert.equal(await running.redis.llen("broken"), 1);
  });

  it("that is too large to send fails its task for good", async () => {
    const result = await running.app.sendTask("grows");
    await assert.rejects(result.get({ timeout: 5 }), { name: "EncodeError", message: /messageSizeLimit=5000/ });
    assert.equal(runs, 1);
  });

  it("with an undefined queue goes back to its task's queue", async () => {
    const result = await running.app.sendTask("nowhere");
    assert.equal(await result.get({ timeout: 5 }), 1);
  });
});
