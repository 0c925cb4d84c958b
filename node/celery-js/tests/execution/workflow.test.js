import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { startServer } from "../support/server.js";
import { inspector } from "../support/transport.js";
import { waitUntil } from "../support/wait.js";
import { startWorker } from "../support/worker.js";

const tasks = {
  add: (/** @type {number} */ x, /** @type {number} */ y) => x + y,
  changing: () => {
    const returned = [0];
    const timer = setInterval(() => returned.push(returned.length) > 1000 && clearInterval(timer), 0);
    return returned;
  },
  fail: () => {
    throw new RangeError("no");
  },
};
/** @param {string} id @param {unknown[]} args @param {object} [more] a step of a chain as Celery's dict */
const step = (id, args, more) => ({
  task: "add",
  args,
  kwargs: {},
  options: { task_id: id, retry: false, ...more },
  subtask_type: null,
  immutable: false,
});

describe("follow-ups of a task", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let running;

  before(async () => {
    server = await startServer();
    running = await startWorker(server.url, tasks);
  });
  after(async () => {
    await running.stop();
    await server.stop();
  });

  it("chain steps pass results, whatever Celery options they have", async () => {
    await running.app.sendTask("add", [1, 2], { chain: [step("last", [100]), step("middle", [10])] });
    assert.equal(await running.app.AsyncResult("last").get({ timeout: 5 }), 113);
  });

  it("the next step gets the stored result, even if changed later", async () => {
    const result = await running.app.sendTask("changing", [], { link: [step("one", [[]]), step("other", [[]])] });
    const stored = await result.get({ timeout: 5 });
    for (const id of ["one", "other"]) {
      assert.equal(await running.app.AsyncResult(id).get({ timeout: 5 }), String(stored));
    }
  });

  it("a follow-up that can never be sent fails its task", async () => {
    const inspect = inspector(server.url);
    try {
      await inspect.hset("no-list", "a", "b");
      for (const options of [
        { link: step("unsendable", [1], { queue: "no-list" }) },
        { chain: [step("unsendable", [1], { queue: "no-list" })] },
      ]) {
        const result = await running.app.sendTask("add", [1, 2], options);
        await assert.rejects(result.get({ timeout: 5 }), {
          name: "EncodeError",
          message: "the message can never be sent: the key of queue 'no-list' is a hash, not a list",
        });
      }
    } finally {
      await inspect.quit();
    }
  });

  it("a stamp travels with the signature that carries it", async () => {
    const stamped = step("stamped", [1], { stamped_headers: ["tenant"], tenant: "shop" });
    await running.app.sendTask("add", [1, 2], { link: stamped, queue: "q" });
    assert.equal(await running.app.AsyncResult("stamped").get({ timeout: 5 }), 4);
  });

  it("a failing step fails all steps after it", async () => {
    await running.app.sendTask("fail", [], { chain: [step("never", [100]), step("neither", [10])] });
    for (const id of ["never", "neither"]) {
      await assert.rejects(running.app.AsyncResult(id).get({ timeout: 5 }), { name: "RangeError", message: "no" });
    }
  });

  it("a follow-up that is not a signature fails its task", async () => {
    const result = await running.app.sendTask("add", [1, 2], { link: { ...step("g", []), subtask_type: "circle" } });
    await assert.rejects(result.get({ timeout: 5 }), /no signature of type 'circle'/);
  });

  for (const { embed, name } of [
    { embed: { chain: [1] }, name: "NotRegistered" },
    { embed: { chain: [null] }, name: "NotRegistered" },
    { embed: { chain: ["a"] }, name: "NotRegistered" },
    { embed: { chord: [1] }, name: "InvalidTaskError" },
  ]) {
    it(`an unknown task with a bad embed is buried: ${JSON.stringify(embed)}`, async (t) => {
      const redis = inspector(server.url);
      t.after(() => redis.disconnect());
      const id = `unknown ${JSON.stringify(embed)}`;
      const envelope = {
        body: JSON.stringify([[], {}, embed]),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        headers: { task: "nobody_knows", id },
        properties: { delivery_info: { exchange: "", routing_key: "q" }, priority: 0, delivery_tag: id },
      };

      await redis.lpush("q", JSON.stringify(envelope));

      await waitUntil(async () =>
        (await redis.lrange("q.dead", 0, -1)).some((letter) => letter.includes(JSON.stringify(id))),
      );
      await assert.rejects(running.app.AsyncResult(id).get({ timeout: 5 }), { name });
    });
  }

  it("a follow-up is sent once a full broker has room", async () => {
    const redis = inspector(server.url);
    const settings = { taskDefaultQueue: "full", taskPublishTimeout: 0.2 };
    const other = await startWorker(
      server.url,
      {
        ...tasks,
        fill: async () => {
          await redis.config("SET", "maxmemory", "1");
          setTimeout(() => void redis.config("SET", "maxmemory", "0"), 600);
          return 1;
        },
      },
      { settings },
    );
    await other.app.sendTask("fill", [], { link: step("later", [10]), queue: "full" });
    assert.equal(await other.app.AsyncResult("later").get({ timeout: 8 }), 11);
    await other.stop();
    redis.disconnect();
  });
});

it("a stopped worker sends no follow-ups", async () => {
  const server = await startServer();
  let open = () => {};
  const opened = new Promise((resolve) => {
    open = () => resolve(undefined);
  });
  const settings = { taskPublishTimeout: 0.3, workerSoftShutdownTimeout: 0 };
  const { app, worker, lines, stop } = await startWorker(server.url, { gate: () => opened }, { settings });
  await app.sendTask("gate", [], { link: step("after", [], { queue: "after" }) });
  await waitUntil(() => lines.some(({ msg }) => /^Task gate\[.*\] received/.test(msg)));
  await server.kill();
  open();
  await worker.stop();
  await server.start();
  const redis = inspector(server.url);
  // There is nothing to wait for: it is tried once a second, and must not be.
  await delay(3_000);
  assert.equal(await redis.llen("after"), 0);
  assert.equal(await redis.hlen("unacked"), 1, "it goes back when its lease ends");
  redis.disconnect();
  await stop();
  await server.stop();
});

it("follow-ups wait while the server forbids sending", async () => {
  const server = await startServer();
  const admin = inspector(server.url);
  await admin.call("ACL", "SETUSER", "worker", "on", ">secret", "~*", "&*", "+@all");
  const url = server.url.replace("redis://", "redis://worker:secret@");
  let open = () => {};
  const opened = new Promise((resolve) => {
    open = () => resolve(undefined);
  });
  const { app, lines, stop } = await startWorker(url, { gate: () => opened, ...tasks });
  const result = await app.sendTask("gate", [], { link: step("after", [1]) });
  await waitUntil(() => lines.some(({ msg }) => /^Task gate\[.*\] received/.test(msg)));

  await admin.call("ACL", "SETUSER", "worker", "-lpush");
  open();
  await waitUntil(() => lines.some(({ msg }) => /cannot be sent until this user has permission/.test(msg)));
  await admin.call("ACL", "SETUSER", "worker", "+@all");

  await result.get({ timeout: 10 });
  await waitUntil(async () => (await admin.exists("celery-task-meta-after")) === 1);
  admin.disconnect();
  await stop();
  await server.stop();
});
