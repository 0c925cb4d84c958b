/** The app: its settings, its tasks and its signatures. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { Celery, Signature, task } from "../../src/index.js";

test("an app refuses wrong settings when it is made", () => {
  // @ts-expect-error: there is no such setting
  assert.throws(() => new Celery("test", { brokerUrll: "x" }), {
    message: /unknown setting 'brokerUrll'.*'brokerUrl'/,
  });
  assert.throws(() => new Celery("test", { brokerUrl: "kafka://h" }), { message: /unknown scheme 'kafka'/ });
  assert.throws(() => new Celery("test", { resultBackend: "rpc://" }), { message: /^resultBackend='rpc:\/\/'/ });
  assert.throws(() => new Celery("test", { brokerUrl: "http://h", resultBackend: "http://h" }), {
    message: /^brokerUrl=/,
  });
});

test("a task is registered under its name, and found by it", () => {
  const app = new Celery("test");
  const add = app.task("add", { bind: false }, (/** @type {number} */ x, /** @type {number} */ y) => x + y);

  assert.equal(app.tasks.get("add"), add);
  assert.deepEqual([add.name, add.app, add.fn(1, 2)], ["add", app, 3]);
  assert.ok(app.tasks.has("add"));
  assert.equal(app.tasks.size, app.tasks.names().length);
});

test("an app and its tasks are shown by their names, without passwords", () => {
  const app = new Celery("shop", { brokerUrl: "redis://:hunter2@127.0.0.1:1/0" });
  const predict = app.task("shop.predict", () => {});

  assert.equal(inspect(predict), "<@task: shop.predict of shop>");
  assert.equal(inspect({ app }), "{ app: <Celery shop> }");
});

test("every app has the tasks that Celery's workflows send", () => {
  const builtins = ["accumulate", "backend_cleanup", "chord_unlock", "chunks", "map", "starmap"].map(
    (name) => `celery.${name}`,
  );
  assert.deepEqual(new Celery("test").tasks.names(), builtins);
});

test("a function may bring its options and its name along", () => {
  const app = new Celery("main");
  function mul(/** @type {number} */ x) {
    return x;
  }

  assert.equal(app.task(mul).name, "main.mul");
  const own = app.task(task({ name: "own", maxRetries: 1, queue: "q" }, (/** @type {number} */ x) => x));
  assert.deepEqual([own.name, own.options.maxRetries], ["own", 1]);
});

test("an unknown task is NotRegistered, with the nearest name", () => {
  const app = new Celery("test");
  app.task("billing.charge", () => 1);

  assert.throws(() => app.tasks.get("billing.chrge"), {
    name: "NotRegistered",
    message: "Task 'billing.chrge' is not registered here. Did you mean 'billing.charge'?",
    args: ["billing.chrge"],
  });
});

test("a task name can be registered only once", () => {
  const app = new Celery("test");
  app.task("add", () => 1);

  assert.throws(() => app.task("add", () => 2), { name: "DuplicateTaskError" });
});

for (const [what, last, error] of [
  ["whose name is taken", "export const taken = () => 1;", "DuplicateTaskError"],
  ["whose parameters cannot be read", "export const taken = Math.max.bind(null);", "ImproperlyConfigured"],
]) {
  test(`of a folder with a task ${what}, none is registered`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "celery-js-tasks-"));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "a.mjs"), "export const one = () => 1;");
    writeFileSync(join(folder, "b.mjs"), last);
    const app = new Celery("test");
    app.task("found.b.taken", () => 1);

    await assert.rejects(app.autodiscoverTasks(folder, { prefix: "found" }), { name: error });

    const found = app.tasks.names().filter((name) => !name.startsWith("celery."));
    assert.deepEqual(found, ["found.b.taken"]);
  });
}

test("a wrong task option is refused", () => {
  const app = new Celery("test");

  assert.throws(() => app.task("add", /** @type {object} */ ({ maxRetrys: 1 }), () => 1), {
    name: "ImproperlyConfigured",
    message: /maxRetrys.*maxRetries/,
  });
  // @ts-expect-error: the types say so already
  assert.throws(() => app.task("add"), { name: "TypeError" });
});

test("a signature is Celery's dict, with snake_case options", () => {
  const app = new Celery("test");
  const add = app.task("add", (/** @type {number} */ x, /** @type {number} */ y) => x + y);
  const signature = add.signature([1], { kwargs: { y: 2 }, taskId: "id1", linkError: add.si(0, 0) });

  assert.deepEqual(JSON.parse(JSON.stringify(signature)), {
    task: "add",
    args: [1],
    kwargs: { y: 2 },
    options: {
      task_id: "id1",
      link_error: { task: "add", args: [0, 0], kwargs: {}, options: {}, subtask_type: null, immutable: true },
    },
    subtask_type: null,
    immutable: false,
  });
});

test("extra arguments come first; immutable signatures ignore them", () => {
  const app = new Celery("test");
  const open = app.signature("add", [2], { kwargs: { a: 1 }, priority: 3 });
  const closed = app.signature("add", [2], { immutable: true });

  const call = open.clone([1], { kwargs: { b: 2 }, priority: 6 });
  assert.deepEqual([call.args, call.kwargs, call.options], [[1, 2], { a: 1, b: 2 }, { priority: 6 }]);
  assert.deepEqual(closed.clone([1], { kwargs: { b: 2 } }).args, [2]);
  assert.deepEqual([open.args, open.options], [[2], { priority: 3 }]);
});

test("a signature can be rebuilt from Celery's dict", () => {
  const app = new Celery("test");
  const data = {
    task: "add",
    args: [1],
    kwargs: { y: 2 },
    options: { task_id: "id1", soft_time_limit: 3 },
    subtask_type: null,
    immutable: true,
  };

  const signature = app.signature(data);

  assert.ok(signature instanceof Signature);
  assert.deepEqual(signature.options, { taskId: "id1", softTimeLimit: 3 });
  assert.deepEqual(JSON.parse(JSON.stringify(signature)), data);
  assert.equal(app.signature(signature), signature);
});

test("set() adds options to the signature", () => {
  const app = new Celery("test");
  const signature = app.signature("add").set({ queue: "q", immutable: true });

  assert.deepEqual([signature.options, signature.immutable], [{ queue: "q" }, true]);
});
