/** How a message is put into its queue: compressed, repeated or not, alone or with others. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { inflateSync } from "node:zlib";
import { Redis } from "ioredis";
import { Celery, OperationalError } from "../../src/index.js";
import { decodeEnvelope, decodeTask } from "../../src/protocol/message.js";
import { taskStorage } from "../../src/tasks/current.js";
import { startServer } from "../support/server.js";

describe("a message", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Redis} */
  let redis;
  /** @type {Celery} */
  let app;

  const take = async (queue = "celery") => {
    const text = await redis.rpop(queue);
    assert.ok(text, `there is a message in ${queue}`);
    return decodeEnvelope(text);
  };

  before(async () => {
    server = await startServer();
    redis = new Redis(server.url);
  });
  beforeEach(async () => {
    await redis.flushall();
    app = new Celery("test", { brokerUrl: server.url, resultBackend: server.url });
  });
  afterEach(() => app.close());
  after(async () => {
    redis.disconnect();
    await server.stop();
  });

  describe("is compressed", () => {
    for (const method of ["gzip", "zlib", "application/x-gzip"]) {
      test(`as ${method}, with kombu's content type`, async () => {
        await app.sendTask("add", ["x".repeat(1000)], { compression: method });

        const envelope = await take();
        assert.equal(envelope.headers.compression, "application/x-gzip");
        const [args] = JSON.parse(inflateSync(Buffer.from(envelope.body, "base64")).toString());
        assert.deepEqual(args, ["x".repeat(1000)]);
        assert.deepEqual(decodeTask(envelope).args, ["x".repeat(1000)]);
      });
    }

    test("as brotli", async () => {
      await app.sendTask("add", [1], { compression: "brotli" });

      const envelope = await take();
      assert.equal(envelope.headers.compression, "application/x-brotli");
      assert.deepEqual(decodeTask(envelope).args, [1]);
    });

    test("takes the setting, unless the task or the call has its own", async () => {
      const compressing = new Celery("test", { brokerUrl: server.url, taskCompression: "gzip" });
      const own = compressing.task("own", { compression: "brotli" }, () => 1);
      await compressing.sendTask("add");
      await own.delay();
      await own.applyAsync([], { compression: "zlib" });
      await compressing.close();

      const seen = [await take(), await take(), await take()].map(({ headers }) => headers.compression);
      assert.deepEqual(seen, ["application/x-gzip", "application/x-brotli", "application/x-gzip"]);
    });

    test("never by a method that Node cannot write", async () => {
      const message =
        "add: option 'compression' takes 'gzip', 'zlib' or 'brotli' (Node writes no other), not \"bzip2\"";
      await assert.rejects(app.sendTask("add", [], { compression: "bzip2" }), { name: "TypeError", message });
      assert.throws(() => new Celery("test", { taskCompression: "lzma" }), { name: "ImproperlyConfigured" });
    });

    test("in a workflow, by the next worker that can", async () => {
      const data = { task: "add", args: [], kwargs: {}, options: { compression: "bzip2", queue: "q" } };
      const rebuilt = app.signature(data);
      await rebuilt.applyAsync();

      assert.equal((await take("q")).headers.compression, undefined);
      assert.equal(rebuilt.toJSON().options.compression, "bzip2");
    });
  });

  test("of a workflow from Python keeps a policy unknown to Node", async () => {
    const options = { retry: true, retry_policy: { max_retries: 2, interval_max: 1 }, queue: "q" };
    const strange = { retry: 1, retry_policy: { max_retries: 2, errback: "x" }, queue: "q" };
    for (const given of [options, strange]) {
      const rebuilt = app.signature({ task: "add", args: [], kwargs: {}, options: given });
      await rebuilt.applyAsync();
      assert.equal(decodeTask(await take("q")).name, "add");
      assert.deepEqual(rebuilt.toJSON().options, given);
    }
  });

  test("with a policy goes to many queues over one connection", async (t) => {
    /** @type {Error[]} */
    const warnings = [];
    const onWarning = (/** @type {Error} */ warning) => void warnings.push(warning);
    process.on("warning", onWarning);
    t.after(() => process.off("warning", onWarning));
    const queues = Array.from({ length: 30 }, (_, n) => `q${n}`);
    const connections = async () =>
      Number(/total_connections_received:(\d+)/.exec(await redis.info("stats"))?.[1] ?? Number.NaN);
    const before = await connections();
    await app.sendTasks(queues.map((queue) => ["add", [], { queue, retryPolicy: { maxRetries: 0 } }]));

    assert.equal(await redis.exists(...queues), 30);
    assert.equal((await connections()) - before, 1);
    assert.deepEqual(warnings, []);
  });

  test("may set a correlation id", async () => {
    await app.sendTask("add", [], { taskId: "a", correlationId: "b" });

    assert.equal(decodeTask(await take()).correlationId, "b");
  });

  test("with its own policy keeps the order of the calls", async () => {
    await Promise.all([1, 2, 3].map((n) => app.sendTask("add", [n], { retryPolicy: { maxRetries: 1 } })));

    for (const n of [1, 2, 3]) assert.deepEqual(decodeTask(await take()).args, [n]);
  });

  test("is sent again to a full server as the policy says", async () => {
    await redis.config("SET", "maxmemory", "1mb");
    await redis.config("SET", "maxmemory-policy", "noeviction");
    const sent = app.sendTask("add", [], { retryPolicy: { maxRetries: null, intervalMax: 0.05 } });
    await assert.rejects(app.sendTask("add", [], { retry: false }), { name: "OperationalError", message: /OOM/ });
    await redis.config("SET", "maxmemory", "0");

    await sent;
    assert.equal(await redis.llen("celery"), 1);
  });

  test("is not repeated after a refusal, unless retryErrors has it", async () => {
    await redis.set("celery", "no list");
    const policy = { maxRetries: null, intervalMax: 0.05 };

    await assert.rejects(app.sendTask("add", [], { retryPolicy: policy }), { message: /WRONGTYPE/ });
    const sent = app.sendTask("add", [], { retryPolicy: { ...policy, retryErrors: [OperationalError] } });
    await app.sendTask("add", [], { queue: "other" });
    await redis.del("celery");

    await sent;
    assert.equal(await redis.llen("celery"), 1);
  });

  describe("of many", () => {
    test("is sent with the others; results keep the order", async () => {
      const add = app.task("add", (/** @type {number} */ x, /** @type {number} */ y) => x + y);
      const results = await app.sendTasks([
        ["add", [1], { kwargs: { y: 2 }, taskId: "first" }],
        ["other"],
        add.s(3, 4),
        { task: "add", args: [5, 6], options: { task_id: "dict" } },
      ]);

      const messages = [await take(), await take(), await take(), await take()].map((envelope) => decodeTask(envelope));
      assert.deepEqual(
        messages.map(({ id }) => id),
        results.map(({ id }) => id),
      );
      assert.deepEqual(
        messages.map(({ name, args, kwargs }) => [name, args, kwargs]),
        [
          ["add", [1], { y: 2 }],
          ["other", [], {}],
          ["add", [3, 4], {}],
          ["add", [5, 6], {}],
        ],
      );
      assert.deepEqual([results[0].id, results[3].id], ["first", "dict"]);
    });

    test("goes to the queue of its route, with its own options", async () => {
      const routed = new Celery("test", { brokerUrl: server.url, taskRoutes: { "a.*": "q" } });
      await routed.sendTasks([["a.b", [], { priority: 3 }], ["c"]]);
      await routed.close();

      assert.equal(await redis.llen("q\x06\x163"), 1);
      assert.equal(await redis.llen("celery"), 1);
    });

    test("is a child of the task that sends it", async () => {
      const parent = { context: { id: "p", rootId: "r" }, children: [], sends: [], app };
      const results = await taskStorage.run(parent, () => app.sendTasks([["a"], ["b", [], { addToParent: false }]]));

      const message = decodeTask(await take());
      assert.deepEqual([message.parentId, message.rootId], ["p", "r"]);
      assert.deepEqual(parent.children, [results[0]]);
    });

    test("sends nothing for an empty list", async () => {
      assert.deepEqual(await app.sendTasks([]), []);
    });

    for (const [
      what,
      element,
      error,
    ] of /** @type {Array<[string, any, { name: string, message: string | RegExp }]>} */ ([
      [
        "a wrong option",
        ["add", [], { contdown: 1 }],
        {
          name: "TypeError",
          message: "sendTasks: element 1: add: unknown option 'contdown'; did you mean 'countdown'?",
        },
      ],
      [
        "arguments that are not an array",
        ["add", 5],
        { name: "TypeError", message: "sendTasks: element 1: add: the arguments must be an array, not 5" },
      ],
      [
        "what is not JSON",
        ["add", [() => 1]],
        { name: "EncodeError", message: /^sendTasks: element 1: args\[0\] is a function/ },
      ],
      [
        "something else",
        "add",
        {
          name: "TypeError",
          message: 'sendTasks: element 1: a task is given as [name, args, options] or as a signature, not as "add"',
        },
      ],
      [
        "too large",
        ["add", ["x".repeat(2000)]],
        { name: "EncodeError", message: /^sendTasks: element 1: the message has \d+ bytes/ },
      ],
      [
        "a workflow",
        { task: "celery.group", subtask_type: "group", args: [], kwargs: { tasks: [] }, options: {} },
        { name: "TypeError", message: "sendTasks: element 1: a group is more than one message; use its applyAsync()" },
      ],
    ])) {
      test(`is not sent when one of them is ${what}`, async () => {
        const limited = new Celery("test", { brokerUrl: server.url, messageSizeLimit: 1500 });
        await assert.rejects(limited.sendTasks([["add", [1]], element]), error);
        await limited.close();

        assert.equal(await redis.dbsize(), 0);
      });
    }

    test("is not sent when its arguments do not fit the task", async () => {
      const add = app.task("add", (/** @type {number} */ x, /** @type {number} */ y) => x + y);
      await assert.rejects(app.sendTasks([["other"], add.s(1)]), {
        message: "sendTasks: element 1: add() missing 1 required positional argument: 'y'",
      });
      assert.equal(await redis.dbsize(), 0);
    });

    test("runs in place with taskAlwaysEager, all of them or none", async () => {
      const eager = new Celery("test", { taskAlwaysEager: true });
      let runs = 0;
      eager.task("count", (/** @type {number} */ n) => {
        runs += 1;
        return n;
      });
      await assert.rejects(eager.sendTasks([["count", [1]], ["missing"]]), {
        name: "NotRegistered",
        message: /^sendTasks: element 1: Task 'missing' is not registered here/,
      });
      assert.equal(runs, 0);

      const results = await eager.sendTasks([
        ["count", [1]],
        ["count", [2]],
      ]);
      assert.deepEqual(await Promise.all(results.map((result) => result.get())), [1, 2]);
    });
  });
});
