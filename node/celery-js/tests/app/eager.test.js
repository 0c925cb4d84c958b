/** taskAlwaysEager and Task.apply: a task runs where it is called, and behaves as in a worker. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Celery, EagerResult, Reject } from "../../src/index.js";

/** No broker and no backend: eager tasks need none. @param {Record<string, unknown>} [settings] */
const eagerApp = (settings) =>
  new Celery("test", { taskAlwaysEager: true, brokerUrl: "redis://127.0.0.1:1/0", ...settings });

test("a task runs at once, and its result has the face of an AsyncResult", async () => {
  const app = eagerApp();
  const add = app.task("add", async (/** @type {number} */ x, /** @type {number} */ y) => x + y);

  for (const result of [
    await add.delay(1, 2),
    await app.sendTask("add", [1], { kwargs: { y: 2 } }),
    await add.s(1).delay(2),
  ]) {
    assert.ok(result instanceof EagerResult);
    assert.equal(await result.get({ timeout: 1 }), 3);
    assert.deepEqual([await result.state, await result.ready(), await result.successful()], ["SUCCESS", true, true]);
  }
});

test("without the setting, apply() runs it at once all the same", async () => {
  const app = new Celery("test");
  const add = app.task("add", (/** @type {number} */ x, /** @type {number} */ y) => x + y);

  assert.equal(await (await add.apply([1, 2])).get(), 3);
});

test("arguments travel through JSON", async () => {
  const app = eagerApp();
  const given = { when: new Date(0), gone: undefined };
  const echo = app.task("echo", (/** @type {object} */ value) => ({ same: value === given, keys: Object.keys(value) }));

  assert.deepEqual(await (await echo.delay(given)).get(), { same: false, keys: ["when"] });
  await assert.rejects(
    echo.delay(() => 1),
    { name: "EncodeError" },
  );
});

test("a failure is in the result, or thrown where the settings say so", async () => {
  const error = new RangeError("too much");
  const fail = () => {
    throw error;
  };
  const result = await eagerApp().task("fail", fail).delay();

  assert.deepEqual([await result.state, await result.info, await result.failed()], ["FAILURE", error, true]);
  assert.match(String(await result.traceback), /RangeError: too much/);
  await assert.rejects(result.get(), error);
  assert.equal(await result.get({ propagate: false }), error);
  await assert.rejects(eagerApp({ taskEagerPropagates: true }).task("fail", fail).delay(), error);
});

test("a bound task gets itself, with an eager request", async () => {
  const app = eagerApp();
  const bound = app.task("bound", { bind: true, timeLimit: 9 }, (self, /** @type {number} */ x) => {
    const { id, task, isEager, retries, timeLimit } = self.request;
    return { id, task, isEager, retries, timeLimit, name: self.name, aborted: self.signal.aborted, x };
  });

  const result = await bound.applyAsync([5], { taskId: "id1" });

  assert.deepEqual(await result.get(), {
    ...{ id: "id1", task: "bound", isEager: true, retries: 0, timeLimit: 9 },
    ...{ name: "bound", aborted: false, x: 5 },
  });
});

test("retries are made at once, up to maxRetries", async () => {
  const app = eagerApp();
  /** @type {number[]} */
  const attempts = [];
  const flaky = app.task("flaky", { bind: true, maxRetries: 3 }, (self, /** @type {number} */ enough) => {
    attempts.push(self.request.retries);
    if (self.request.retries < enough) self.retry({ countdown: 60 });
    return "done";
  });

  assert.equal(await (await flaky.delay(2)).get(), "done");
  assert.deepEqual(attempts, [0, 1, 2]);
  await assert.rejects((await flaky.delay(9)).get(), { name: "MaxRetriesExceededError" });
});

test("autoretryFor retries, and the last error is the result", async () => {
  const app = eagerApp();
  let attempts = 0;
  const flaky = app.task("flaky", { autoretryFor: [RangeError], maxRetries: 2, retryBackoff: true }, () => {
    attempts += 1;
    throw new RangeError(`attempt ${attempts}`);
  });

  await assert.rejects((await flaky.delay()).get(), { name: "RangeError", message: "attempt 3" });
});

test("a rejected task has no result but its state", async () => {
  const app = eagerApp();
  const rejecting = app.task("rejecting", () => {
    throw new Reject("no");
  });

  assert.equal(await (await rejecting.delay()).state, "REJECTED");
});

test("callbacks follow a success, errbacks a failure", async () => {
  const app = eagerApp();
  /** @type {unknown[]} */
  const seen = [];
  const note = app.task(
    "note",
    (/** @type {unknown} */ value, /** @type {string} */ what) => void seen.push([what, value]),
  );
  const half = app.task("half", (/** @type {number} */ x) => {
    if (x === 0) throw new Error("zero");
    return x / 2;
  });
  const options = { link: note.s("linked"), linkError: note.s("failed"), taskId: "id1" };

  await half.applyAsync([4], options);
  await half.applyAsync([0], options);

  assert.deepEqual(seen, [
    ["linked", 2],
    ["failed", "id1"],
  ]);
});

test("a task that a task calls has it as parent", async () => {
  const app = eagerApp();
  const child = app.task("child", { bind: true }, (self) => [self.request.parentId, self.request.rootId]);
  const parent = app.task("parent", { bind: true }, async (self) => {
    const result = await child.delay();
    return [self.request.children.length, await result.get({ disableSyncSubtasks: false })];
  });

  assert.deepEqual(await (await parent.applyAsync([], { taskId: "p" })).get(), [1, ["p", "p"]]);
});

test("an unregistered task cannot be run eagerly", async () => {
  await assert.rejects(eagerApp().sendTask("nowhere"), { name: "NotRegistered" });
});
