/** What is broadcast to workers: kombu's pidbox, as Celery 5.7 writes it. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { Celery, TaskRevokedError } from "../../src/index.js";
import { startServer } from "../support/server.js";
import { waitUntil } from "../support/wait.js";

describe("a revocation", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Redis} */
  let listener;
  /** @type {Celery} */
  let app;
  /** @type {Array<{ channel: string, message: any, command: any }>} */
  let heard = [];

  before(async () => {
    server = await startServer();
    listener = new Redis(server.url);
    await listener.psubscribe("*");
    listener.on("pmessage", (_pattern, channel, text) => {
      const message = JSON.parse(text);
      heard.push({ channel, message, command: JSON.parse(Buffer.from(message.body, "base64").toString()) });
    });
    app = new Celery("test", { brokerUrl: server.url, resultBackend: server.url });
  });
  after(async () => {
    await app.close();
    listener.disconnect();
    await server.stop();
  });

  /**
   * @param {() => Promise<unknown>} act
   * @returns {Promise<{ channel: string, message: any, command: any }>}
   */
  const broadcastOf = async (act) => {
    heard = [];
    await act();
    await waitUntil(() => heard.length > 0);
    return heard[0];
  };

  test("is what Celery's control.revoke sends", async () => {
    const before = Date.now() / 1000;
    const { channel, message, command } = await broadcastOf(() => app.control.revoke("id1", { terminate: true }));

    assert.equal(channel, "/0.celery.pidbox");
    assert.deepEqual(command, {
      method: "revoke",
      arguments: { task_id: "id1", terminate: true, signal: "SIGTERM" },
      ...{ destination: null, pattern: null, matcher: null },
    });
    const { delivery_tag, ...properties } = message.properties;
    assert.deepEqual(properties, {
      delivery_mode: 2,
      delivery_info: { exchange: "celery.pidbox", routing_key: "" },
      ...{ priority: 0, body_encoding: "base64" },
    });
    assert.equal(message.headers.clock, 1);
    assert.ok(message.headers.expires >= before + 1 && message.headers.expires < before + 10);
  });

  test("uses the same clock as the app's events", async () => {
    app.clock.adjust(40);

    const { message } = await broadcastOf(() => app.control.revoke("id1"));

    assert.equal(message.headers.clock, app.clock.value);
    assert.ok(message.headers.clock > 41);
  });

  test("goes to the workers that it names", async () => {
    const { command } = await broadcastOf(() => app.control.revoke(["a", "b"], { destination: ["w@h"] }));

    assert.deepEqual([command.arguments.task_id, command.destination], [["a", "b"], ["w@h"]]);
  });

  test("of a result does not expire, and names no signal", async () => {
    const { message, command } = await broadcastOf(() => app.AsyncResult("id2").revoke());

    assert.deepEqual(command.arguments, { task_id: "id2", terminate: false, signal: null });
    assert.equal(message.headers.expires, 0);
  });

  test("of a result waits for answers on request", async () => {
    const started = performance.now();
    const { message } = await broadcastOf(() => app.AsyncResult("id2").revoke({ wait: true, timeout: 0.3 }));

    assert.ok(performance.now() - started >= 290);
    assert.notEqual(message.headers.expires, 0);
  });

  test("by a result's stamps is Celery's command", async () => {
    const result = app.AsyncResult("id2");
    const { command } = await broadcastOf(() => result.revokeByStampedHeaders({ tenant: "shop" }, { terminate: true }));

    assert.equal(command.method, "revoke_by_stamped_headers");
    assert.deepEqual(command.arguments, { headers: { tenant: "shop" }, terminate: true, signal: null });
    await assert.rejects(result.revokeByStampedHeaders({}, /** @type {any} */ ({ terminat: true })), {
      message: "revokeByStampedHeaders(): unknown option 'terminat'; did you mean 'terminate'?",
    });
  });

  test("of a group's result is one command", async () => {
    const group = app.GroupResult("g", [app.AsyncResult("r1"), app.AsyncResult("r2")]);
    const { command } = await broadcastOf(() => group.revoke({ terminate: true }));

    assert.deepEqual(command.arguments, { task_id: ["r1", "r2"], terminate: true, signal: null });
  });

  test("by stamps names them", async () => {
    const { command } = await broadcastOf(() => app.control.revokeByStampedHeaders({ tenant: ["shop"] }));

    assert.equal(command.method, "revoke_by_stamped_headers");
    assert.deepEqual(command.arguments.headers, { tenant: ["shop"] });
  });

  test("with unusable values is refused", async () => {
    await assert.rejects(app.control.revoke("a", /** @type {any} */ ({ destinaton: ["w"] })), {
      name: "TypeError",
      message: "revoke(): unknown option 'destinaton'; did you mean 'destination'?",
    });
    await assert.rejects(app.control.revoke(/** @type {any} */ (5)), { name: "TypeError" });
  });

  test("of a task that ran in place changes its result alone", async () => {
    const eager = new Celery("test", { taskAlwaysEager: true });
    const result = await eager.task("one", () => 1).delay();
    await result.revoke();

    assert.equal(await result.state, "REVOKED");
    await assert.rejects(result.get(), TaskRevokedError);
  });
});
