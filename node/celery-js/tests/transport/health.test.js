/** What health checks say, and that they are answered whatever the event loop does. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isAlive, reasonsAgainst } from "../../src/transport/health.js";
import { ask, askBlocking } from "../support/health.js";
import { useTransport, withKeeper } from "../support/transport.js";
import { waitUntil } from "../support/wait.js";

const LIMITS = { readyStallMs: 10_000, loopStallLimitMs: 600_000 };
const WELL = {
  snapshot: { phase: /** @type {const} */ ("consuming"), running: 1, free: 9, untakenMs: 1_000 },
  stalledMs: 500,
  isConnected: true,
  silentMs: 1_000,
};

/** @param {Partial<import("../../src/transport/vitals.js").Snapshot>} snapshot */
const seen = (snapshot) => ({ ...WELL, snapshot: { ...WELL.snapshot, ...snapshot } });

describe("a worker is not ready", () => {
  for (const [
    when,
    signs,
    reason,
  ] of /** @type {Array<[string, import("../../src/transport/health.js").Signs, string]>} */ ([
    ["while it starts", seen({ phase: "starting" }), "the worker is starting"],
    ["while it stops", seen({ phase: "stopping", untakenMs: 60_000 }), "the worker is stopping"],
    ["when its loop stands still", { ...WELL, stalledMs: 10_000 }, "the event loop has been blocked for 10 s"],
    ["without its broker", { ...WELL, isConnected: false, silentMs: 60_000 }, "the broker cannot be reached"],
    ["when its broker is silent", { ...WELL, silentMs: 6_000 }, "the broker has not answered for 6 s"],
    ["when it takes nothing", seen({ untakenMs: 7_000 }), "nothing has been taken for 7 s, though slots are free"],
  ])) {
    it(`${when}, and says so`, () => assert.deepEqual(reasonsAgainst(signs, LIMITS), [reason]));
  }

  it("in no other case", () => assert.deepEqual(reasonsAgainst(WELL, LIMITS), []));
});

describe("a worker is alive", () => {
  it("until its loop has stood still beyond the limit", () => {
    assert.deepEqual([isAlive(599_999, LIMITS), isAlive(600_000, LIMITS)], [true, false]);
  });

  it("forever without a limit", () => assert.equal(isAlive(1e9, { ...LIMITS, loopStallLimitMs: 0 }), true));
});

describe("health checks", () => {
  const t = useTransport();
  const address = { host: "127.0.0.1", port: 0 };
  const health = { address, readyStallMs: 10_000 };
  const leaseMs = 60_000;

  /** @param {number | null} port */
  const untilReady = (port) => waitUntil(async () => (await ask(Number(port), "/readyz")).status === 200);

  it("answer 200 and the worker's load when all is well", async () => {
    await withKeeper(t, { leaseMs, health }, async (_, port) => {
      await untilReady(port);
      const { body } = await ask(Number(port), "/readyz?verbose");
      assert.deepEqual(body, { ok: true, reasons: [], running: 0, free: 1 });
      assert.equal((await ask(Number(port), "/livez")).status, 200);
    });
  });

  it("are two, and read only", async () => {
    await withKeeper(t, { leaseMs, health }, async (_, port) => {
      const { status, body } = await ask(Number(port), "/");
      assert.deepEqual([status, body.known], [404, ["/livez", "/readyz"]]);
      assert.equal((await ask(Number(port), "/livez", { method: "POST" })).status, 405);
      assert.equal((await ask(Number(port), "/livez", { method: "HEAD" })).status, 200);
    });
  });

  it("are answered while the event loop is blocked", async () => {
    await withKeeper(t, { leaseMs, health: { ...health, readyStallMs: 1_500 } }, async (_, port) => {
      await untilReady(port);
      // Nothing is awaited from here on: each question blocks the loop for as long as it takes.
      const deadline = Date.now() + 20_000;
      let answer = askBlocking(Number(port), "/readyz");
      const first = answer;
      while (answer.status === 200 && Date.now() < deadline) answer = askBlocking(Number(port), "/readyz");

      assert.equal(first.status, 200, "a loop may stand still for a moment");
      assert.equal(answer.status, 503);
      assert.match(answer.body.reasons.join(), /^the event loop has been blocked for \d+ s$/);
      assert.equal(askBlocking(Number(port), "/livez").status, 200);
      await untilReady(port);
    });
  });

  it("are answered on a socket, even after a killed worker", async () => {
    const folder = await mkdtemp(join(tmpdir(), "celery-js-health-"));
    const path = join(folder, "health.sock");
    const killed = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", killed]);
    try {
      await withKeeper(t, { leaseMs, health: { ...health, address: { path } } }, async () => {
        const asking = request({ socketPath: path, path: "/livez" }).end();
        const [response] = await once(asking, "response");
        assert.equal(response.resume().statusCode, 200);
        const second = withKeeper(t, { leaseMs, health: { ...health, address: { path } } }, async () =>
          assert.fail("started"),
        );
        await assert.rejects(second, { message: /^workerHealthAddress: cannot listen on unix:.*EADDRINUSE/ });
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("name a port that is taken in one error", async () => {
    const other = net.createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = /** @type {net.AddressInfo} */ (other.address());
    const started = withKeeper(t, { leaseMs, health: { ...health, address: { ...address, port } } }, async () =>
      assert.fail("started"),
    );
    try {
      await assert.rejects(started, {
        name: "ImproperlyConfigured",
        message:
          `workerHealthAddress: cannot listen on http://127.0.0.1:${port}: listen EADDRINUSE: address already in use ` +
          `127.0.0.1:${port}. Choose another address: each worker needs its own`,
      });
    } finally {
      other.close();
    }
  });
});
