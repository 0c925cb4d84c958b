/** Messages of tasks that are alike share their encoding: each has the bytes that it would have on its own. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Redis } from "ioredis";
import { Celery, chord, group, signals } from "../../src/index.js";
import { decodeEnvelope, decodeTask } from "../../src/protocol/message.js";
import { taskStorage } from "../../src/tasks/current.js";
import { startServer } from "../support/server.js";

/** Enough for a template, which the third message is the first to use. */
const ARGUMENTS = [[1, "a"], [2, "é"], [3, { deep: [null, true, 'a "quote" and \\'] }], [], [4, "x".repeat(400)]];
const PARENT = { context: { id: "parent", rootId: "root", deliveryInfo: { priority: 6 } }, children: [] };

describe("tasks that are alike", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Redis} */
  let redis;
  /** @type {Celery} */
  let app;

  before(async () => {
    server = await startServer();
    redis = new Redis(server.url);
  });
  beforeEach(async () => {
    await redis.flushall();
    app = makeApp();
  });
  afterEach(() => app.close());
  after(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** @param {import("../../src/settings.js").GivenSettings} [settings] */
  function makeApp(settings) {
    const made = new Celery("test", {
      brokerUrl: server.url,
      resultBackend: server.url,
      taskRoutes: { "routed.*": { queue: "q", priority: 3, timeLimit: 9 } },
      ...settings,
    });
    made.task("known", { timeLimit: 5, typing: false }, () => 1);
    return made;
  }

  /** @returns {Promise<string[]>} the messages of all lists, the oldest first, without what is new in each */
  async function texts() {
    const lists = (await redis.keys("*")).sort();
    const found = await Promise.all(lists.map(async (list) => (await redis.lrange(list, 0, -1)).reverse()));
    await redis.flushall();
    return found.flat().map((text) =>
      text
        .replace(/"delivery_tag": "[0-9a-f-]{36}"/, '"delivery_tag": ...')
        .replace(/"timestamp": \d+(\.\d{1,3})?,/, '"timestamp": ...,')
        .replace(/"expiration": "\d+"/, '"expiration": "..."'),
    );
  }

  /** @type {Record<string, { name?: string, options?: object, settings?: object, parent?: object }>} */
  const CASES = {
    "without options": {},
    "with a route": { name: "routed.add" },
    "that are registered": { name: "known" },
    "with a queue": { options: { queue: "other", priority: 9 } },
    "with keyword arguments": { options: { kwargs: { z: [1, "ü"] } } },
    "of a group": { options: { groupId: "g", groupIndex: 7 } },
    "with callbacks": { options: { link: [{ task: "next", args: [1], kwargs: {}, options: {} }], linkError: null } },
    "with a chord's body": { options: { groupId: "g", chord: { task: "body", args: [], kwargs: {}, options: {} } } },
    "with headers and properties": { options: { headers: { tenant: "a" }, properties: { app_id: "b", timestamp: 5 } } },
    "with texts for monitors": { options: { argsrepr: "...", kwargsrepr: "{...}", shadow: 'a "b"' } },
    "with stamps": { options: { stampedHeaders: ["tenant"], stamps: { tenant: "a" } } },
    "with a root and a correlation id": { options: { rootId: "r", parentId: "p", correlationId: "c", replyTo: "to" } },
    "with an eta and an expiry": { options: { eta: "2030-01-02T03:04:05+00:00", expires: new Date("2031-01-01") } },
    "that are compressed": { options: { compression: "gzip" } },
    "that the settings compress": { settings: { taskCompression: "zlib" } },
    "that are routed by a function": {
      settings: { taskRoutes: (/** @type {string} */ _name, /** @type {unknown[]} */ args) => `q${args.length}` },
    },
    "that a task sends": { parent: PARENT, settings: { taskInheritParentPriority: true } },
  };
  for (const [what, { name = "add", options, settings, parent }] of Object.entries(CASES)) {
    test(`${what} have the same bytes together as alone`, async () => {
      await app.close();
      app = makeApp(settings);
      const sendings = ARGUMENTS.map((args, number) => ({ args, options: { ...options, taskId: `id-${number}` } }));
      const run = (/** @type {() => Promise<unknown>} */ send) =>
        parent ? taskStorage.run(/** @type {any} */ (parent), send) : send();

      await run(async () => {
        for (const { args, options } of sendings) await app.sendTask(name, args, options);
      });
      const alone = await texts();
      await run(() => app.sendTasks(sendings.map(({ args, options }) => [name, args, options])));

      assert.deepEqual(await texts(), alone);
    });
  }

  test("have their own task ids and delivery tags", async () => {
    const results = await app.sendTasks(ARGUMENTS.map((args) => ["add", args]));

    const messages = (await redis.lrange("celery", 0, -1)).reverse().map((text) => decodeEnvelope(text));
    const ids = results.map(({ id }) => id);
    assert.deepEqual(
      messages.map(({ headers, properties }) => [headers.id, headers.root_id, properties.correlation_id]),
      ids.map((id) => [id, id, id]),
    );
    assert.equal(new Set([...ids, ...messages.map(({ properties }) => properties.delivery_tag)]).size, 10);
    assert.ok(messages.every(({ properties }) => Math.abs(Number(properties.timestamp) - Date.now() / 1000) < 60));
  });

  test("of which one has another option are sent with their own options", async () => {
    const queues = ["a", "a", "a", "b", "a", "a", "a"];
    await app.sendTasks(queues.map((queue, number) => ["add", [number], { queue, groupIndex: number }]));

    const taken = async (/** @type {string} */ queue) =>
      (await redis.lrange(queue, 0, -1)).reverse().map((text) => decodeTask(decodeEnvelope(text)).groupIndex);
    assert.deepEqual(await taken("a"), [0, 1, 2, 4, 5, 6]);
    assert.deepEqual(await taken("b"), [3]);
  });

  for (const [what, options] of /** @type {Array<[string, any]>} */ ([
    ["an empty id", { taskId: "" }],
    ["an id that is not text", { taskId: 5 }],
    ["keyword arguments in an array", { kwargs: [] }],
    ["a fraction as its place", { groupIndex: 0.5 }],
    ["too long an id", { taskId: "x".repeat(3000) }],
  ])) {
    test(`are not sent when a later one has ${what}`, async () => {
      const good = { taskId: "id", kwargs: {}, groupIndex: 1 };
      const sent = app.sendTasks([1, 2, 3].map((n) => ["add", [n], n === 3 ? { ...good, ...options } : { ...good }]));

      await assert.rejects(sent, { message: /^sendTasks: element 2: / });
      assert.equal(await redis.dbsize(), 0);
    });
  }

  test("are each shown to receivers, which may change them", async () => {
    const mark = (/** @type {{ sender: string, headers: Record<string, unknown> }} */ { headers }) => {
      headers.marked = headers.id;
    };
    signals.beforeTaskPublish.connect(/** @type {any} */ (mark));
    const results = await app.sendTasks(ARGUMENTS.map((args) => ["add", args]));
    signals.beforeTaskPublish.disconnect(/** @type {any} */ (mark));

    const messages = (await redis.lrange("celery", 0, -1)).reverse().map((text) => decodeEnvelope(text));
    assert.deepEqual(
      messages.map(({ headers }) => headers.marked),
      results.map(({ id }) => id),
    );
  });

  test("in a group have their places, and the group's arguments and options", async () => {
    const tasks = ARGUMENTS.map((args) => app.signature("add", args));
    const { id, results } = await group(tasks).applyAsync([0], { queue: "q", kwargs: { y: 1 } });

    const messages = (await redis.lrange("q", 0, -1)).reverse().map((text) => decodeTask(decodeEnvelope(text)));
    assert.deepEqual(
      messages.map(({ id, group, groupIndex, args, kwargs }) => [id, group, groupIndex, args, kwargs]),
      ARGUMENTS.map((args, place) => [results[place].id, id, place, [0, ...args], { y: 1 }]),
    );
    assert.equal(tasks[0].id, null);
  });

  test("in a chord's header have its body", async () => {
    const header = ARGUMENTS.map((args) => app.signature("add", args));
    const result = await chord(header, app.signature("body")).applyAsync();

    const messages = (await redis.lrange("celery", 0, -1)).map((text) => decodeTask(decodeEnvelope(text)));
    const bodies = messages.map(({ embed }) => /** @type {any} */ (embed.chord).options.task_id);
    assert.deepEqual(
      bodies,
      ARGUMENTS.map(() => result.id),
    );
  });

  test("in a group are sent but for the one that cannot be, which the error names", async () => {
    const strict = app.task("strict", (/** @type {number} */ x) => x);
    const tasks = [1, 2, 3, () => 1, 4].map((arg) => strict.signature([/** @type {any} */ (arg)]));
    await assert.rejects(group(tasks).applyAsync(), { name: "EncodeError", message: /^args\[0\] is a function/ });
    assert.equal(await redis.llen("celery"), 4);

    const surplus = [strict.s(1), strict.s(2), strict.s(3), strict.signature(/** @type {any} */ ([1, 2]))];
    await assert.rejects(group(surplus).applyAsync(), { name: "TypeError", message: /takes 1 positional argument/ });
  });

  test("an option that is undefined is not another one's value", async () => {
    const options = [
      { queue: "x" },
      { priority: undefined },
      { queue: "x", kwargs: {} },
      { kwargs: {}, taskId: undefined },
    ];
    await app.sendTasks(options.map((given) => ["t", [], given]));
    assert.deepEqual([await redis.llen("x"), await redis.llen("celery")], [2, 2]);
  });
});
