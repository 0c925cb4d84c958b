/** `currentTask` and `getTaskLogger`, in a task and outside of one. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { Celery, currentTask, getTaskLogger, task } from "../../src/index.js";
import { startServer } from "../support/server.js";
import { startWorker } from "../support/worker.js";

const log = getTaskLogger("shop.helpers");

/** @param {string} line */
async function helper(line) {
  const before = currentTask();
  await delay(1);
  log.info({ line }, "from a helper");
  return [before?.request.id, currentTask() === before, before?.name];
}

const TASKS = {
  unbound: helper,
  bound: task({ bind: true }, async (self, /** @type {string} */ line) => [currentTask() === self, await helper(line)]),
};

describe("the running task", () => {
  /** @type {import("../support/server.js").TestServer} */
  let server;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let made;
  before(async () => {
    server = await startServer();
    made = await startWorker(server.url, TASKS);
  });
  after(async () => {
    await made.stop();
    await server.stop();
  });
  const lineWith = (/** @type {string} */ text) =>
    /** @type {any} */ (made.lines.find((line) => /** @type {any} */ (line).line === text));

  it("is found by helpers, across awaits, among tasks that run side by side", async () => {
    const sent = await Promise.all(["a", "b", "c"].map((line) => made.app.sendTask("unbound", [line])));
    const found = await Promise.all(sent.map((result) => result.get({ timeout: 10 })));

    assert.deepEqual(
      found,
      sent.map(({ id }) => [id, true, "unbound"]),
    );
    assert.deepEqual(
      ["a", "b", "c"].map((line) => [lineWith(line).task_id, lineWith(line).task]),
      sent.map(({ id }) => [id, "unbound"]),
    );
  });

  it("is `self` of a bound task", async () => {
    const sent = await made.app.sendTask("bound", ["d"]);

    assert.deepEqual(await sent.get({ timeout: 10 }), [true, [sent.id, true, "bound"]]);
  });

  it("is the eager one while it runs in place", async () => {
    const eager = new Celery("eager", { taskAlwaysEager: true });
    const result = await eager.task("unbound", helper).delay("e");

    assert.deepEqual(await result.get(), [result.id, true, "unbound"]);
    assert.equal(currentTask(), null);
  });

  it("is none outside of tasks, where lines go to the worker's log without its fields", () => {
    log.warn({ line: "f" }, "outside");

    assert.equal(currentTask(), null);
    assert.deepEqual([lineWith("f").msg, lineWith("f").task_id], ["outside", undefined]);
    assert.equal(log.isLevelEnabled("debug"), true);
  });
});

describe("a task logger", () => {
  it("without a worker writes warnings and errors to stderr", () => {
    const index = new URL("../../src/index.js", import.meta.url).href;
    const script = `import { getTaskLogger } from "${index}";
      const log = getTaskLogger("shop");
      log.info("quiet");
      log.warn({ amount: 3 }, "loud");`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    const { time: _, ...line } = JSON.parse(stderr);

    assert.equal(stdout, "");
    assert.deepEqual(line, { level: "warn", logger: "shop", amount: 3, message: "loud" });
  });

  it("has a name that is not Celery's own", () => {
    assert.throws(() => getTaskLogger("celery.task"), { message: "Logger name 'celery.task' is reserved!" });
    assert.throws(() => getTaskLogger(/** @type {any} */ (undefined)), { name: "TypeError" });
  });
});
