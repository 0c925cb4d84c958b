/** What a worker tells monitors; that Python's are the same is shown by the conformance tests. */
import assert from "node:assert/strict";
import { hostname } from "node:os";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { Reject, signals, task } from "../../../src/index.js";
import { Worker } from "../../../src/worker/lifecycle/worker.js";
import { listenForEvents } from "../../support/events.js";
import { startServer } from "../../support/server.js";
import { startThreadWorker } from "../../support/threads.js";
import { waitUntil } from "../../support/wait.js";
import { startWorker } from "../../support/worker.js";

const TASKS = {
  add: (/** @type {number} */ x, /** @type {number} */ y) => x + y,
  fail: () => {
    throw new TypeError("no");
  },
  quiet: task({ sendEvents: false }, () => "sh"),
  early: task({ acksLate: false }, async () => "early"),
  reject: () => {
    throw new Reject("not here");
  },
  tell: task({ bind: true }, (self, /** @type {any} */ ...event) => self.sendEvent(.../** @type {[string]} */ (event))),
};

/** @type {import("../../support/server.js").TestServer} */
let server;
/** @type {Awaited<ReturnType<typeof listenForEvents>>} */
let ear;
before(async () => {
  server = await startServer();
  ear = await listenForEvents(server.url);
});
after(async () => {
  ear.close();
  await server.stop();
});

describe("a worker with task events", () => {
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let made;
  before(async () => {
    made = await startWorker(server.url, TASKS, { options: { taskEvents: true, heartbeatInterval: 0.2 } });
  });
  after(() => made.stop());

  test("reports its start, heartbeats, software and load", async () => {
    const online = await ear.next("worker-online");
    const { freq, active, loadavg, sw_ident, sw_sys } = await ear.next("worker-heartbeat");

    assert.deepEqual([online.hostname, online.pid], [`celery@${hostname()}`, process.pid]);
    assert.deepEqual([freq, active, loadavg.length, sw_ident], [0.2, 0, 3, "celery-js"]);
    assert.equal(sw_sys, process.platform === "linux" ? "Linux" : sw_sys);
  });

  test("sends heartbeatSent with each event of its own", async () => {
    let sent = 0;
    const count = (/** @type {any} */ { sender }) => {
      if (sender.constructor.name === "Heart") sent += 1;
    };
    signals.heartbeatSent.connect(count);
    await waitUntil(() => sent >= 2);
    signals.heartbeatSent.disconnect(count);
  });

  test("reports a task's events in order, after its result", async () => {
    const { id } = await made.app.sendTask("add", [1, 2]);
    const succeeded = await ear.next("task-succeeded", id);

    assert.equal(succeeded.result, "3");
    assert.ok(succeeded.runtime >= 0 && succeeded.runtime < 5);
    assert.deepEqual(ear.of(id), ["task-received", "task-started", "task-succeeded"]);
    const channels = ear.heard.filter(({ events }) => events.some(({ uuid }) => uuid === id));
    assert.ok(
      channels.every(({ channel, message }) => {
        return channel === "/0.celeryev/task.multi" && message.headers.hostname === made.worker.hostname;
      }),
    );
    const clocks = ear.all().map(({ clock }) => clock);
    assert.deepEqual(
      clocks,
      [...clocks].sort((a, b) => a - b),
    );
  });

  test("reports failures with Python's repr and the stack", async () => {
    const { id } = await made.app.sendTask("fail");
    const { exception, traceback } = await ear.next("task-failed", id);

    assert.equal(exception, "TypeError('no')");
    assert.match(traceback, /TypeError: no\n\s+at /);
  });

  test("reports a rejection as a failure too", async () => {
    const rejected = await made.app.sendTask("reject");
    const early = await made.app.sendTask("early");
    await ear.next("task-rejected", rejected.id);
    await ear.next("task-succeeded", early.id);

    assert.deepEqual(ear.of(rejected.id).slice(2), ["task-failed", "task-rejected"]);
    assert.equal((await ear.next("task-failed", rejected.id)).exception, "reject requeue=False: not here");
  });

  test("reports nothing for a task with `sendEvents: false`", async () => {
    const quiet = await made.app.sendTask("quiet");
    assert.equal(await quiet.get({ timeout: 10 }), "sh");
    const { id } = await made.app.sendTask("add", [1, 1]);
    await ear.next("task-succeeded", id);

    assert.deepEqual(ear.of(quiet.id), []);
  });

  test("obeys enable_events, disable_events and heartbeat", async () => {
    const { events } = Worker.partsOf(made.worker);
    assert.deepEqual([events.enable(), events.disable(), events.disable()], [false, true, false]);
    const untold = await made.app.sendTask("add", [1, 1]);
    await untold.get({ timeout: 10 });
    assert.equal(events.enable(), true);
    const { id } = await made.app.sendTask("add", [1, 1]);
    await ear.next("task-succeeded", id);
    assert.deepEqual(ear.of(untold.id), []);

    events.heartbeat();
    const beat = await waitUntil(() => ear.all().find(({ freq }) => freq === 5));
    assert.ok(!("active" in beat));
  });
});

test("without task events, a worker reports only itself", async () => {
  ear.forget();
  const { app, stop } = await startWorker(server.url, TASKS, { options: { hostname: "plain@%h" } });
  const result = await app.sendTask("add", [1, 2]);
  await result.get({ timeout: 10 });
  await stop();
  await ear.next("worker-offline");

  const own = ear.all().filter(({ hostname: name }) => name.startsWith("plain@"));
  assert.deepEqual([own.map(({ type }) => type), own.at(-1).processed], [["worker-online", "worker-offline"], 1]);
});

test("a task that ends during a warm stop is reported", async () => {
  let end = () => {};
  const slow = () => new Promise((resolve) => (end = () => resolve("slow")));
  const { app, stop } = await startWorker(server.url, { slow }, { options: { taskEvents: true } });
  const { id } = await app.sendTask("slow");
  await ear.next("task-started", id);
  ear.forget();
  const stopped = stop();
  end();
  await stopped;

  const types = await waitUntil(() => ear.all().length === 2 && ear.all().map(({ type }) => type));
  assert.deepEqual(types, ["task-succeeded", "worker-offline"]);
});

test("a worker without a heartbeat sends no worker events", async () => {
  ear.forget();
  const { app, stop } = await startWorker(server.url, TASKS, { options: { taskEvents: true, withoutHeartbeat: true } });
  const { id } = await app.sendTask("add", [1, 2]);
  await ear.next("task-succeeded", id);
  await stop();

  assert.deepEqual(new Set(ear.all().map(({ type }) => type.split("-")[0])), new Set(["task"]));
});

test("a task sends events of its own, whatever the worker sends", async () => {
  const { app, worker, stop } = await startWorker(server.url, TASKS);
  try {
    const { id } = await app.sendTask("tell", ["task-progress", { done: 3, when: new Date(0) }]);
    const { hostname: sender, done, when, clock } = await ear.next("task-progress", id);
    assert.deepEqual([sender, done, when.__type__, typeof clock], [worker.hostname, 3, "datetime", "number"]);
    const other = await app.sendTask("tell", ["cart"]);
    assert.equal((await ear.next("cart", other.id)).uuid, other.id);

    const unusable = await app.sendTask("tell", ["", {}]);
    await assert.rejects(unusable.get({ timeout: 10 }), { message: /^sendEvent\(\): the type must be/ });
    const list = await app.sendTask("tell", ["task-progress", "text"]);
    await assert.rejects(list.get({ timeout: 10 }), { message: /^sendEvent\(\): the fields must be/ });
  } finally {
    await stop();
  }
});

test("tasks in threads are reported like others", async () => {
  const { worker, send, stop } = await startThreadWorker(server.url, { taskEvents: true }, { taskSendSentEvent: true });
  try {
    const added = await send("add", [1, 2]);
    assert.equal((await ear.next("task-succeeded", added.id)).result, "3");
    const retried = await send("retried");
    await ear.next("task-succeeded", retried.id);
    const sent = ear.all().filter(({ type, uuid }) => type === "task-sent" && uuid === retried.id);
    assert.deepEqual([ear.of(retried.id).includes("task-retried"), sent.at(-1).retries > 0], [true, true]);

    const lost = await send("leave");
    const { exception, traceback } = await ear.next("task-failed", lost.id);
    assert.match(exception, /^WorkerLostError\('Worker exited prematurely: exitcode 3\.'\)$/);
    assert.match(traceback, /WorkerLostError/);
    assert.deepEqual(ear.of(lost.id).slice(1), ["task-received", "task-started", "task-failed"]);

    /** @type {unknown[]} */
    const revoked = [];
    const look = (/** @type {any} */ { request, terminated, signum }) => revoked.push([request.id, terminated, signum]);
    signals.taskRevoked.connect(look);
    const hung = await send("rest", [60]);
    await ear.next("task-started", hung.id);
    await waitUntil(() => Worker.partsOf(worker).dispatcher.terminate(hung.id, "SIGKILL"));
    const { terminated, signum, expired } = await ear.next("task-revoked", hung.id);
    assert.deepEqual([terminated, signum, expired], [true, 9, false]);
    signals.taskRevoked.disconnect(look);
    assert.deepEqual(revoked, [[hung.id, true, 9]]);
  } finally {
    await stop();
  }
});

test("a worker is online again after its connection was cut", async () => {
  ear.forget();
  const { stop } = await startWorker(server.url, TASKS, { options: { hostname: "cut@%h" } });
  const redis = new Redis(server.url);
  try {
    await ear.next("worker-online");
    ear.forget();
    await redis.call("CLIENT", "KILL", "TYPE", "normal"); // the ear hears on
    const { hostname: name } = await ear.next("worker-online");
    assert.match(name, /^cut@/);
  } finally {
    redis.disconnect();
    await stop();
  }
});

test("a worker reports tasks again after a server restart", async () => {
  const options = { taskEvents: true, heartbeatInterval: 0.1 };
  const { app, stop } = await startWorker(server.url, TASKS, { options });
  try {
    await server.kill();
    ear.forget();
    await server.start();
    await ear.next("worker-heartbeat");
    const result = await app.sendTask("add", [2, 2]);
    assert.equal(await result.get({ timeout: 20 }), 4);
    await ear.next("task-succeeded", result.id);
  } finally {
    await stop();
  }
});
