import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Worker } from "../../../src/worker/lifecycle/worker.js";
import { startThreadWorker } from "../../support/threads.js";
import { useServer } from "../../support/used-server.js";
import { waitUntil } from "../../support/wait.js";

/** @typedef {Awaited<ReturnType<typeof startThreadWorker>>} Running */

describe("the threads of a worker", () => {
  const valkey = useServer();

  /** @type {string} */
  let folder;
  /** @type {string} while it is missing, `wait_at` tasks run */
  let gate;
  const openGate = () => writeFile(gate, "");
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "threads-"));
    gate = path.join(folder, "gate");
  });

  /** @type {Running | null} */
  let own = null;
  afterEach(async () => {
    await own?.stop();
    own = null;
    await rm(folder, { recursive: true });
  });
  const start = async (
    /** @type {import("../../../src/worker/lifecycle/options.js").WorkerOptions} */ options,
    /** @type {Record<string, unknown>} */ settings = {},
  ) => {
    own = await startThreadWorker(
      valkey.url,
      { queues: ["own"], ...options },
      { taskDefaultQueue: "own", ...settings },
    );
    return own;
  };

  const held = async () => {
    const records = Object.values(await valkey.redis.hgetall("unacked"));
    return records.filter((record) => record.endsWith('"own"]')).length;
  };

  it("a thread is replaced after `maxTasksPerChild` tasks", async () => {
    const { call } = await start({ threadConcurrency: 1, maxTasksPerChild: 2 });
    const ids = [];
    for (let n = 0; n < 4; n += 1) ids.push((await call("where")).threadId);
    assert.ok(ids[0] === ids[1] && ids[1] !== ids[2] && ids[2] === ids[3], ids.join());
  });

  it("a restart replaces threads after their running tasks", async () => {
    const settings = { workerPoolRestarts: true };
    const { app, call, send, ...running } = await start({ threadConcurrency: 1 }, settings);
    const slow = await send("wait_at", [gate]);
    await waitUntil(() => partsOf(running).dispatcher.running === 1);
    const restart = async (/** @type {object} */ options) =>
      Object.values((await app.control.poolRestart({ reply: true, limit: 1, timeout: 30, ...options }))?.[0] ?? {})[0];

    const { ok } = await restart({});
    assert.match(ok, /^reload started, of the threads: tasks on the event loop keep their modules/);
    await openGate();
    const before = await slow.get({ timeout: 30 });
    assert.notEqual((await call("where")).threadId, before);
    const { error } = await restart({ modules: ["threads.work"] });
    assert.match(error, /^pool_restart of a Node worker takes no modules/);
  });

  it("a thread above `maxMemoryPerChild` is replaced", async () => {
    const { call } = await start({ threadConcurrency: 1, maxMemoryPerChild: 100 * 1024 });
    const small = await call("keep", 1);
    assert.equal(await call("keep", 150), small);
    assert.notEqual(await call("keep", 1), small);
  });

  it("leases are renewed while a thread is blocked", async () => {
    const { call, lines } = await start({ threadConcurrency: 1 }, { leaseS: 2 });
    await call("block", 5);
    assert.deepEqual(
      lines.filter(({ msg }) => /lease/.test(msg)),
      [],
    );
  });

  it("a full pool does not block the other one", async () => {
    const { send, call } = await start({ concurrency: 2, threadConcurrency: 1, prefetchMultiplier: 2 });
    for (let n = 0; n < 5; n += 1) await send("wait_at", [gate]);
    assert.equal((await call("on_loop")).isMainThread, true);
    assert.equal(await held(), 5, "it did not wait for any of them");
    for (let n = 0; n < 20; n += 1) await send("spin", [0.05]);
    await waitUntil(async () => (await held()) === 8, { what: "2 of its own window, 6 beyond" });
    await openGate();
    await waitUntil(async () => (await held()) + (await valkey.redis.llen("own")) === 0, { timeoutMs: 30_000 });
  });

  it("a cold stop ends the threads, and puts their tasks back", async () => {
    const { send, worker, lines } = await start({ threadConcurrency: 1 });
    const { id } = await send("spin", [3600]);
    await waitUntil(() => lines.some(({ msg }) => msg.includes(`${id}] received`)));
    await waitUntil(() => partsOf({ worker }).dispatcher.running === 1);
    await worker.stop({ cold: true });
    assert.equal(await valkey.redis.llen("own"), 1);
    await valkey.redis.del("own");
  });
});

/** @param {Pick<Running, "worker">} running @returns {import("../../../src/worker/lifecycle/assembly.js").Assembly} */
const partsOf = ({ worker }) => Worker.partsOf(worker);
