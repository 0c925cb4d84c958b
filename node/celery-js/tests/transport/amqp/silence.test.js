/** Clients of a broker that accepts connections, and then leaves something unanswered. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Celery } from "../../../src/index.js";
import { startAmqpServer } from "../../support/amqp-server.js";
import { waitUntil } from "../../support/wait.js";

describe("a silent broker", { timeout: 60_000 }, () => {
  /** @type {import("../../support/amqp-server.js").AmqpServer} */
  let server;
  /** @type {Celery} */
  let app;
  beforeEach(async () => {
    server = await startAmqpServer();
    const settings = { taskPublishTimeout: 1, brokerConnectionTimeout: 0.5, taskDefaultQueue: "q" };
    app = new Celery("test", { brokerUrl: server.url, ...settings });
  });
  afterEach(async () => {
    server.silent.clear();
    await app.close();
    await server.close();
  });

  const send = () => app.sendTask("t.add", [1, 2]);

  it("that answers takes a message", async () => {
    await send();

    assert.ok(server.latest("publisher")?.methods.includes("BasicPublish"));
  });

  for (const method of ["ChannelOpen", "ConfirmSelect", "QueueDeclare"]) {
    it(`that leaves ${method} unanswered fails a message in time`, async () => {
      server.silent.add(method);

      await assert.rejects(send(), { name: "OperationalError" });
    });
  }

  it("does not keep later messages when it answers again", async () => {
    server.silent.add("ConfirmSelect");
    await assert.rejects(send());
    server.silent.clear();

    await send();

    assert.ok(server.peers.length >= 2);
  });

  it("fails a message in time while a closed channel is opened again", async () => {
    await send();
    server.refused.set("BasicPublish", "PRECONDITION_FAILED");
    await assert.rejects(send());
    server.refused.clear();
    server.silent.add("ChannelOpen");

    await assert.rejects(send(), /no answer within/);
    await app.close();
  });

  it("fails a question in time", async () => {
    server.silent.add("QueueBind");

    await assert.rejects(app.control.ping({ timeout: 0.2 }), { name: "OperationalError" });
  });

  it("fails a purge in time, and its connection is closed", async () => {
    server.silent.add("QueuePurge");

    await assert.rejects(app.control.purge(), /no answer within 1 s/);

    await waitUntil(() => server.latest("purge")?.socket.destroyed === true);
  });
});
