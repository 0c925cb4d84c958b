/** What celery-ts does wrong by itself, and right with the adapter: each fault is shown with both. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import tls from "node:tls";
import { Redis } from "ioredis";
import { task } from "../../src/index.js";
import { selfSigned } from "../support/certificate.js";
import { startServer } from "../support/server.js";
import { waitUntil } from "../support/wait.js";
import { startWorker } from "../support/worker.js";
import { run } from "./run.js";

describe("celery-ts, bare and with the adapter:", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Redis} */
  let redis;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let running;
  /** @type {() => void} ends the tasks that wait at the gate */
  let openGate;
  /** @type {Promise<void>} */
  let gate;
  let waitingAtGate = 0;

  const isSubscribed = async () => Number(await redis.pubsub("NUMPAT")) === 1;
  const tasks = {
    begin: async (/** @type {"bare" | "adapter"} */ kind) => {
      // A few looks: bare, it begins to listen only after the answer to its subscription, and misses what comes with that.
      let seen = 0;
      if (kind === "bare") await waitUntil(async () => (await isSubscribed()) && ++seen === 5);
    },
    add: (/** @type {number} */ x, /** @type {number} */ y) => x + y,
    fail: (/** @type {string} */ text) => {
      throw new RangeError(text);
    },
    retry: task({ bind: true }, (self) => {
      if (self.request.retries === 0) self.retry({ countdown: 0.2 });
      return "the second run's";
    }),
    gate: async () => {
      waitingAtGate += 1;
      await gate;
      return "open";
    },
    open: () => openGate(),
  };

  const closeGate = () => {
    waitingAtGate = 0;
    gate = new Promise((resolve) => {
      openGate = resolve;
    });
  };

  before(async () => {
    server = await startServer();
    redis = new Redis(server.url);
    running = await startWorker(server.url, tasks, { options: { queues: ["celery"] } });
  });
  beforeEach(async () => {
    await redis.del("unattended");
    closeGate();
  });
  after(async () => {
    await running.stop();
    redis.disconnect();
    await server.stop();
  });

  /**
   * @param {"bare" | "adapter"} kind
   * @param {string} scenario
   */
  const outcomeOf = async (kind, scenario) => {
    const { code, outcome, err } = await run(kind, server.url, scenario);
    assert.equal(code, 0, err);
    return outcome;
  };
  /**
   * What the worker's own app does while the program waits at the gate.
   *
   * @param {"bare" | "adapter"} kind
   * @param {() => Promise<void>} act
   */
  const whileWatched = async (kind, act) => {
    const ended = run(kind, server.url, "watch");
    await waitUntil(() => waitingAtGate === 1);
    await act();
    openGate();
    return ended;
  };
  /**
   * Runs a program that sends to the queue that nobody looks at.
   *
   * @param {"bare" | "adapter"} kind
   * @param {string} scenario
   * @param {number} count
   */
  const leaveUnattended = async (kind, scenario, count) => {
    closeGate();
    const ended = run(kind, server.url, scenario);
    const lists = ["unattended", "unattended\x06\x169"];
    const lengths = () => Promise.all(lists.map((list) => redis.llen(list)));
    await waitUntil(async () => (await lengths()).reduce((sum, length) => sum + length) === count);
    openGate();
    assert.equal((await ended).code, 0);
  };
  const sendAndWait = async (/** @type {string | undefined} */ taskId) => {
    const result = await running.app.sendTask("add", [1, 2], { queue: "celery", taskId });
    assert.equal(await result.get({ timeout: 10 }), 3);
  };

  test("every message has its own delivery tag", async () => {
    const tags = async (/** @type {"bare" | "adapter"} */ kind) => {
      await redis.del("unattended");
      await leaveUnattended(kind, "eight", 8);
      const messages = (await redis.lrange("unattended", 0, -1)).map((raw) => JSON.parse(raw));
      return new Set(messages.map(({ properties }) => properties.delivery_tag));
    };

    assert.deepEqual(await tags("bare"), new Set(["celery"]));
    assert.equal((await tags("adapter")).size, 8);
  });

  test("the result of a failed task rejects with its error", async () => {
    assert.equal((await outcomeOf("bare", "fail")).value.exc_type, "RangeError");
    assert.deepEqual((await outcomeOf("adapter", "fail")).error, { name: "RangeError", message: "no" });
  });

  test("the result of a revoked task rejects", async () => {
    assert.equal((await outcomeOf("bare", "expire")).value.exc_type, "TaskRevokedError");
    assert.deepEqual((await outcomeOf("adapter", "expire")).error, { name: "TaskRevokedError", message: "expired" });
  });

  test("the result of a task that is retried is that of its last run", async () => {
    assert.notEqual((await outcomeOf("bare", "retry")).value, "the second run's");
    assert.equal((await outcomeOf("adapter", "retry")).value, "the second run's");
  });

  test("the more urgent task is run first", async () => {
    const order = async (/** @type {"bare" | "adapter"} */ kind) => {
      await leaveUnattended(kind, "priorities", 2);
      /** @type {string[]} */
      const seen = [];
      const record = (/** @type {string} */ label) => void seen.push(label);
      const options = { queues: ["unattended"], concurrency: 1 };
      const worker = await startWorker(server.url, { record }, { options });
      await waitUntil(() => seen.length === 2);
      await worker.stop();
      return seen;
    };

    assert.deepEqual(await order("bare"), ["less urgent", "urgent"]);
    assert.deepEqual(await order("adapter"), ["urgent", "less urgent"]);
  });

  test("a result does not wait for another one", async () => {
    assert.equal((await outcomeOf("bare", "overtake")).error?.message, "timed out");
    closeGate();
    assert.deepEqual(await outcomeOf("adapter", "overtake"), { value: 3 });
  });

  test("another client's task id that is not a UUID does no harm", async () => {
    const act = () => sendAndWait("order-4711");
    const bare = await whileWatched("bare", act);
    closeGate();

    assert.equal(bare.code, 1);
    assert.match(bare.err, /channel celery-task-meta-order-4711 is not a celery result/);
    assert.equal((await whileWatched("adapter", act)).outcome.value, "open");
  });

  test("results of other clients leave no timers behind", async () => {
    const others = 20;
    const act = async () => {
      await Promise.all(Array.from({ length: others }, () => sendAndWait(undefined)));
    };
    const bare = await whileWatched("bare", act);
    closeGate();
    const adapter = await whileWatched("adapter", act);

    assert.ok(bare.outcome.timers >= others, `${bare.outcome.timers} timers`);
    assert.equal(adapter.outcome.timers, 0);
  });

  test("a server is reached over TLS", async () => {
    const folder = mkdtempSync(join(tmpdir(), "celery-ts-tls-"));
    const certificate = join(folder, "ca.pem");
    const pair = selfSigned("localhost");
    writeFileSync(certificate, pair.cert);
    const gateway = tls.createServer(pair, (secure) => {
      const plain = net.connect(server.port, "127.0.0.1");
      secure.pipe(plain).pipe(secure);
      for (const socket of [secure, plain]) socket.on("error", () => secure.destroy());
    });
    gateway.listen(0, "127.0.0.1");
    await once(gateway, "listening");
    const { port } = /** @type {net.AddressInfo} */ (gateway.address());
    const url = `rediss://localhost:${port}/0?ssl_ca_certs=${certificate}`;

    const bare = await run("bare", url, "add");
    const adapter = await run("adapter", url, "add");
    gateway.close();
    rmSync(folder, { recursive: true });

    assert.equal(bare.code, 1);
    assert.match(bare.err, /UnimplementedError/);
    assert.deepEqual(adapter.outcome, { value: 3 });
  });
});
