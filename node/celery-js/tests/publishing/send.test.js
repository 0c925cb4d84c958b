/** What sendTask and applyAsync put on the wire, and what they refuse. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Redis } from "ioredis";
import { Celery, signals } from "../../src/index.js";
import { decodeEnvelope, decodeTask } from "../../src/protocol/message.js";
import { taskStorage } from "../../src/tasks/current.js";
import { freePort, startServer } from "../support/server.js";

describe("sending", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Redis} */
  let redis;
  /** @type {Celery} */
  let app;

  /** @param {string} list */
  const take = async (list) => {
    const text = await redis.rpop(list);
    assert.ok(text, `there is a message in ${list}`);
    return decodeTask(decodeEnvelope(text));
  };

  before(async () => {
    server = await startServer();
    redis = new Redis(server.url);
  });
  beforeEach(async () => {
    await redis.flushall();
    app = new Celery("test", {
      brokerUrl: server.url,
      resultBackend: server.url,
      taskDefaultQueue: "default",
      taskRoutes: { "js.*": "js-queue", "fast.*": { queue: "fast", priority: 3, timeLimit: 9 } },
    });
  });
  afterEach(() => app.close());
  after(async () => {
    redis.disconnect();
    await server.stop();
  });

  test("shows beforeTaskPublish the whole retry policy", async () => {
    /** @type {unknown[]} */
    const policies = [];
    const look = (/** @type {any} */ { retryPolicy }) => policies.push(retryPolicy);
    signals.beforeTaskPublish.connect(look);
    await app.sendTask("add");
    await app.sendTask("add", [], { retryPolicy: { maxRetries: 7 } });
    signals.beforeTaskPublish.disconnect(look);

    const usual = { maxRetries: 3, intervalStart: 0, intervalStep: 0.2, intervalMax: 1, retryErrors: null };
    assert.deepEqual(policies, [usual, { ...usual, maxRetries: 7 }]);
  });

  test("a task goes to its route's queue, else to the default queue", async () => {
    await app.sendTask("js.add", [1, 2]);
    await app.sendTask("py.add", [1, 2]);

    assert.deepEqual((await take("js-queue")).args, [1, 2]);
    assert.equal((await take("default")).name, "py.add");
  });

  test("options of the call win over those of the route", async () => {
    await app.sendTask("fast.add", []);
    await app.sendTask("fast.add", [], { queue: "slow", priority: 0 });

    const routed = await take("fast\x06\x163");
    const called = await take("slow");
    assert.deepEqual([routed.priority, routed.timelimit], [3, [9, null]]);
    assert.deepEqual([called.priority, called.timelimit], [0, [9, null]]);
  });

  test("every option reaches the message", async () => {
    const eta = new Date("2030-01-02T03:04:05Z");
    const result = await app.sendTask("add", [1], {
      ...{ kwargs: { y: 2 }, taskId: "id1", eta, expires: "2031-01-01T00:00:00+00:00", retries: 2 },
      ...{ timeLimit: 9, softTimeLimit: 8, ignoreResult: true, replyTo: "replies", shadow: "shown" },
      ...{ rootId: "root", parentId: "parent", groupId: "group", groupIndex: 1, headers: { tenant: "a" } },
      ...{ link: app.signature("next", [5], { countdown: 3 }), linkError: [app.signature("oops")] },
    });

    const message = await take("default");
    assert.equal(result.id, "id1");
    assert.deepEqual([message.id, message.args, message.kwargs, message.retries], ["id1", [1], { y: 2 }, 2]);
    assert.equal(message.eta, "2030-01-02T03:04:05+00:00");
    assert.equal(message.expires, "2031-01-01T00:00:00+00:00");
    assert.deepEqual([message.timelimit, message.ignoreResult, message.replyTo], [[9, 8], true, "replies"]);
    assert.deepEqual([message.shadow, message.rootId, message.parentId], ["shown", "root", "parent"]);
    assert.deepEqual([message.group, message.groupIndex, message.rawHeaders.tenant], ["group", 1, "a"]);
    assert.deepEqual(message.embed.callbacks, [
      { task: "next", args: [5], kwargs: {}, options: { countdown: 3 }, subtask_type: null, immutable: false },
    ]);
    assert.equal(message.embed.errbacks?.length, 1);
  });

  test("a countdown becomes an eta", async () => {
    const before = Date.now();
    await app.sendTask("add", [], { countdown: 60 });

    const eta = Date.parse(String((await take("default")).eta));
    assert.ok(eta >= before + 60_000 && eta <= Date.now() + 60_000);
  });

  test("ignore_result of an unregistered task is left to its worker", async () => {
    app.task("known", () => 1);
    await app.sendTask("unknown");
    await app.sendTask("known");

    assert.equal((await take("default")).ignoreResult, null);
    assert.equal((await take("default")).ignoreResult, false);
  });

  test("a registered task's options apply; those of the call win", async () => {
    const task = app.task("add", { queue: "own", priority: 6, timeLimit: 5, expires: 60 }, () => 1);
    await task.delay();
    await app.sendTask("add", [], { priority: 0, timeLimit: null, expires: null });

    const own = await take("own\x06\x166");
    const cleared = await take("own");
    assert.deepEqual([own.timelimit[0], own.expires !== null], [5, true]);
    assert.deepEqual([cleared.timelimit[0], cleared.expires], [null, null]);
  });

  test("messages keep the order of the calls", async () => {
    await Promise.all(Array.from({ length: 100 }, (_, i) => app.sendTask("add", [i])));

    for (let i = 0; i < 100; i++) assert.deepEqual((await take("default")).args, [i]);
  });

  test("a task sent by a task has it as parent", async () => {
    const parent = { context: { id: "p", rootId: "r", deliveryInfo: { priority: 6 } }, children: [], sends: [], app };
    const [child] = await taskStorage.run(parent, () =>
      Promise.all([app.sendTask("add"), app.sendTask("add", [], { addToParent: false })]),
    );

    const message = await take("default");
    assert.deepEqual([message.parentId, message.rootId, message.priority], ["p", "r", 0]);
    assert.deepEqual(parent.children, [child]);
    assert.equal(parent.sends.length, 2);
  });

  test("children take their parent's priority if the settings say so", async () => {
    const inheriting = new Celery("test", { brokerUrl: server.url, taskInheritParentPriority: true });
    const parent = { context: { id: "p", deliveryInfo: { priority: 6 } }, children: [] };

    await taskStorage.run(parent, () => inheriting.sendTask("add"));

    assert.equal((await take("celery\x06\x166")).rootId, "p");
    await inheriting.close();
  });

  test("an exchange's queues are found in kombu's bindings", async () => {
    await app.publisher.declareQueue("bound", { exchange: "ex", routingKey: "k" });

    await app.sendTask("add", [], { exchange: "ex", routingKey: "k" });

    const { deliveryInfo } = await take("bound");
    assert.deepEqual([deliveryInfo.exchange, deliveryInfo.routing_key], ["ex", "k"]);
  });

  for (const [what, args, options, message] of /** @type {Array<[string, any, any, string]>} */ ([
    ["arguments that are not an array", 5, {}, "add: the arguments must be an array, not 5"],
    ["an arguments object", { length: 1 }, {}, "add: the arguments must be an array, not an object"],
    [
      "kwargs that are not an object",
      [],
      { kwargs: [] },
      "add: keyword arguments (kwargs) must be an object, not an array",
    ],
    ["an unknown option", [], { contdown: 1 }, "add: unknown option 'contdown'; did you mean 'countdown'?"],
    ["a snake_case option", [], { task_id: "a" }, "add: unknown option 'task_id'; did you mean 'taskId'?"],
    ["a wrong eta", [], { eta: 5 }, "add: option 'eta' takes a Date or ISO 8601 text, not 5"],
    [
      "an eta that is not a moment",
      [],
      { eta: "soon" },
      "add: option 'eta' takes a Date or ISO 8601 text, not \"soon\"",
    ],
    ["a wrong countdown", [], { countdown: "1" }, "add: option 'countdown' takes a number of seconds, not \"1\""],
    ["an empty queue", [], { queue: "" }, "add: option 'queue' takes a non-empty string, not \"\""],
    [
      "a fraction as priority",
      [],
      { priority: 0.5 },
      "add: option 'priority' takes a whole number from 0 to 9, not 0.5",
    ],
  ])) {
    test(`${what} are refused before anything is sent`, async () => {
      await assert.rejects(app.sendTask("add", args, options), { name: "TypeError", message });

      assert.equal(await redis.dbsize(), 0);
    });
  }

  test("an argument that JSON cannot hold is refused with its place", async () => {
    await assert.rejects(app.sendTask("add", [{ rows: [1, () => 2] }]), {
      name: "EncodeError",
      message: /args\[0\]\.rows\[1\] is a function/,
    });
  });

  test("wrong arguments of a registered task are refused on sending", async () => {
    const add = app.task("add", (/** @type {number} */ x, /** @type {number} */ y) => x + y);
    const loose = app.task("loose", { typing: false }, (/** @type {number} */ x) => x);

    // @ts-expect-error: the types say so already
    await assert.rejects(add.delay(1), {
      name: "TypeError",
      message: "add() missing 1 required positional argument: 'y'",
    });
    await assert.rejects(add.applyAsync([1], { kwargs: { z: 2 } }), { name: "TypeError" });
    // @ts-expect-error: so do they here, though the task does not check
    await loose.delay();
    await add.applyAsync([1], { kwargs: { y: 2 } });

    assert.equal(await redis.llen("default"), 2);
  });
});

test("without a broker, sending fails within taskPublishTimeout", async () => {
  const port = await freePort();
  const app = new Celery("test", { brokerUrl: `redis://:secret@127.0.0.1:${port}/0`, taskPublishTimeout: 0.3 });

  await assert.rejects(app.sendTask("add"), {
    name: "OperationalError",
    message: `cannot reach redis://:**@127.0.0.1:${port}/0 within 0.3 s: connect ECONNREFUSED 127.0.0.1:${port}`,
  });

  await app.close();
});
