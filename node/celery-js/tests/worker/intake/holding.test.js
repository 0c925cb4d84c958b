import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { task } from "../../../src/index.js";
import { encodeEnvelope, markRedelivered, taskMessage } from "../../../src/protocol/message.js";
import { useServer } from "../../support/used-server.js";
import { waitUntil } from "../../support/wait.js";
import { failingLog, startWorker } from "../../support/worker.js";

/** @param {string} id @param {object} [more] of the message @returns {string} as a client would put it on the list */
const gateMessage = (id, more) =>
  encodeEnvelope(taskMessage({ taskId: id, name: "gate", args: [id], ...more }), { exchange: "", routingKey: "q" });
/** @param {number} count */
const ids = (count) => Array.from({ length: count }, (_, n) => `task-${n}`);

describe("what a worker holds", () => {
  const valkey = useServer();
  /** @type {string[]} labels of the tasks that started */
  let started;
  /** Lets every task that waits, and every later one, run to its end. */
  let open = () => {};
  /** @type {Record<string, (...args: any[]) => unknown>} */
  let tasks;
  /** @type {Awaited<ReturnType<typeof startWorker>> | null} */
  let running = null;

  beforeEach(async () => {
    await valkey.redis.flushall();
    started = [];
    const opened = new Promise((resolve) => {
      open = () => resolve(undefined);
    });
    const run = (/** @type {string} */ label) => {
      started.push(label);
      return opened;
    };
    tasks = { gate: run, pass: (/** @type {string} */ label) => void started.push(label) };
  });
  afterEach(async () => {
    open();
    await running?.stop();
    running = null;
  });

  /** @param {string} id @returns {Promise<string>} the tag under which it is held */
  async function tagOf(id) {
    const held = await valkey.redis.hgetall("unacked");
    return Object.keys(held).find((tag) => held[tag].includes(`"id": "${id}"`)) ?? assert.fail(`${id} is not held`);
  }
  /** @param {string[]} messages those that are taken first come first */
  const push = async (messages) => {
    for (let from = 0; from < messages.length; from += 5_000)
      await valkey.redis.lpush("q", ...messages.slice(from, from + 5_000));
  };
  /** @param {string[]} those @param {object} [more] */
  const pushSuspects = async (those, more) => {
    await valkey.redis.hset("celery.deliveries", Object.fromEntries(those.map((id) => [id, 1])));
    await push(those.map((id) => markRedelivered(gateMessage(id, more))));
  };

  it("a message that cannot be received fails; the others run", async () => {
    open();
    await push(["a", "guilty", "b"].map((id) => gateMessage(id)));
    const log = failingLog(/guilty\] received/);
    running = await startWorker(valkey.url, tasks, { options: { log } });
    const { app } = running;
    for (const id of ["a", "b"]) await app.AsyncResult(id).get({ timeout: 5 });
    await assert.rejects(app.AsyncResult("guilty").get({ timeout: 5 }), /no log for this/);
    await waitUntil(async () => (await valkey.redis.lindex("q.dead", 0))?.startsWith('{"reason":"Error"'));
    await waitUntil(async () => (await valkey.redis.exists("unacked", "celery.leases")) === 0);
    assert.deepEqual(started, ["a", "b"]);
  });

  it("a message that breaks the worker is buried; the others run", async () => {
    open();
    const past = { expires: new Date(Date.now() - 1_000) };
    await valkey.redis.hset("celery.deliveries", "guilty", 1);
    await push([gateMessage("a"), markRedelivered(gateMessage("guilty", past)), gateMessage("b")]);
    running = await startWorker(valkey.url, tasks, { options: { log: failingLog(/Discarding/) } });
    for (const id of ["a", "b"]) await running.app.AsyncResult(id).get({ timeout: 5 });
    await assert.rejects(running.app.AsyncResult("guilty").get({ timeout: 5 }), /no log for this/);
    await waitUntil(async () => (await valkey.redis.llen("q.dead")) === 1);
    // Nothing is counted against it any more: it is at its end.
    await waitUntil(async () => (await valkey.redis.exists("unacked", "celery.leases", "celery.deliveries")) === 0);
  });

  it("a reserved task that cannot start frees its slot", async () => {
    const soon = { expires: new Date(Date.now() + 700) };
    const log = failingLog(/Discarding/);
    running = await startWorker(valkey.url, tasks, { options: { log, concurrency: 1 } });
    await push([gateMessage("first"), gateMessage("guilty", soon), gateMessage("next")]);
    await waitUntil(async () => (await valkey.redis.hlen("unacked")) === 3);
    await waitUntil(() => Date.now() > soon.expires.getTime());
    open();
    await running.app.AsyncResult("next").get({ timeout: 5 });
    assert.deepEqual(started, ["first", "next"]);
  });

  it("suspects beyond a window are parked, so other tasks run", async () => {
    const suspects = ids(30);
    await pushSuspects(suspects);
    const settings = { leaseS: 1 };
    running = await startWorker(valkey.url, tasks, { settings, options: { concurrency: 2, prefetchMultiplier: 2 } });
    await running.app.sendTask("pass", ["ordinary"]);
    await waitUntil(() => started.includes("ordinary"));
    await waitUntil(async () => (await valkey.redis.zcard("celery.leases")) === 5, {
      what: "one suspect running, 4 reserved",
    });
    assert.equal(started.length, 2, "one suspect at a time");
    open();
    await waitUntil(() => started.length === 31, { timeoutMs: 30_000 });
    await waitUntil(async () => (await valkey.redis.exists("unacked", "celery.parked", "celery.deliveries")) === 0);
    assert.deepEqual(started.toSorted(), [...suspects, "ordinary"].toSorted());
  });

  it("near etas beyond a thousand are parked and run once", async () => {
    open();
    running = await startWorker(valkey.url, tasks, { settings: { leaseS: 4 } });
    // Two leases: just near enough to be held. What is parked comes back one lease before.
    const eta = new Date(Date.now() + 8_000);
    await push(ids(1_050).map((id) => gateMessage(id, { eta })));
    await waitUntil(async () => (await valkey.redis.zcard("celery.parked")) === 50);
    assert.equal(await valkey.redis.zcard("celery.leases"), 1_000);
    assert.deepEqual(started, []);
    assert.ok(Date.now() < eta.getTime());
    await waitUntil(() => started.length >= 1_050, { timeoutMs: 60_000 });
    await waitUntil(async () => (await valkey.redis.exists("unacked", "celery.parked")) === 0);
    assert.deepEqual(started.toSorted(), ids(1_050).toSorted());
  });

  it("a waiting task whose lease is lost is not run", async () => {
    running = await startWorker(valkey.url, tasks, { settings: { leaseS: 4 }, options: { concurrency: 1 } });
    const { app, lines } = running;
    const eta = new Date(Date.now() + 7_000);
    for (const [id, more] of /** @type {Array<[string, object]>} */ ([
      ["runs", {}],
      ["reserved", {}],
      ["early", { eta }],
    ])) {
      await push([gateMessage(id, more)]);
      await waitUntil(async () => JSON.stringify(await valkey.redis.hgetall("unacked")).includes(id));
    }
    await valkey.redis.zrem("celery.leases", await tagOf("runs"), await tagOf("reserved"), await tagOf("early"));
    await waitUntil(() => lines.some(({ msg }) => msg.startsWith("3 lease(s) ran out")));
    open();
    await waitUntil(() => Date.now() > eta.getTime());
    await (await app.sendTask("pass", ["after"])).get({ timeout: 30 });
    assert.deepEqual(started, ["runs", "after"]);
    const about = (/** @type {RegExp} */ what) =>
      lines.filter(({ msg }) => what.test(msg)).map(({ task_id }) => task_id);
    assert.deepEqual(about(/is not run: its lease ran out/).sort(), ["early", "reserved"]);
    assert.equal(about(/still running here: gate\[runs\]$/).length, 1);
  });

  it("a short time limit does not end a lease while the loop turns", async () => {
    const settings = { leaseS: 0.6, taskTimeLimit: 0.1 };
    // One that runs on after its limit would keep its slot's place: the worker ends with as many of them as slots.
    tasks.gate = task({ bind: true }, (self, /** @type {string} */ label) => {
      started.push(label);
      return new Promise((_, reject) => self.signal.addEventListener("abort", () => reject(self.signal.reason)));
    });
    running = await startWorker(valkey.url, tasks, { settings, options: { concurrency: 1, prefetchMultiplier: 20 } });
    const { lines } = running;
    await push(ids(20).map((id) => gateMessage(id)));
    // Each of them ends at its limit, while the others wait for longer than theirs.
    await waitUntil(async () => started.length === 20 && (await valkey.redis.exists("unacked")) === 0, {
      timeoutMs: 20_000,
    });
    assert.deepEqual(
      lines.filter(({ msg }) => /lease/.test(msg)).map(({ msg }) => msg),
      [],
    );
    assert.deepEqual(started, ids(20));
  });

  it("a stop puts 40,000 reserved tasks back in order", async () => {
    const many = ids(40_000);
    await push(many.map((id) => gateMessage(id)));
    const options = { concurrency: 1, prefetchMultiplier: 50_000 };
    running = await startWorker(valkey.url, tasks, { options });
    await waitUntil(async () => (await valkey.redis.hlen("unacked")) === many.length, { timeoutMs: 60_000 });
    await running.worker.stop({ cold: true });
    const back = await valkey.redis.lrange("q", 0, -1);
    assert.deepEqual(
      back.toReversed().map((raw) => JSON.parse(raw).headers.id),
      many
        .slice(1)
        .concat("task-0")
        .sort((a, b) => Number(a.slice(5)) - Number(b.slice(5))),
    );
    assert.equal(await valkey.redis.exists("unacked", "celery.leases"), 0);
  });
});
