/** Reading results, stored as Python's and JavaScript's workers store them. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { Redis } from "ioredis";
import { Celery } from "../../src/index.js";
import { taskStorage } from "../../src/tasks/current.js";
import { startServer } from "../support/server.js";

const TRACEBACK =
  'Traceback (most recent call last):\n  File "shop.py", line 3, in charge\nshop.PaymentError: no money\n';

/**
 * What a Python worker stores.
 *
 * @param {string} status
 * @param {unknown} result
 * @param {string | null} [traceback]
 */
const pythonMeta = (status, result, traceback = null) =>
  JSON.stringify({
    status,
    result,
    traceback,
    children: [],
    date_done: "2026-11-22T10:11:12.123456+00:00",
    task_id: "id1",
  });

describe("a result", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Redis} */
  let redis;
  /** @type {Celery} */
  let app;

  /**
   * @param {string} status
   * @param {unknown} result
   * @param {string | null} [traceback]
   */
  const store = (status, result, traceback) => redis.set("celery-task-meta-id1", pythonMeta(status, result, traceback));

  before(async () => {
    server = await startServer();
    redis = new Redis(server.url);
    app = new Celery("test", { brokerUrl: server.url, resultBackend: server.url });
  });
  beforeEach(() => redis.flushall());
  after(async () => {
    await app.close();
    redis.disconnect();
    await server.stop();
  });

  test("is PENDING while nothing is stored for the task", async () => {
    const result = app.AsyncResult("id1");

    assert.deepEqual([await result.state, await result.info, await result.ready()], ["PENDING", null, false]);
  });

  test("shows the states that the task stores while it runs", async () => {
    await store("PROGRESS", { done: 3, of: 9 });
    const result = app.AsyncResult("id1");

    assert.deepEqual(
      [await result.state, await result.info, await result.ready()],
      ["PROGRESS", { done: 3, of: 9 }, false],
    );
  });

  test("is what the task returned", async () => {
    await store("SUCCESS", [1, "é"]);
    const result = app.AsyncResult("id1");

    assert.deepEqual(await result.get(), [1, "é"]);
    assert.deepEqual([await result.status, await result.successful(), await result.failed()], ["SUCCESS", true, false]);
    assert.deepEqual(await result.dateDone, new Date("2026-11-22T10:11:12.123Z"));
  });

  test("throws a failure with Python's type, message and traceback", async () => {
    await store("FAILURE", { exc_type: "PaymentError", exc_message: ["no money"], exc_module: "shop" }, TRACEBACK);
    const result = app.AsyncResult("id1");

    await assert.rejects(result.get(), {
      name: "PaymentError",
      message: "no money",
      excType: "PaymentError",
      excModule: "shop",
      traceback: TRACEBACK,
    });
    const error = await result.get({ propagate: false });
    assert.ok(error instanceof Error);
    assert.deepEqual([await result.failed(), await result.info, await result.traceback], [true, error, TRACEBACK]);
  });

  test("is a TaskRevokedError when the task was revoked", async () => {
    await store("REVOKED", { exc_type: "TaskRevokedError", exc_message: ["expired"], exc_module: "celery.exceptions" });

    await assert.rejects(app.AsyncResult("id1").get(), { name: "TaskRevokedError", message: "expired" });
  });

  for (const [status, name, message] of [
    ["FAILURE", "TaskError", "the task failed, and its worker stored no error"],
    ["REVOKED", "TaskRevokedError", "revoked"],
  ]) {
    test(`that is ${status} and nothing more is thrown as a ${name}`, async () => {
      await store(status, null);
      const result = app.AsyncResult("id1");

      await assert.rejects(result.get(), { name, message });
      await assert.rejects(result.maybeThrow(), { name, message });
      assert.ok((await result.get({ propagate: false })) instanceof Error);
    });
  }

  test("on timeout names the task, the time and the last state", async () => {
    await store("PROGRESS", { done: 1 });
    const sent = await app.sendTask("js.slow");
    await assert.rejects(sent.get({ timeout: 0.5 }), {
      name: "TimeoutError",
      message: `task js.slow[${sent.id}]: no result within 0.5 s; the last known state is PENDING`,
    });
    await assert.rejects(app.AsyncResult("id1").get({ timeout: 1 }), {
      message: "task id1: no result within 1 s; the last known state is PROGRESS",
    });
    await assert.rejects(app.AsyncResult("id1").get({ timeout: 0 }), {
      message: "task id1: no result within 0 s; the last known state is PROGRESS",
    });
  });

  test("rejects with an Error whatever its wait is aborted with", async () => {
    const controller = new AbortController();
    const waiting = app.AsyncResult("id1").get({ signal: controller.signal });
    controller.abort("enough");

    await assert.rejects(waiting, { name: "AbortError", message: "waiting for task id1 was aborted: enough" });
  });

  test("that is final is read once", async () => {
    await store("SUCCESS", 5);
    const result = app.AsyncResult("id1");
    await result.get();
    await redis.flushall();

    assert.equal(await result.get(), 5);
    assert.equal(await app.AsyncResult("id1").state, "PENDING");
  });

  test("can be forgotten", async () => {
    await store("SUCCESS", 5);
    const result = app.AsyncResult("id1");
    await result.get();

    await result.forget();

    assert.equal(await result.state, "PENDING");
  });

  test("that does not arrive in time is a TimeoutError", async () => {
    await assert.rejects(app.AsyncResult("id1").get({ timeout: 0.5 }), {
      name: "TimeoutError",
      message: "task id1: no result within 0.5 s; the last known state is PENDING",
    });
    await assert.rejects(app.AsyncResult("id1").get({ timeout: /** @type {any} */ ("1") }), { name: "TypeError" });
  });

  test("is not waited for inside a task, unless the task insists", async () => {
    await store("SUCCESS", 5);
    const execution = { context: { id: "p" }, children: [] };

    await taskStorage.run(execution, async () => {
      await assert.rejects(app.AsyncResult("id1").get(), { message: /^Never call result.get\(\) within a task!/ });
      assert.equal(await app.AsyncResult("id1").get({ disableSyncSubtasks: false }), 5);
    });
  });

  test("is passed to the callback, which is awaited", async () => {
    await store("SUCCESS", 5);
    /** @type {unknown[]} */
    const calls = [];
    const callback = async (/** @type {string} */ id, /** @type {unknown} */ value) => {
      await new Promise((resolve) => setImmediate(resolve));
      calls.push([id, value]);
    };

    assert.equal(await app.AsyncResult("id1").get({ callback, interval: 0.1, noAck: false }), 5);
    assert.deepEqual(calls, [["id1", 5]]);
  });

  test("calls onInterval once a second while it is awaited", async () => {
    let calls = 0;
    const onInterval = () => {
      calls += 1;
    };

    await assert.rejects(app.AsyncResult("id1").get({ onInterval, timeout: 2.5 }), { name: "TimeoutError" });
    assert.ok(calls === 1 || calls === 2, `${calls} calls`);
    const fails = () => Promise.reject(new RangeError("enough"));
    await assert.rejects(app.AsyncResult("id2").get({ onInterval: fails }), { name: "RangeError", message: "enough" });
  });

  test("that is ignored is null at once", async () => {
    const result = await app.sendTask("add", [], { ignoreResult: true });

    assert.equal(await result.get(), null);
  });

  test("is stored by others as Celery's tuple", () => {
    assert.deepEqual(app.AsyncResult("id1").asTuple(), [["id1", null], null]);
    assert.equal(String(app.AsyncResult("id1")), "id1");
  });

  test("needs an id", () => {
    assert.throws(() => app.AsyncResult(""), { name: "TypeError" });
  });

  test("arrives from a worker, success and failure alike", async () => {
    app.task("add", (/** @type {number} */ x, /** @type {number} */ y) => x + y);
    app.task("fail", () => {
      throw new RangeError("too much");
    });
    const worker = app.worker({ queues: ["celery"] });
    await worker.start();

    const sum = await app.sendTask("add", [1, 2]);
    const failure = await app.sendTask("fail");

    assert.equal(await sum.get({ timeout: 10 }), 3);
    await assert.rejects(failure.get({ timeout: 10 }), {
      name: "RangeError",
      message: "too much",
      excModule: "builtins",
    });
    await worker.stop();
  });

  test("of a group is passed to the callback, in order of arrival", async () => {
    for (const id of ["a", "b"]) await redis.set(`celery-task-meta-${id}`, pythonMeta("SUCCESS", id.toUpperCase()));
    const group = app.GroupResult("g", [app.AsyncResult("a"), app.GroupResult("h", [app.AsyncResult("b")])]);
    /** @type {unknown[]} */
    const calls = [];
    const callback = (/** @type {string} */ id, /** @type {unknown} */ value) => calls.push([id, value]);

    assert.deepEqual(await group.join({ callback, onInterval: () => {} }), []);
    assert.deepEqual(calls, [
      ["a", "A"],
      ["h", ["B"]],
    ]);
    assert.deepEqual(await group.join(), ["A", ["B"]]);
    const pending = app.GroupResult("p", [app.AsyncResult("c"), app.AsyncResult("d")]);
    let intervals = 0;
    const onInterval = () => {
      intervals += 1;
      throw new RangeError("enough");
    };
    await assert.rejects(pending.iterate({ onInterval }).next(), { name: "RangeError" });
    await assert.rejects(pending.join({ onInterval }), { name: "RangeError" });
    assert.equal(intervals, 2, "once for all of a group");
    await assert.rejects(group.iterate(/** @type {any} */ ({ callback })).next(), {
      message: /^iterate\(\): unknown option 'callback'/,
    });
  });

  test("is added to a set, and removed", async () => {
    await redis.set("celery-task-meta-a", pythonMeta("SUCCESS", 1));
    const set = app.ResultSet();
    set.add(app.AsyncResult("a"));
    set.update([app.AsyncResult("a"), app.AsyncResult("b")]);
    assert.deepEqual([set.length, await set.ready(), await set.completedCount()], [2, false, 1]);

    set.remove("b");
    set.discard("b");
    assert.deepEqual([await set.ready(), await set.join()], [true, [1]]);
    assert.throws(() => set.remove(app.AsyncResult("b")), { message: "remove(): the set has no result b" });
    assert.throws(() => set.add(/** @type {any} */ ("c")), { name: "TypeError" });
    set.clear();
    assert.deepEqual([...set], []);
  });
});
