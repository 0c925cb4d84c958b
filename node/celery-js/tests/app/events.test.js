/** A receiver of events, and a client's own events of the tasks that it sends. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, afterEach, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { Celery } from "../../src/index.js";
import { encodeEnvelope } from "../../src/protocol/message.js";
import { listenForEvents } from "../support/events.js";
import { startServer } from "../support/server.js";
import { waitUntil } from "../support/wait.js";

/** @type {import("../support/server.js").TestServer} */
let server;
/** @type {Redis} */
let redis;
before(async () => {
  server = await startServer();
  redis = new Redis(server.url);
});
after(async () => {
  redis.disconnect();
  await server.stop();
});

/** @type {Celery[]} */
const apps = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});
const makeApp = (settings = {}) => {
  apps.push(new Celery("test", { brokerUrl: server.url, taskDefaultQueue: "q", ...settings }));
  return /** @type {Celery} */ (apps.at(-1));
};

/**
 * @param {any} body an event, or a list of them
 * @param {string} key
 */
const tell = (body, key) => redis.publish(`/0.celeryev/${key}`, encode(body, key));
const encode = (/** @type {any} */ body, /** @type {string} */ routingKey) =>
  encodeEnvelope({ headers: { hostname: "w@h" }, properties: {}, body }, { exchange: "celeryev", routingKey });

describe("a receiver", () => {
  test("calls the handler of an event's type, else the one for all", async () => {
    const app = makeApp();
    /** @type {Array<[string, any]>} */
    const calls = [];
    const handlers = {
      "task-failed": (/** @type {any} */ event) => calls.push(["failed", event]),
      "*": (/** @type {any} */ event) => calls.push(["any", event]),
    };
    const receiver = app.events.receiver({ handlers });
    await receiver.start();
    await tell(
      [
        { type: "task-started", clock: 7 },
        { type: "task-failed", clock: 9, uuid: "a" },
      ],
      "task.multi",
    );
    await tell({ type: "worker-online" }, "worker.online");
    await waitUntil(() => calls.length === 3);
    await receiver.close();

    assert.deepEqual(
      calls.map(([name, { type }]) => [name, type]),
      [
        ["any", "task-started"],
        ["failed", "task-failed"],
        ["any", "worker-online"],
      ],
    );
    assert.ok(Math.abs(calls[0][1].local_received - Date.now() / 1000) < 10);
    assert.deepEqual([calls[1][1].clock, calls[2][1].clock], [9, 11]);
    assert.equal(app.clock.value, 11);
  });

  test("asks the workers for a heartbeat unless wakeup is false", async () => {
    const app = makeApp();
    /** @type {string[]} */
    const asked = [];
    const ear = new Redis(server.url);
    await ear.subscribe("/0.celery.pidbox");
    ear.on("message", (_channel, text) => asked.push(Buffer.from(JSON.parse(text).body, "base64").toString()));
    const receiver = app.events.receiver();
    await receiver.start({ wakeup: false });
    await receiver.close();
    await receiver.start();
    await waitUntil(() => asked.length > 0);
    ear.disconnect();

    assert.deepEqual([asked.length, JSON.parse(asked[0]).method], [1, "heartbeat"]);
  });

  test("captures as many events as requested, and no more", async () => {
    /** @type {string[]} */
    const types = [];
    const receiver = makeApp().events.receiver({ handlers: { "*": ({ type }) => types.push(type) } });
    const captured = receiver.capture({ limit: 2, wakeup: false });
    await waitUntil(async () => {
      return (await tell([{ type: "task-a" }, { type: "task-b" }, { type: "task-c" }], "task.multi")) > 0;
    });

    assert.equal(await captured, 2);
    assert.deepEqual(types, ["task-a", "task-b"]);
  });

  test("ends a capture on timeout, on a handler's error and on close", async () => {
    const { events } = makeApp();
    const silent = events.receiver();
    await assert.rejects(silent.capture({ timeout: 0.05 }), { name: "TimeoutError", message: "no event for 0.05 s" });

    const handlers = { "*": async () => Promise.reject(new RangeError("mine")) };
    const broken = events.receiver({ handlers }).capture();
    const failed = assert.rejects(broken, RangeError);
    await waitUntil(async () => (await tell({ type: "task-a" }, "task.a")) > 0);
    await failed;

    const closed = events.receiver();
    const captured = closed.capture();
    await closed.close();
    assert.equal(await captured, 0);
  });

  test("receives only the events of its routing key", async () => {
    /** @type {string[]} */
    const types = [];
    const receiver = makeApp().events.receiver({
      routingKey: "task.#",
      handlers: { "*": ({ type }) => types.push(type) },
    });
    await receiver.start({ wakeup: false });
    await tell({ type: "worker-online" }, "worker.online");
    await tell({ type: "task-sent" }, "task.sent");
    await waitUntil(() => types.length > 0);

    assert.deepEqual(types, ["task-sent"]);
  });

  test("continues after an outage and asks for heartbeats again", async () => {
    /** @type {string[]} */
    const types = [];
    const ear = new Redis(server.url);
    const earId = await ear.client("ID");
    let questions = 0;
    ear.on("message", () => {
      questions += 1;
    });
    await ear.subscribe("/0.celery.pidbox");
    const receiver = makeApp().events.receiver({ handlers: { "*": ({ type }) => types.push(type) } });
    await receiver.start();
    await waitUntil(() => questions === 1);

    const listeners = String(await redis.call("CLIENT", "LIST", "TYPE", "pubsub"));
    const ids = [...listeners.matchAll(/^id=(\d+)/gm)].map(([, id]) => Number(id)).filter((id) => id !== earId);
    for (const id of ids) await redis.call("CLIENT", "KILL", "ID", id);
    await waitUntil(async () => (await tell({ type: "task-a" }, "task.a")) > 0);
    await waitUntil(() => types.length > 0 && questions > 1);

    assert.deepEqual([types, questions], [["task-a"], 2]);
    ear.disconnect();
  });

  test("warns of malformed events and failing handlers, and goes on", async () => {
    /** @type {string[]} */
    const warnings = [];
    const note = (/** @type {Error} */ { message }) => void warnings.push(message);
    process.on("warning", note);
    const handlers = {
      "task-a": () => {
        throw new RangeError("mine");
      },
    };
    const receiver = makeApp().events.receiver({ handlers });
    await receiver.start({ wakeup: false });
    await redis.publish("/0.celeryev/task.a", "{");
    await tell("text", "task.a");
    await tell({ type: "task-a" }, "task.a");
    await waitUntil(() => warnings.length === 3);
    process.off("warning", note);

    assert.match(warnings[2], /^The handler of task-a raised: RangeError: mine/);
  });

  test("refuses wrong options and a second start", async () => {
    const { events } = makeApp();
    const handlers = /** @type {any} */ ({ "task-failed": 5 });
    assert.throws(() => events.receiver({ handlers }), /receiver\(\): option 'handlers' takes an object of functions/);
    assert.throws(() => events.receiver(/** @type {any} */ ({ handler: {} })), /did you mean 'handlers'/);
    const receiver = events.receiver();
    await receiver.start({ wakeup: false });
    await assert.rejects(receiver.start(), /already started/);
    await assert.rejects(receiver.capture(), /already started/);
    await assert.rejects(events.receiver().capture({ limit: 0 }), /capture\(\): option 'limit' takes a whole number/);
  });

  test("reports an unreachable server", async () => {
    const app = makeApp({ brokerUrl: "redis://127.0.0.1:1/0", taskPublishTimeout: 0.2 });
    await assert.rejects(app.events.receiver().start(), { name: "OperationalError", message: /cannot reach/ });
  });
});

describe("a client with taskSendSentEvent", () => {
  test("sends an event for each sent task, with Celery's fields", async () => {
    const ear = await listenForEvents(server.url);
    const app = makeApp({ taskSendSentEvent: true });
    const { id } = await app.sendTask("shop.total", [[1, 2]], { kwargs: { discount: 0.5 }, countdown: 60 });
    const event = await ear.next("task-sent", id);
    const [{ channel }] = ear.heard;
    ear.close();

    const { hostname, utcoffset, pid, clock, timestamp, eta, ...rest } = event;
    assert.deepEqual(rest, {
      ...{ type: "task-sent", uuid: id, root_id: id, parent_id: null, name: "shop.total" },
      ...{ args: "([1, 2],)", kwargs: "{'discount': 0.5}", retries: 0, expires: null },
      ...{ queue: "q", exchange: "", routing_key: "q" },
    });
    assert.match(eta, /^\d{4}-\d\d-\d\dT/);
    assert.match(hostname, /^gen\d+@/);
    assert.deepEqual([pid, clock, channel], [process.pid, app.clock.value, "/0.celeryev/task.sent"]);
    assert.ok(Math.abs(timestamp - Date.now() / 1000) < 10 && Number.isFinite(utcoffset));
  });

  test("ends by itself once the event is sent", async () => {
    const ear = await listenForEvents(server.url);
    const index = new URL("../../src/index.js", import.meta.url).href;
    const program = `import { Celery } from ${JSON.stringify(index)};
      const app = new Celery("c", { brokerUrl: ${JSON.stringify(server.url)}, taskSendSentEvent: true });
      await app.sendTask("t", [1]);`;
    const args = ["--input-type=module", "--eval", program];
    await promisify(execFile)(process.execPath, args, {
      cwd: fileURLToPath(new URL(".", import.meta.url)),
      timeout: 15_000,
    });
    await ear.next("task-sent");
    ear.close();
  });

  test("sends the task even if its event cannot be sent", async () => {
    const app = makeApp({ taskSendSentEvent: true, eventExchange: "x".repeat(10) });
    const { publish } = app.publisher;
    app.publisher.publish = (publication) =>
      publication.exchangeType === "fanout"
        ? Promise.reject(new Error("no"))
        : publish.call(app.publisher, publication);
    assert.ok((await app.sendTask("t", [1])).id);
  });
});
