/** taskAlwaysEager and Task.apply: a task runs where it is called, and behaves as in a worker. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Celery, DateTime, EagerResult, Reject } from "../../src/index.js";

/** No broker and no backend: eager tasks need none. @param {Record<string, unknown>} [settings] */
const eagerApp = (settings) =>
  new Celery("test", { taskAlwaysEager: true, brokerUrl: "redis://127.0.0.1:1/0", ...settings });

test("a task runs at once, with the methods of an AsyncResult", async () => {
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

test("apply() runs a task at once even without the setting", async () => {
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

test("a failure is in the result, or thrown if the settings say so", async () => {
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
    self.throwIfAborted();
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

test("a callback and a chain's next step have the task as parent", async () => {
  const app = eagerApp();
  /** @type {unknown[]} */
  const seen = [];
  const note = app.task("note", { bind: true }, (self, /** @type {number} */ value, /** @type {number} */ plus) => {
    const { id, rootId, parentId } = self.request;
    seen.push([id, value, parentId, rootId]);
    return value + plus;
  });
  const first = app.task("first", { bind: true }, (self) => {
    seen.push([self.request.id, self.request.children.length]);
    return 1;
  });
  const caller = app.task("caller", { bind: true }, async (self) => {
    const step = (/** @type {string} */ taskId) => note.signature([10], { taskId }).toJSON();
    await first.applyAsync([], {
      taskId: "a",
      link: note.signature([0], { taskId: "b" }),
      chain: [step("d"), step("c")],
    });
    return self.request.children.map(String);
  });

  const result = await caller.applyAsync([], { taskId: "root" });

  assert.deepEqual(seen, [
    ["a", 0],
    ["b", 1, "a", "root"],
    ["c", 1, "a", "root"],
    ["d", 11, "c", "root"],
  ]);
  assert.deepEqual(await result.get(), ["a"]);
});

test("a chain ends with the step that fails", async () => {
  const app = eagerApp();
  let ran = 0;
  const count = app.task("count", () => (ran += 1));
  const fail = app.task("fail", () => {
    throw new Error("no");
  });

  await count.applyAsync([], { chain: [count, fail, count].map((task) => task.si().toJSON()) });
  await fail.applyAsync([], { chain: [count.si().toJSON()] });

  assert.equal(ran, 2);
});

test("a result that is not JSON fails the task, as in a worker", async () => {
  const app = eagerApp();
  let followed = 0;
  const count = app.task("count", () => (followed += 1));
  const handler = app.task("handler", () => ({ on: [() => 1] }));

  const result = await handler.applyAsync([], { link: count.si() });

  assert.equal(await result.state, "FAILURE");
  await assert.rejects(result.get(), { name: "EncodeError", message: /result\.on\[0\] is a function/ });
  assert.equal(followed, 0);
  await assert.rejects(handler.apply([], { throw: true }), { name: "EncodeError" });
});

test("a state that cannot be stored fails the task, as in a worker", async () => {
  const app = eagerApp();
  const report = app.task("report", { bind: true }, async (self, /** @type {boolean} */ isWrong) => {
    await self.updateState("PROGRESS", isWrong ? { done: 1n } : { done: 1 });
  });

  assert.equal(await (await report.delay(false)).get(), null);
  await assert.rejects((await report.delay(true)).get(), { name: "EncodeError", message: /meta\.done is a BigInt/ });
});

test("a result is what a client reads", async () => {
  const app = eagerApp();
  const report = app.task("report", () => ({ when: new Date(0), gone: undefined }));
  const value = /** @type {Record<string, unknown>} */ (await (await report.delay()).get());

  assert.deepEqual(Object.keys(value), ["when"]);
  assert.ok(value.when instanceof DateTime);
});

test("self.retry() refuses an unknown option, with a suggestion", async () => {
  const app = eagerApp();
  const task = app.task("task", { bind: true }, (self, /** @type {object} */ options) => self.retry(options));

  for (const [options, message] of /** @type {[object, string][]} */ ([
    [{ countdwn: 5 }, "task: retry(): unknown option 'countdwn'; did you mean 'countdown'?"],
    [{ max_retries: 5 }, "task: retry(): unknown option 'max_retries'; did you mean 'maxRetries'?"],
    [{ lnk: {} }, "task: retry(): unknown option 'lnk'; did you mean 'link'?"],
    [{ countdown: "5" }, "task: retry(): option 'countdown' takes a number of seconds, not \"5\""],
  ])) {
    await assert.rejects((await task.delay(options)).get(), { name: "TypeError", message });
  }
});

test("null retry options count as not given", async () => {
  const app = eagerApp();
  const task = app.task("task", { bind: true }, (self, /** @type {number} */ x) => {
    if (self.request.retries === 0) self.retry({ args: null, kwargs: null, eta: null, queue: undefined, exc: null });
    return x;
  });

  assert.equal(await (await task.delay(5)).get(), 5);
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

test("handlers run in place, and their errors are reported", async () => {
  const app = eagerApp();
  /** @type {unknown[][]} */
  const told = [];
  const note =
    (/** @type {string} */ what) =>
    (/** @type {unknown[]} */ ...args) =>
      void told.push([what, ...args]);
  const handlers = {
    beforeStart: note("beforeStart"),
    onSuccess: note("onSuccess"),
    onFailure: note("onFailure"),
    onRetry: note("onRetry"),
    afterReturn: note("afterReturn"),
  };
  const options = { ...handlers, bind: /** @type {const} */ (true), maxRetries: 1 };
  const observed = app.task("observed", options, (self, /** @type {string} */ how) => {
    if (how === "retry" && self.request.retries === 0) self.retry({ countdown: 0, exc: new RangeError("later") });
    if (how === "fail") throw new RangeError("no");
    return how;
  });
  await observed.delay("fine");
  assert.deepEqual(
    told.splice(0).map(([what, first]) => [what, typeof first === "string" && first.length > 30 ? "an id" : first]),
    [
      ["beforeStart", "an id"],
      ["onSuccess", "fine"],
      ["afterReturn", "SUCCESS"],
    ],
  );
  await observed.delay("fail");
  assert.deepEqual(
    told.splice(0).map(([what]) => what),
    ["beforeStart", "onFailure", "afterReturn"],
  );
  await observed.delay("retry");
  assert.deepEqual(
    told.splice(0).map(([what]) => what),
    ["beforeStart", "onRetry", "beforeStart", "onSuccess", "afterReturn"],
  );
  observed.onSuccess = () => {
    throw new RangeError("the handler's");
  };
  await assert.rejects((await observed.delay("fine")).get(), { message: "the handler's" });
});
