/** The queue of the answers to a question, in front of a server that falls silent. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { Redis } from "ioredis";
import { Celery } from "../../src/index.js";
import { startGate } from "../support/gate.js";
import { startServer } from "../support/server.js";
import { waitUntil } from "../support/wait.js";

describe("a question to workers", { timeout: 60_000 }, () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {import("../support/gate.js").Gate} */
  let gate;
  /** @type {Redis} */
  let redis;
  /** @type {Celery} */
  let app;
  before(async () => {
    server = await startServer();
    redis = new Redis(server.url);
  });
  beforeEach(async () => {
    gate = await startGate(server.port);
    app = new Celery("test", { brokerUrl: gate.url(), taskPublishTimeout: 1 });
  });
  afterEach(async () => {
    await app.close();
    await gate.close();
  });
  after(async () => {
    redis.disconnect();
    await server.stop();
  });

  for (const command of ["sadd", "brpop"]) {
    it(`fails in time when ${command} is never answered`, async () => {
      gate.fatal = new RegExp(command, "i");
      const askedAt = performance.now();

      await assert.rejects(app.control.ping({ timeout: 0.5 }), {
        name: "OperationalError",
        message: new RegExp(`^redis://127.0.0.1:${gate.port}/0: no answer within [\\d.]+ s$`),
      });

      const tookMs = performance.now() - askedAt;
      assert.ok(tookMs < 4_000, `${tookMs} ms`);
    });
  }

  it("deletes its queue after a silence", async () => {
    gate.fatal = /brpop/i;

    await assert.rejects(app.control.ping({ timeout: 0.2 }), { name: "OperationalError" });

    await waitUntil(async () => (await redis.keys("*reply*")).length === 0);
  });
});
