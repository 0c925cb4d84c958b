/** A worker whose clock is minutes late, as the server's decides what is parked and when it comes back. */
import assert from "node:assert/strict";
import { afterEach, describe, it, mock } from "node:test";
import { task } from "../../../src/index.js";
import { encodeEnvelope, taskMessage } from "../../../src/protocol/message.js";
import { useServer } from "../../support/used-server.js";
import { waitUntil } from "../../support/wait.js";
import { startWorker } from "../../support/worker.js";

const LATE_MS = 300_000;

describe("a worker whose clock is late", () => {
  const valkey = useServer();
  afterEach(() => mock.restoreAll());

  it("parks a message once, and starts it at its eta", async () => {
    const { now } = Date;
    mock.method(Date, "now", () => now() - LATE_MS);
    /** @type {number[]} */
    const startedAtMs = [];
    const tasks = { note: task({}, () => void startedAtMs.push(now())) };
    const { stop } = await startWorker(valkey.url, tasks, { settings: { leaseS: 1 } });
    try {
      await valkey.redis.config("RESETSTAT");
      const etaMs = now() + 4_000;
      const made = taskMessage({ taskId: "a", name: "note", args: [], eta: new Date(etaMs) });
      await valkey.redis.lpush("q", encodeEnvelope(made, { exchange: "", routingKey: "q" }));
      await waitUntil(() => startedAtMs.length === 1, { timeoutMs: 20_000 });
      assert.ok(startedAtMs[0] >= etaMs - 5, `${startedAtMs[0] - etaMs} ms after its eta`);
      const pushed = /cmdstat_rpush:calls=(\d+)/.exec(await valkey.redis.info("commandstats"))?.[1] ?? "0";
      assert.ok(Number(pushed) <= 1, `put back ${pushed} times`);
    } finally {
      await stop();
    }
  });
});
