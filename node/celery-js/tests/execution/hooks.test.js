/** Handlers and signals of tasks in a worker: what the conformance tests cannot see from outside. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Reject, signals, task } from "../../src/index.js";
import { startServer } from "../support/server.js";
import { useWorker } from "../support/used-server.js";
import { waitUntil } from "../support/wait.js";
import { startWorker } from "../support/worker.js";

/** @type {unknown[][]} */
const told = [];
/** @param {string} what @param {unknown[]} values */
const note = (what, ...values) => void told.push([what, ...values]);

const tasks = {
  asynchronous: task(
    {
      async beforeStart() {
        await delay(5);
        note("beforeStart");
      },
      async onSuccess() {
        await delay(5);
        note("onSuccess");
      },
      async afterReturn() {
        await delay(5);
        note("afterReturn");
      },
    },
    () => note("run"),
  ),
  slowStart: task({ timeLimit: 0.3, beforeStart: () => delay(600) }, () => note("run")),
  patient: task({ timeLimit: 30 * 86_400, onSuccess: () => delay(50).then(() => note("onSuccess")) }, () => "done"),
  endless: task({ timeLimit: 0.3, onSuccess: () => new Promise(() => {}) }, () => "done"),
  sends: task(
    {
      onSuccess() {
        void this.app.sendTask("noted", ["sent"]);
      },
    },
    () => null,
  ),
  noted: (/** @type {string} */ text) => note(text),
  rejects: task(
    {
      onSuccess() {
        if (!this.request.deliveryInfo.redelivered) throw new Reject("once more", { requeue: true });
      },
    },
    () => note("run"),
  ),
  selves: task(
    {
      bind: true,
      beforeStart() {
        this.seen = "by the handler";
      },
    },
    (self) => Reflect.get(self, "seen"),
  ),
  plain: (/** @type {number} */ x) => x,
};

describe("handlers of a task", () => {
  const running = useWorker(tasks);
  afterEach(() => void told.splice(0));
  const { call } = running;
  const allSettled = () => waitUntil(async () => (await running.redis.exists("unacked", "q")) === 0);

  it("are waited for", async () => {
    await call("asynchronous");
    await waitUntil(() => told.length === 4);
    await allSettled();
    assert.deepEqual(told.flat(), ["beforeStart", "run", "onSuccess", "afterReturn"]);
  });

  it("share one `self` with the task's function", async () => {
    assert.equal(await call("selves"), "by the handler");
  });

  it("count towards the time limit; a late task never starts", async () => {
    await assert.rejects(call("slowStart"), { name: "TimeLimitExceeded" });
    await delay(500);
    assert.deepEqual(told, []);
  });

  it("that never end are given up after the hard limit", async () => {
    assert.equal(await call("endless"), "done");
    await allSettled();
    assert.ok(running.lines.some(({ msg }) => /Hard time limit \(0.3s\) exceeded by onSuccess of endless/.test(msg)));
  });

  it("are not given up at once for a limit that is too long for a timer", async () => {
    assert.equal(await call("patient"), "done");
    await allSettled();
    assert.deepEqual(told.flat(), ["onSuccess"]);
    assert.ok(!running.lines.some(({ msg }) => /exceeded by onSuccess of patient/.test(msg)));
  });

  it("send their tasks before the message is acknowledged", async () => {
    await allSettled();
    const { publisher } = running.app;
    const { publish } = publisher;
    /** @type {number[]} */
    const held = [];
    publisher.publish = async (publication) => {
      await delay(200);
      held.push(await running.redis.hlen("unacked"));
      return publish.call(publisher, publication);
    };
    try {
      await call("sends");
      await waitUntil(() => told.length === 1);
    } finally {
      publisher.publish = publish;
    }
    assert.deepEqual(told, [["sent"]]);
    assert.deepEqual(held, [0, 1], "before the task, and while its handler sends");
  });

  it("that reject after a success put the message back", async () => {
    await call("rejects");
    await waitUntil(() => told.length === 2);
    await allSettled();
  });

  it("may be set on the registered task", async () => {
    const plain = running.app.tasks.get("plain");
    plain.onSuccess = (...args) => note("onSuccess", ...args);
    await call("plain", [7], { taskId: "plain-7" });
    await waitUntil(() => told.length === 1);
    plain.onSuccess = null;
    assert.deepEqual(told, [["onSuccess", 7, "plain-7", [7], {}]]);
  });

  it("are awaited, and so are signal receivers; errors are logged", async () => {
    const receiver = async () => {
      await delay(1);
      throw new Error("not my business");
    };
    signals.taskPrerun.connect(receiver, { sender: "plain" });
    try {
      assert.equal(await call("plain", [1], { taskId: "told" }), 1);
    } finally {
      signals.taskPrerun.disconnect(receiver, { sender: "plain" });
    }
    assert.ok(
      running.lines.some(({ msg }) => msg === "Signal handler receiver of taskPrerun raised for plain[told]"),
      JSON.stringify(running.lines.slice(-3)),
    );
  });
});

describe("a retry", () => {
  it("calls the receivers of publish signals", async (t) => {
    const server = await startServer();
    t.after(() => server.stop());
    const again = task({ bind: true }, (self) => {
      if (self.request.retries === 0) self.retry({ countdown: 0 });
      return self.request.headers?.attempt;
    });
    const { app, stop } = await startWorker(server.url, { again });
    t.after(stop);
    let attempts = 0;
    /** @type {string[]} */
    const arrived = [];
    const before = (/** @type {any} */ { headers }) => {
      attempts += 1;
      headers.attempt = attempts;
    };
    const afterwards = (/** @type {any} */ { headers, routingKey }) => void arrived.push(`${headers.id} ${routingKey}`);
    signals.beforeTaskPublish.connect(before, { sender: "again" });
    signals.afterTaskPublish.connect(afterwards, { sender: "again" });
    t.after(() => {
      signals.beforeTaskPublish.disconnect(before, { sender: "again" });
      signals.afterTaskPublish.disconnect(afterwards, { sender: "again" });
    });
    const result = await app.sendTask("again", [], { taskId: "id" });
    assert.equal(await result.get({ timeout: 5 }), 2);
    assert.deepEqual(arrived, ["id q", "id q"]);
  });
});
