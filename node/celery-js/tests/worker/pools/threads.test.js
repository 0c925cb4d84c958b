import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import pino from "pino";
import { Celery } from "../../../src/index.js";
import { Worker } from "../../../src/worker/lifecycle/worker.js";
import { startServer } from "../../support/server.js";
import { startThreadWorker } from "../../support/threads.js";
import { inspector } from "../../support/transport.js";
import { waitUntil } from "../../support/wait.js";

/** @typedef {Awaited<ReturnType<typeof startThreadWorker>>} Running */

describe("the pool 'threads'", () => {
  /** @type {import("../../support/server.js").TestServer} */
  let server;
  /** @type {import("ioredis").Redis} */
  let redis;
  /** @type {Running} */
  let shared;
  before(async () => {
    server = await startServer();
    redis = inspector(server.url);
    shared = await startThreadWorker(server.url);
  });
  after(async () => {
    await shared.stop();
    redis.disconnect();
    await server.stop();
  });

  it("a task runs in a thread only if it asks for one", async () => {
    assert.equal((await shared.call("where")).isMainThread, false);
    assert.equal((await shared.call("on_loop")).isMainThread, true);
  });

  it("arguments are bound as in Python, values keep their types", async () => {
    assert.equal(await shared.call("add", 1), 2);
    assert.equal(String(await shared.call("day", "2026-01-02")), "2026-01-02");
    const echoed = await shared.call("echo", { when: new Date(0), text: "é", list: [1, null, true] });
    assert.deepEqual([echoed.when.getTime(), echoed.text, echoed.list], [0, "é", [1, null, true]]);
    await assert.rejects(shared.call("add"), {
      name: "TypeError",
      message: /missing 1 required positional argument: 'x'/,
    });
  });

  it("a returned result is its tuple and cannot be passed on", async () => {
    const [[id, parent], members] = await shared.call("sends");
    assert.deepEqual([parent, members, await shared.app.AsyncResult(id).get({ timeout: 10 })], [null, null, 2]);
    const next = { task: "threads.work.echo", args: [], kwargs: {}, options: { task_id: "next" }, subtask_type: null };
    const sent = await shared.send("sends", [], { chain: [{ ...next, immutable: false }] });
    await assert.rejects(sent.get({ timeout: 10 }), { name: "EncodeError", message: /is an AsyncResult/ });
    await assert.rejects(shared.app.AsyncResult("next").get({ timeout: 10 }), { name: "EncodeError" });
  });

  it("a computing task blocks neither event loop nor threads", async () => {
    const spinning = await shared.send("spin", [1]);
    await waitUntil(() => shared.lines.some(({ msg }) => msg.includes(`spin[${spinning.id}] received`)));
    await shared.call("on_loop");
    await shared.call("where");
    assert.equal(await spinning.ready(), false);
    await spinning.get({ timeout: 10 });
  });

  it("one thread runs one task at a time", async () => {
    const both = await Promise.all([shared.call("rest", 0.3), shared.call("rest", 0.3)]);
    assert.equal(new Set(both).size, 2);
  });

  it("`self` has the request, in which the task finds itself", async () => {
    const sent = await shared.send("request_of", [], { timeLimit: 9, rootId: "root", parentId: "parent" });
    assert.deepEqual(await sent.get({ timeout: 10 }), {
      name: "threads.work.request_of",
      id: sent.id,
      rootId: "root",
      parentId: "parent",
      routingKey: "q",
      hostname: shared.worker.hostname,
      timeLimit: 9,
    });
  });

  it("`self.updateState` and `self.log` work in a thread", async () => {
    const sent = await shared.send("report", ["PROGRESS", { done: 3 }]);
    await waitUntil(async () => (await sent.state) === "PROGRESS");
    assert.deepEqual(await sent.info, { done: 3 });
    await sent.get({ timeout: 10 });
    const line = shared.lines.find(({ msg }) => msg === "a line from a thread");
    assert.deepEqual([line?.level, line?.task_id, line?.meta], ["warn", sent.id, { done: 3 }]);
  });

  it("`self.retry` and `autoretryFor` work in a thread", async () => {
    assert.equal(await shared.call("retried"), 2);
    const sent = await shared.send("retried_by_itself");
    await assert.rejects(sent.get({ timeout: 10 }), { name: "SlowGateway", message: "busy" });
    const retries = shared.lines.filter(({ msg }) => msg.includes(`retried_by_itself[${sent.id}] retry`));
    assert.equal(retries.length, 2);
  });

  it("an error is stored with class, module and stack", async () => {
    const native = await shared.send("failing", ["native"]);
    await assert.rejects(native.get({ timeout: 10 }), { name: "RangeError", message: "too far" });
    assert.match(String(await native.traceback), /RangeError: too far\n\s+at .*thread_tasks\/work\.js/);
    const own = await shared.send("failing", ["own"]);
    await assert.rejects(own.get({ timeout: 10 }), { excType: "SlowGateway", excModule: "shop.errors" });
    const line = await waitUntil(() => shared.lines.find(({ msg }) => msg.includes(`${own.id}] raised`)));
    assert.match(line.msg, /raised expected: SlowGateway/, "it is in `throws`");
    await assert.rejects(shared.call("failing", "nothing"), { name: "Error", message: "a text" });
    await assert.rejects(shared.call("failing", "function"), { name: "EncodeError", message: /^result is a function/ });
  });

  it("`Ignore` and `Reject` mean what they mean on the event loop", async () => {
    await assert.rejects(shared.call("steering", "reject"), { name: "Reject" });
    await waitUntil(async () => (await redis.llen("q.dead")) === 1);
    const ignored = await shared.send("steering", ["ignore"]);
    await waitUntil(() => shared.lines.some(({ msg }) => msg.includes(`${ignored.id}] ignored`)));
    assert.equal(await ignored.state, "PENDING");
  });

  it("a sent task is a child, sent before its parent ends", async () => {
    const sent = await shared.send("sending");
    const childId = await sent.get({ timeout: 10 });
    const children = /** @type {any[]} */ (await sent.children);
    assert.equal(children[0].id, childId);
    assert.equal(children[1].results.length, 1, "a group");
    const unawaited = await shared.send("sending_unawaited");
    await unawaited.get({ timeout: 10 });
    assert.equal(await shared.app.AsyncResult(`${unawaited.id}-child`).get({ timeout: 10 }), 3);
  });

  it("a task sent after the end is still a child", async () => {
    const late = await shared.send("sending_late");
    await late.get({ timeout: 10 });
    await Promise.all([shared.call("rest", 0.6), shared.call("rest", 0.6)]);
    const child = /** @type {any} */ (await shared.app.AsyncResult(`${late.id}-child`).get({ timeout: 10 }));
    assert.deepEqual([child.parentId, child.rootId], [late.id, late.id]);
  });

  it("a workflow replaces a task; `celery.map` runs in a thread", async () => {
    assert.equal(await shared.call("replaced", "chain"), 13);
    assert.equal(await shared.call("replaced", "chord"), 10);
    const mapped = await shared.app.tasks.get("threads.work.where_at").map([1, 2]).applyAsync();
    const places = /** @type {Array<{ isMainThread: boolean }>} */ (await mapped.get({ timeout: 10 }));
    assert.deepEqual(
      places.map(({ isMainThread }) => isMainThread),
      [false, false],
    );
  });

  it("a returned result is stored as its tuple", async () => {
    assert.deepEqual(await shared.call("tuple"), [["some-id", null], null]);
  });

  it("the soft limit ends a task that heeds `self.signal`", async () => {
    for (const task of ["spin_politely", "heed"]) {
      const sent = await shared.send(task, [], { softTimeLimit: 0.5 });
      await assert.rejects(sent.get({ timeout: 10 }), { name: "SoftTimeLimitExceeded" });
    }
  });

  it("a computing task sees its abort, the next one does not", async () => {
    for (const task of ["spin_politely", "spin_watching"]) {
      const sent = await shared.send(task, [], { timeLimit: 10 });
      const { dispatcher } = partsOf(shared);
      const running = () => dispatcher.requests.active.find(({ message }) => message.id === sent.id)?.execution;
      (await waitUntil(running)).abortSoftly();
      await assert.rejects(sent.get({ timeout: 15 }), { name: "SoftTimeLimitExceeded" });
    }
    const next = await Promise.all([0, 1].map(() => shared.call("is_aborted")));
    assert.deepEqual(next, [false, false]);
  });

  it("the hard limit stops an endless loop and no other task", async () => {
    const beside = await shared.send("rest", [1.5]);
    const sent = await shared.send("spin", [3600], { timeLimit: 0.5 });
    await assert.rejects(sent.get({ timeout: 10 }), { name: "TimeLimitExceeded" });
    assert.equal(typeof (await beside.get({ timeout: 10 })), "number");
    assert.equal((await Promise.all([shared.call("rest", 0.2), shared.call("rest", 0.2)])).length, 2);
  });

  it("a terminated task is stopped and stored as revoked", async () => {
    const sent = await shared.send("spin", [3600]);
    const { dispatcher } = partsOf(shared);
    await waitUntil(() => dispatcher.terminate(sent.id));
    await assert.rejects(sent.get({ timeout: 10 }), { name: "TaskRevokedError", message: "terminated" });
    assert.equal(await sent.state, "REVOKED");
    assert.equal(dispatcher.terminate(sent.id), false);
  });

  it("a thread that ends is a WorkerLostError of its task alone", async () => {
    const beside = await shared.send("rest", [1]);
    const left = await shared.send("leave");
    await assert.rejects(left.get({ timeout: 10 }), { name: "WorkerLostError", message: /exitcode 3/ });
    const said = `A thread of the pool was lost, and is replaced: task threads.work.leave[${left.id}] has called process.exit(3)`;
    assert.equal(shared.lines.filter(({ msg }) => msg === said).length, 1);
    await beside.get({ timeout: 10 });
    await shared.call("where");
  });

  it("an uncaught exception fails the task of its thread", async () => {
    await assert.rejects(shared.call("stray"), { name: "TypeError", message: "out of nowhere" });
    await shared.call("where");
  });

  for (const kind of ["rejection", "exception"]) {
    it(`an uncaught ${kind} of an ended task fails no other`, async () => {
      const own = await startThreadWorker(server.url, { threadConcurrency: 1 }, { taskDefaultQueue: kind });
      const left = await own.send("leave_error", [kind]);
      const beside = await own.send("rest", [1.5]);
      const firstThread = await left.get({ timeout: 10 });

      assert.equal(await beside.get({ timeout: 15 }), firstThread);
      const line = /^An (unhandled rejection|uncaught exception) of task (\S+), which has already ended$/;
      const [[, what, task], ...others] = own.lines.map(({ msg }) => line.exec(msg) ?? []).filter(([all]) => all);
      assert.deepEqual([task, others], [`threads.work.leave_error[${left.id}]`, []]);
      assert.ok(what.endsWith(kind));
      const { threadId } = await own.call("where");
      assert.equal(threadId === firstThread, kind === "rejection", "after an exception it is replaced");
      await own.stop();
    });
  }

  it("`rejectOnWorkerLost` leaves the message to its lease", async () => {
    const sent = await shared.send("lost_again");
    await waitUntil(() => shared.lines.some(({ msg }) => msg.includes(`${sent.id}] will run again`)));
    assert.equal(await sent.state, "PENDING");
    assert.ok(Object.values(await redis.hgetall("unacked")).some((record) => record.includes(sent.id)));
  });

  it("`retryOnWorkerLost` retries, and fails without retries left", async () => {
    const sent = await shared.send("lost_once", [1]);
    assert.equal(await sent.get({ timeout: 15 }), 1);
    assert.ok(
      shared.lines.some(({ msg }) => msg.includes(`lost_once[${sent.id}] retry: Retry in 0s: WorkerLostError`)),
    );
    await assert.rejects(shared.call("lost_once", 2), { name: "WorkerLostError" });
  });

  it("annotations hold in a thread", async () => {
    class SlowGateway extends Error {}
    const annotations = { maxRetries: 7, throws: [SlowGateway], onFailure: () => {} };
    const settings = { taskTimeLimit: 20, taskAnnotations: { "threads.work.annotated": annotations } };
    const own = await startThreadWorker(server.url, { threadConcurrency: 1 }, { taskDefaultQueue: "own", ...settings });
    assert.deepEqual(await own.call("annotated", false), [7, 20, 1, "json"]);
    await assert.rejects(own.call("annotated", true), { name: "SlowGateway" });
    await waitUntil(() => own.lines.some(({ msg }) => /annotated\[.*\] raised expected: SlowGateway/.test(msg)));
    await own.stop();
  });

  it("a thread opens no connections", async () => {
    const names = async () => (String(await redis.call("CLIENT", "LIST")).match(/ name=\S*/g) ?? []).sort();
    await shared.call("sending");
    const before = await names();
    await Promise.all([0, 1, 2, 3].map(() => shared.call("sending")));
    assert.deepEqual(await names(), before);
  });

  it("a module that a thread cannot import stops the start", async () => {
    const app = new Celery("test", { brokerUrl: server.url, resultBackend: null });
    await app.autodiscoverTasks(new URL("./unthreadable_tasks/", import.meta.url), { prefix: "broken" });
    await assert.rejects(app.worker({ log: pino({ enabled: false }) }).start(), {
      name: "RangeError",
      message: "Cannot start the threads: not in a thread",
    });
    await app.close();
  });

  it("a function without a module is refused by name", async () => {
    const app = new Celery("test");
    app.task("shop.total", { pool: "threads" }, () => 1);
    assert.throws(() => app.worker(), {
      name: "ImproperlyConfigured",
      message: /^task shop\.total cannot run in the pool 'threads': .*autodiscoverTasks/,
    });
    await app.close();
  });
});

/** @param {Pick<Running, "worker">} running @returns {import("../../../src/worker/lifecycle/assembly.js").Assembly} */
const partsOf = ({ worker }) => Worker.partsOf(worker);
