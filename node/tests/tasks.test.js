/** A task is the function that its module exports. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Celery } from "celery-js";
import { add, mul } from "../js_workers/tasks/example/arithmetic.js";

test("add and mul do what they say", () => {
  assert.equal(add(1, 2), 3);
  assert.equal(mul(2, 3), 6);
});

test("the example tasks are found under their names", async () => {
  const app = new Celery("test");
  await app.autodiscoverTasks(new URL("../js_workers/tasks/", import.meta.url), { prefix: "js_workers.tasks" });

  assert.deepEqual(
    app.tasks.names().filter((name) => name.startsWith("js_workers.tasks.example.arithmetic.")),
    ["js_workers.tasks.example.arithmetic.add", "js_workers.tasks.example.arithmetic.mul"],
  );
});
