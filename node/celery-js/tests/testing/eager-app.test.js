/** eagerApp(): a task runs where it is called, with its states and its time limits. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { chord, group, Ignore, SoftTimeLimitExceeded, TimeLimitExceeded, task } from "../../src/index.js";
import { eagerApp } from "../../src/testing/index.js";

const post = task({ bind: true, maxRetries: 3 }, async (self, /** @type {string} */ address, failures = 2) => {
  await self.updateState("PROGRESS", { at: ["door", 1] });
  if (self.request.retries < failures) self.retry({ countdown: 60, exc: new RangeError("closed") });
  return `posted to ${address}`;
});

test("retries and progress are made at once, and seen", async () => {
  const app = eagerApp();

  const result = await app.task("post", post).delay("Main Street 1");

  assert.equal(await result.get(), "posted to Main Street 1");
  assert.deepEqual(app.states(result), ["PROGRESS", "RETRY", "PROGRESS", "RETRY", "PROGRESS", "SUCCESS"]);
  assert.deepEqual(app.history(result)[0], ["PROGRESS", { at: ["door", 1] }]);
  assert.match(String(app.history(result)[1][1]), /closed/);
  assert.equal(await app.AsyncResult(result.id).get(), "posted to Main Street 1");
});

test("the last error of a retried task is its result", async () => {
  const app = eagerApp();

  const result = await app.task("post", post).delay("Main Street 1", 9);

  await assert.rejects(result.get(), { message: "closed" });
  assert.equal(app.states(result).filter((state) => state === "RETRY").length, 3);
  assert.equal(app.states(result.id).at(-1), "FAILURE");
});

test("the soft limit of a call aborts the signal", async () => {
  const app = eagerApp();
  const wait = app.task("wait", { bind: true, timeLimit: 30 }, async (self) => {
    await delay(20_000, null, { signal: self.signal }).catch(() => {});
    return [self.signal.reason instanceof SoftTimeLimitExceeded, self.request.timeLimit];
  });

  const result = await wait.applyAsync([], { softTimeLimit: 0.1 });

  assert.deepEqual(await result.get(), [true, 30]);
});

test("a limit that is too long for a timer does not end a task at once", async () => {
  const app = eagerApp();
  const slow = app.task("slow", { bind: true, timeLimit: 30 * 86_400, softTimeLimit: 29 * 86_400 }, async (self) => {
    await delay(30);
    return self.signal.aborted;
  });

  assert.equal(await (await slow.delay()).get(), false);
});

test("a task that computes sees its soft limit by the clock", async () => {
  const app = eagerApp({ taskSoftTimeLimit: 0.05 });
  const compute = app.task("compute", { bind: true }, (self) => {
    while (!self.signal.aborted);
    self.throwIfAborted();
  });

  await assert.rejects((await compute.delay()).get(), { name: "SoftTimeLimitExceeded" });
});

test("the hard limit fails a task, which is not retried", async () => {
  const app = eagerApp();
  let runs = 0;
  const hang = app.task("hang", { autoretryFor: [Error], timeLimit: 0.1 }, () => {
    runs += 1;
    return new Promise(() => {});
  });

  const result = await hang.delay();

  await assert.rejects(result.get(), TimeLimitExceeded);
  assert.deepEqual(app.states(result), ["FAILURE"]);
  assert.equal(runs, 1);
});

test("a limit that is not reached leaves no timer", async () => {
  const app = eagerApp({ taskTimeLimit: 600, taskSoftTimeLimit: 600 });
  const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

  await app.task("add", (/** @type {number} */ x) => x + 1).delay(1);

  assert.equal(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length, before);
});

test("workflows run", async () => {
  const app = eagerApp();
  const add = app.task("add", (/** @type {number} */ x, /** @type {number} */ y) => x + y);
  const total = app.task("total", (/** @type {number[]} */ numbers) => numbers.reduce((x, y) => x + y));

  const pair = group(add.s(1, 1), add.s(2, 2));
  assert.deepEqual(await (await pair.delay()).get(), [2, 4]);
  assert.equal(await (await chord(pair, total.s()).delay()).get(), 6);
});

test("states are those that a worker would store", async () => {
  const app = eagerApp();
  const ignored = app.task("ignored", { ignoreResult: true }, () => 1);
  const gone = app.task("gone", () => {
    throw new Ignore();
  });
  const replaced = app.task("replaced", { bind: true }, (self) =>
    self.replace(ignored.si().set({ ignoreResult: false })),
  );

  assert.deepEqual(app.states(await ignored.delay()), []);
  assert.deepEqual(app.states(await gone.delay()), []);
  assert.deepEqual(app.states(await replaced.delay()), ["SUCCESS"]);
});

test("a stand-in runs in place of a task of the other language", async () => {
  const app = eagerApp();
  const name = "py_workers.tasks.forecasts.demand.predict";
  app.standIn(name, (/** @type {number[]} */ history, days = 7) => [history.length, days]);

  assert.deepEqual(await (await app.sendTask(name, [[1, 2]], { kwargs: { days: 3 } })).get(), [2, 3]);
  assert.deepEqual(await (await app.signature(name, [[1]]).delay()).get(), [1, 7]);
  await assert.rejects(app.sendTask("py_workers.nothing"), { name: "NotRegistered" });
  assert.throws(() => app.standIn(name, () => 1), { name: "DuplicateTaskError" });
});

test("commands to workers go nowhere, and an unknown result does not hang", async () => {
  const app = eagerApp({ brokerUrl: "redis://127.0.0.1:1/0", resultBackend: "redis://127.0.0.1:1/0" });

  await app.control.revoke("id1");
  assert.equal(await app.AsyncResult("id1").state, "PENDING");
  await assert.rejects(app.AsyncResult("id1").get(), { name: "TimeoutError" });
  await app.close();
});
