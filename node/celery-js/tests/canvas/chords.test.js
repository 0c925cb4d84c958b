/** Chords on a worker: what is counted, and what happens to the body when a worker, a claim or the server is lost. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { Celery, chain, chord, group, signals, task } from "../../src/index.js";
import { startServer } from "../support/server.js";
import { inspector } from "../support/transport.js";
import { waitUntil } from "../support/wait.js";
import { startWorker } from "../support/worker.js";

/** @typedef {import("../../src/index.js").Signature} Signature */

/** @type {string[]} */
const ran = [];
/** @type {(() => void) | null} */
let open = null;
/** @type {Signature | null} what `handOut` sends, and returns the result of */
let handedOut = null;
const tasks = {
  add: (/** @type {number} */ x, /** @type {number} */ y) => x + y,
  sum: (/** @type {number[]} */ numbers) => {
    ran.push("sum");
    return numbers.reduce((total, n) => total + n, 0);
  },
  fail: () => {
    throw new RangeError("no");
  },
  gate: async (/** @type {number} */ value) => {
    await new Promise((resolve) => {
      open = () => resolve(undefined);
    });
    return value;
  },
  handOut: () => /** @type {Signature} */ (handedOut).delay(),
  extend: task({ bind: true }, async (self) => {
    await self.addToChord(self.app.signature("add", [5, 5]));
    return 1;
  }),
};

describe("the results of a group", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  it("end with the first failure, however long the others take", async () => {
    const running = await startWorker(server.url, tasks);
    const [gate, fail] = [running.app.signature("gate", [1]), running.app.signature("fail")];
    const result = await group(gate, fail).applyAsync();
    await waitUntil(() => open !== null);
    await assert.rejects(result.join({ timeout: 10 }), { name: "RangeError" });
    assert.deepEqual([await result.ready(), await result.failed(), await result.completedCount()], [false, true, 0]);
    await assert.rejects(
      async () => {
        for await (const [, value] of result.iterate()) assert.fail(String(value));
      },
      { name: "RangeError" },
    );
    open?.();
    open = null;
    assert.equal(await result.results[0].get({ timeout: 5 }), 1);
    await running.stop();
  });
});

describe("a chord", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let running;
  /** @type {import("ioredis").Redis} */
  let redis;
  const key = (/** @type {string} */ groupId, /** @type {string} */ suffix) =>
    `celery-taskset-meta-${groupId}.${suffix}`;
  const add = (/** @type {unknown[]} */ ...args) => running.app.signature("add", args);
  const sum = () => running.app.signature("sum");

  before(async () => {
    server = await startServer();
    redis = inspector(server.url);
    running = await startWorker(server.url, tasks);
  });
  after(async () => {
    redis.disconnect();
    await running.stop();
    await server.stop();
  });

  it("gets a task that one of its parts adds", async () => {
    const result = await chord([running.app.signature("extend"), add(1, 1)], sum()).applyAsync();
    assert.equal(await result.get({ timeout: 5 }), 13);
  });

  it("waits until another worker's claim has ended", async () => {
    const [groupId, body] = ["claimed-group", { ...sum().toJSON(), options: { task_id: "claimed-body" } }];
    await redis.set(key(groupId, "s"), 1);
    const claimedAtMs = performance.now();
    await redis.set(key(groupId, "c"), "a worker that was lost", "PX", 1_500);
    await running.app.sendTask("add", [1, 2], { groupId, groupIndex: 0, chord: body });
    assert.equal(await running.app.AsyncResult("claimed-body").get({ timeout: 10 }), 3);
    const tookMs = performance.now() - claimedAtMs;
    assert.ok(tookMs >= 1_400, `it took ${tookMs} ms`);
    await waitUntil(async () => (await redis.hlen("unacked")) === 0);
    assert.equal(await redis.get(key(groupId, "c")), "done");
  });

  it("is not sent again for a late part", async () => {
    const [groupId, body] = ["late-group", { ...sum().toJSON(), options: { task_id: "late-body" } }];
    await redis.set(key(groupId, "s"), 1);
    const part = { groupId, groupIndex: 0, chord: body, taskId: "late-part" };
    await (await running.app.sendTask("add", [1, 2], part)).get({ timeout: 5 });
    await running.app.AsyncResult("late-body").get({ timeout: 5 });
    await waitUntil(async () => (await redis.get(key(groupId, "c"))) === "done");
    const before = ran.length;
    await (await running.app.sendTask("add", [1, 2], part)).get({ timeout: 5 });
    await waitUntil(async () => (await redis.hlen("unacked")) === 0);
    assert.equal(await redis.llen("q"), 0);
    assert.equal(await redis.exists(key(groupId, "j"), key(groupId, "d")), 0, "it is not counted again");
    assert.equal(ran.length, before);
  });

  it("with a part of an unregistered task fails", async () => {
    const result = await chord([add(1, 1), running.app.signature("nobody")], sum()).applyAsync();
    await assert.rejects(result.get({ timeout: 5, followParents: false }), {
      name: "ChordError",
      message: /^Dependency .* raised NotRegistered\('nobody'\)$/,
    });
  });

  it("whose part has expired fails", async () => {
    const result = await chord([add(1, 1), add(2, 2).set({ expires: -1 })], sum()).applyAsync();
    await assert.rejects(result.get({ timeout: 5, followParents: false }), {
      message: /raised TaskRevokedError\('expired'\)$/,
    });
  });

  it("fails everything after it", async () => {
    const result = await chain(group(add(1, 1), running.app.signature("fail")), sum(), add(1)).applyAsync();
    await assert.rejects(result.get({ timeout: 5, followParents: false }), { name: "ChordError" });
  });

  it("shows its header's error to readers of the parents", async () => {
    const result = await chord([add(1, 1), running.app.signature("fail")], sum()).applyAsync();
    await result.get({ timeout: 5, propagate: false });
    await assert.rejects(result.get({ timeout: 5 }), { name: "RangeError", message: "no" });
  });

  it("is refused by an app without a result backend", async () => {
    const app = new Celery("test", { brokerUrl: server.url });
    await assert.rejects(chord([app.signature("add")], app.signature("sum")).applyAsync(), {
      name: "ImproperlyConfigured",
    });
    await app.close();
  });

  it("completes although its last part ended in an outage", async () => {
    open = null;
    const result = await chord([add(1, 1), running.app.signature("gate", [5])], sum()).applyAsync();
    await waitUntil(() => open !== null);
    await server.kill();
    /** @type {() => void} */ (/** @type {unknown} */ (open))();
    await server.start();
    assert.equal(await result.get({ timeout: 20 }), 7);
  });
});

describe("an outcome is stored before others learn of it", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let running;
  /** @type {import("ioredis").Redis} */
  let redis;
  /** The states of the watched task, at each notification. @type {Array<Promise<string>>} */
  let seen = [];
  let watched = "";
  const look = () => seen.push(running.app.AsyncResult(watched).state);
  const sign = (/** @type {string} */ name, /** @type {unknown[]} */ ...args) => running.app.signature(name, args);

  before(async () => {
    server = await startServer();
    redis = inspector(server.url);
    running = await startWorker(server.url, {
      ...tasks,
      lookNext: () => void look(),
      look: (/** @type {unknown} */ _request, /** @type {unknown} */ _error, /** @type {unknown} */ _traceback) =>
        look(),
    });
  });
  beforeEach(() => {
    seen = [];
    watched = randomUUID();
  });
  after(async () => {
    redis.disconnect();
    await running.stop();
    await server.stop();
  });

  it("a success is stored before its callbacks and chain are sent", async () => {
    const first = sign("add", 1, 2).set({ taskId: watched });
    first.link(sign("add", 10));
    const sent = await chain(first, sign("add", 100)).applyAsync();
    signals.beforeTaskPublish.connect(look);
    assert.equal(await sent?.get({ timeout: 5 }), 103);
    signals.beforeTaskPublish.disconnect(look);
    assert.deepEqual(new Set(await Promise.all(seen)), new Set(["SUCCESS"]));
    const children = await running.app.AsyncResult(watched).children;
    assert.equal(children?.length, 2, "the callback and the next task are still its children");
  });

  it("a result is stored before an immutable next task is there to be run", async () => {
    handedOut = sign("add", 1, 1);
    const next = randomUUID();
    const lookAtNext = (/** @type {any} */ { headers }) => {
      if (headers.id === next) look();
    };
    signals.afterTaskPublish.connect(lookAtNext);
    const last = sign("lookNext").set({ immutable: true, taskId: next });
    const sent = await chain(sign("handOut").set({ taskId: watched }), last).applyAsync();
    await sent?.get({ timeout: 5 });
    await waitUntil(() => seen.length === 2); // it was sent, and it ran
    signals.afterTaskPublish.disconnect(lookAtNext);
    assert.deepEqual(await Promise.all(seen), ["SUCCESS", "SUCCESS"]);
  });

  it("a callback that cannot be sent fails its task", async () => {
    handedOut = sign("add", 1, 1);
    const first = sign("handOut").set({ taskId: watched });
    first.link(sign("add", 2, 2).set({ immutable: true, taskId: "never-sent" }));
    const sent = await chain(first, sign("sum")).applyAsync();
    await assert.rejects(async () => sent?.get({ timeout: 5 }), { name: "EncodeError" });
    const children = await running.app.AsyncResult(watched).children;
    assert.deepEqual([children?.length, await redis.exists("celery-task-meta-never-sent")], [1, 0]);
  });

  it("a failure is stored before an errback is called", async () => {
    const result = await sign("fail").set({ taskId: watched }).onError(sign("look")).applyAsync();
    await assert.rejects(result.get({ timeout: 5 }), { name: "RangeError" });
    await waitUntil(() => seen.length === 1);
    assert.deepEqual(await Promise.all(seen), ["FAILURE"]);
  });

  for (const [state, options] of /** @type {Array<[string, object]>} */ ([
    ["REVOKED", { expires: -1 }],
    ["FAILURE", { task: "nobody" }],
    ["FAILURE", { task: "fail" }],
  ])) {
    const { task: name = "add", ...given } = /** @type {{ task?: string }} */ (options);
    it(`${state} (${name}) is stored before the chord fails`, async () => {
      const args = name === "add" ? [1, 1] : [];
      const part = sign(name, ...args).set({ ...given, taskId: watched });
      const result = await chord([part], sign("sum").onError(sign("look"))).applyAsync();
      await result.get({ timeout: 5, propagate: false });
      await waitUntil(() => seen.length === 1);
      assert.deepEqual(await Promise.all(seen), [state]);
      watched = randomUUID();
      const second = chord(
        [sign(name, ...args).set(given)],
        sign("sum").set({ taskId: watched }).onError(sign("look")),
      );
      await second.applyAsync();
      await waitUntil(() => seen.length === 2);
      assert.equal(await seen[1], "FAILURE");
    });
  }

  it("a revocation is stored before its signal is sent", async () => {
    signals.taskRevoked.connect(look);
    await sign("add", 1, 1).set({ taskId: watched, expires: -1 }).applyAsync();
    await waitUntil(() => seen.length === 1);
    signals.taskRevoked.disconnect(look);
    assert.deepEqual(await Promise.all(seen), ["REVOKED"]);
  });

  it("the parts of a chord with an empty body are not counted", async () => {
    const result = await chord([sign("add", 1, 1)], group()).applyAsync();
    assert.ok(result.parent && "results" in result.parent);
    assert.equal(await result.parent.results[0].get({ timeout: 5 }), 2);
    await waitUntil(async () => (await redis.hlen("unacked")) === 0);
    assert.deepEqual(await redis.keys(`celery-taskset-meta-${result.parent.id}*`), []);
  });
});
