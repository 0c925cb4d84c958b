import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Ignore, Reject, task } from "../../src/index.js";
import { startServer } from "../support/server.js";
import { useWorker } from "../support/used-server.js";
import { waitUntil } from "../support/wait.js";
import { startWorker } from "../support/worker.js";

class GatewayError extends Error {}
let attempts = 0;
let exemptRuns = 0;
let pingPongs = 0;

const tasks = {
  add: (/** @type {number} */ x, /** @type {number} */ y) => x + y,
  identify: task({ bind: true }, (self) => ({ ...self.request, name: self.name })),
  progress: task({ bind: true }, async (self) => {
    await self.updateState("PROGRESS", { done: 1, of: 2 });
    await new Promise((resolve) => self.signal.addEventListener("abort", resolve));
    return self.signal.reason.name;
  }),
  flaky: task({ bind: true, maxRetries: 3 }, (self) => {
    if (self.request.retries < 2) self.retry({ countdown: 0.05, exc: new GatewayError("later") });
    return self.request.retries;
  }),
  flakyAlways: task({ autoretryFor: [GatewayError], maxRetries: 2, defaultRetryDelay: 0 }, () => {
    attempts += 1;
    throw new GatewayError("down");
  }),
  exempt: task({ autoretryFor: [Error], dontAutoretryFor: ["GatewayError"], defaultRetryDelay: 0 }, () => {
    exemptRuns += 1;
    throw new GatewayError("at once");
  }),
  rebinds: task({ bind: true }, (self, a, b = 2) => {
    if (self.request.retries === 0) throw self.retry({ kwargs: { b: 5 }, countdown: 0 });
    return [a, b];
  }),
  hang: task({ timeLimit: 0.3 }, () => new Promise(() => {})),
  ignored: () => {
    throw new Ignore();
  },
  rejected: () => {
    throw new Reject("not mine");
  },
  stray: async () => {
    setTimeout(() => void Promise.reject(new RangeError("stray")), 5);
    await delay(5_000);
  },
  bystander: async () => {
    await delay(100);
    return "untouched";
  },
  expected: task({ throws: [GatewayError] }, () => {
    throw new GatewayError("as agreed");
  }),
  logs: task({ bind: true }, (self) => {
    self.log.info("half-way");
    return self.request.id;
  }),
  pingPong: task({ bind: true }, (self) => {
    pingPongs += 1;
    if (!self.request.deliveryInfo.redelivered) throw new Reject("not now", { requeue: true });
    return "second time";
  }),
  endless: task({ bind: true, maxRetries: null }, (self) => {
    if (self.request.retries < 6) self.retry({ countdown: 0 });
    return self.request.retries;
  }),
  jittery: task({ autoretryFor: [GatewayError], retryBackoff: 4, retryBackoffMax: 6, maxRetries: 8 }, () => {
    throw new GatewayError("again");
  }),
  quiet: task({ ignoreResult: true, storeErrorsEvenIfIgnored: true }, () => {
    throw new GatewayError("kept");
  }),
  bigint: () => ({ rows: [{ id: 10n }] }),
  throwsText: () => {
    throw "just text";
  },
};

describe("executing a task", () => {
  const running = useWorker(tasks);
  const { call } = running;

  it("stores the return value and logs Celery's line", async () => {
    const result = await running.app.sendTask("add", [1, 2]);
    assert.equal(await result.get({ timeout: 5 }), 3);
    const words = running.lines.filter(({ msg }) => msg.includes(result.id)).map(({ msg }) => msg);
    assert.match(words[0], /^Task add\[.*\] received$/);
    assert.match(words.at(-1) ?? "", /^Task add\[.*\] succeeded in [\d.]+s: 3$/);
  });

  it("gives a bound task its request in camelCase", async () => {
    /** @type {any} */
    const request = await call("identify", [], { headers: { tenant: "x" }, priority: 3 });
    assert.equal(request.name, "identify");
    assert.equal(request.rootId, request.id);
    assert.deepEqual(request.headers, { tenant: "x" });
    assert.deepEqual([request.retries, request.deliveryInfo.routing_key, request.deliveryInfo.priority], [0, "q", 3]);
  });

  it("gives each run of a bound task its own delivery tag", async () => {
    /** @type {any[]} */
    const [first, second] = [await call("identify"), await call("identify")];
    assert.match(first.properties.delivery_tag, /^celery@.+\/[0-9a-f]{12}:\d+$/);
    assert.notEqual(first.properties.delivery_tag, second.properties.delivery_tag);
  });

  it("stores a custom state; the soft limit aborts self.signal", async () => {
    const result = await running.app.sendTask("progress", [], { softTimeLimit: 0.4 });
    await waitUntil(async () => (await result.state) === "PROGRESS");
    assert.deepEqual(await result.info, { done: 1, of: 2 });
    assert.equal(await result.get({ timeout: 5 }), "SoftTimeLimitExceeded");
  });

  it("fails a task at its hard limit", async () => {
    await assert.rejects(call("hang"), {
      name: "TimeLimitExceeded",
      message: "the task ran longer than its hard time limit of 0.3 s",
    });
  });

  it("retries by self.retry() until it succeeds", async () => {
    assert.equal(await call("flaky"), 2);
  });

  it("autoretryFor fails with the task's error after maxRetries", async () => {
    await assert.rejects(call("flakyAlways"), { name: "GatewayError", message: "down" });
    assert.equal(attempts, 3);
  });

  it("does not retry what dontAutoretryFor names", async () => {
    exemptRuns = 0;
    await assert.rejects(call("exempt"), { name: "GatewayError" });
    assert.equal(exemptRuns, 1);
  });

  it("a retry replaces the arguments given and keeps the others", async () => {
    assert.deepEqual(await call("rebinds", ["a"]), ["a", 5]);
  });

  it("stores nothing for Ignore, and acknowledges", async () => {
    const result = await running.app.sendTask("ignored");
    await waitUntil(() => running.lines.some(({ msg }) => msg === `Task ignored[${result.id}] ignored`));
    await waitUntil(async () => (await running.redis.hlen("unacked")) === 0);
    assert.equal(await result.state, "PENDING");
  });

  it("a rejected task fails and becomes a dead letter", async () => {
    await assert.rejects(call("rejected"), { name: "Reject" });
    await waitUntil(async () => (await running.redis.llen("q.dead")) === 1);
    assert.match(/** @type {string} */ (await running.redis.lindex("q.dead", 0)), /^\{"reason":"rejected"/);
  });

  it("Reject with requeue marks the message as redelivered", async () => {
    assert.equal(await call("pingPong"), "second time");
    assert.equal(pingPongs, 2);
  });

  it("retries without a limit when maxRetries is null", async () => {
    assert.equal(await call("endless"), 6);
  });

  it("jitter draws delays up to the backoff and retryBackoffMax", async () => {
    const { automaticRetry } = await import("../../src/execution/retry.js");
    const jittery = /** @type {any} */ (running.app.tasks.get("jittery"));
    const delays = Array.from(
      { length: 300 },
      (_, i) => automaticRetry(jittery, new GatewayError("x"), i % 5)?.countdown ?? -1,
    );
    assert.ok(delays.every((delayS) => Number.isInteger(delayS) && delayS >= 0 && delayS <= 6));
    assert.ok(new Set(delays).size >= 5, "not one delay, but many");
  });

  it("storeErrorsEvenIfIgnored stores an error", async () => {
    const { id } = await running.app.sendTask("quiet");
    await waitUntil(async () => (await running.redis.get(`celery-task-meta-${id}`))?.includes('"FAILURE"'));
  });

  it("logs an error named in throws without a traceback", async () => {
    await assert.rejects(call("expected"), { name: "GatewayError" });
    const line = running.lines.find(({ msg }) => msg.includes("raised expected"));
    assert.deepEqual([line?.level, line && "err" in line], ["info", false]);
    assert.match(line?.msg ?? "", /^Task expected\[.*\] raised expected: GatewayError\("as agreed"\)$/);
  });

  it("logs Celery's lines for a failure and a retry", async () => {
    await assert.rejects(call("bigint"));
    assert.ok(
      running.lines.some(({ level, msg }) => level === "error" && /^Task bigint\[.*\] raised unexpected: /.test(msg)),
    );
    await call("flaky");
    assert.ok(running.lines.some(({ msg }) => /^Task flaky\[.*\] retry: Retry in 0\.05s: GatewayError/.test(msg)));
  });

  it("puts the task's ids into every line of self.log", async () => {
    const id = await call("logs");
    const line = /** @type {any} */ (running.lines.find(({ msg }) => msg === "half-way"));
    assert.deepEqual([line.task, line.task_id, line.root_id, line.queue], ["logs", id, id, "q"]);
  });

  it("a result that is not JSON fails the task and names the place", async () => {
    await assert.rejects(call("bigint"), { name: "EncodeError", message: /result\.rows\[0\]\.id is a bigint/i });
  });

  it("accepts any thrown value", async () => {
    await assert.rejects(call("throwsText"), /just text/);
  });

  it("trims the worker's own frames from a traceback", async () => {
    const result = await running.app.sendTask("exempt");
    await result.get({ propagate: false, timeout: 5 });
    const traceback = /** @type {string} */ (await result.traceback);
    assert.match(traceback, /^GatewayError: at once|^Error: at once/);
    assert.doesNotMatch(traceback, /celery-js\/src/);
  });
});

describe("a stray rejection", () => {
  it("fails the task whose code it was, and no other", async () => {
    const server = await startServer();
    const { catchStrayErrors } = await import("../../src/worker/lifecycle/stray-errors.js");
    const running = await startWorker(server.url, tasks);
    // The test runner listens for stray rejections as well.
    const others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    const stopListening = catchStrayErrors({ log: running.worker.log, onUncaught: () => assert.fail("uncaught") });
    try {
      const [stray, bystander] = await Promise.all(["stray", "bystander"].map((name) => running.app.sendTask(name)));
      await assert.rejects(stray.get({ timeout: 5 }), { name: "RangeError", message: "stray" });
      assert.equal(await bystander.get({ timeout: 5 }), "untouched");
      const told = running.lines.filter(({ level, msg }) => level === "error" && msg.includes("stray"));
      assert.deepEqual(
        told.map(({ msg }) => msg),
        [`Task stray[${stray.id}] raised unexpected: RangeError("stray") in an unhandled rejection`],
      );
    } finally {
      stopListening();
      for (const listener of others) process.on("unhandledRejection", listener);
      await running.stop();
      await server.stop();
    }
  });
});
