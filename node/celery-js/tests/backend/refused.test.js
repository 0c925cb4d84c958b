/** Waiting for a result while the server refuses to let anyone subscribe. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { createBackend } from "../../src/backend/backend.js";
import { encodeMeta } from "../../src/protocol/result-encoder.js";
import { resolveSettings } from "../../src/validation/resolve-settings.js";
import { startGate } from "../support/gate.js";
import { startServer } from "../support/server.js";
import { waitUntil } from "../support/wait.js";

const BUSY = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";

describe("a result that is awaited", { timeout: 30_000 }, () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {import("../support/gate.js").Gate} */
  let gate;
  /** @type {import("../../src/backend/redis/store.js").RedisResultStore} */
  let store;
  let refused = 0;
  before(async () => {
    server = await startServer();
  });
  beforeEach(async () => {
    refused = 0;
    gate = await startGate(server.port);
    store = /** @type {any} */ (createBackend(resolveSettings({ resultBackend: gate.url() })));
  });
  afterEach(async () => {
    await store.close();
    await gate.close();
  });
  after(() => server.stop());

  /** @param {string} error @param {number} times */
  const refuse = (error, times) =>
    gate.alter((data) => {
      if (refused === times || !/\nsubscribe\r\n/.test(String(data))) return data;
      refused += 1;
      return Buffer.from(`-${error}\r\n`);
    });

  it("comes although the server is busy at first", async () => {
    refuse(BUSY, 3);

    const waiting = store.wait("id1", { timeoutMs: 10_000 });
    await waitUntil(() => refused === 3);
    await store.storeText("id1", encodeMeta({ taskId: "id1", status: "SUCCESS", result: 5 }));

    assert.equal((await waiting).result, 5);
  });

  it("can be given up while the server is busy", async () => {
    refuse(BUSY, Number.POSITIVE_INFINITY);

    await assert.rejects(store.wait("id1", { timeoutMs: 600 }), { name: "TimeoutError" });
    assert.ok(refused >= 2);
  });

  it("fails at once when the server refuses for good", async () => {
    const error = "NOPERM this user has no permissions to access one of the channels used as arguments";
    refuse(error, 1);

    await assert.rejects(store.wait("id1", { timeoutMs: 10_000 }), { name: "OperationalError", message: /NOPERM/ });
  });
});
