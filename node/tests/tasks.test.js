/** A task is the function that its module exports. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Celery } from "celery-js";
import { liveServer } from "celery-js/testing";
import { celerySettings } from "../js_workers/config.js";
import { add, mul } from "../js_workers/tasks/example/arithmetic.js";

test("add and mul add and multiply", () => {
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

test("a task called without a queue goes to the JavaScript workers", async (t) => {
  const server = await liveServer();
  const environment = { JOBS_BROKER_URL: server.url, JOBS_RESULT_BACKEND: server.url, JOBS_DEFAULT_QUEUE: "nobody" };
  const app = new Celery("test", celerySettings(environment));
  await app.autodiscoverTasks(new URL("../js_workers/tasks/", import.meta.url), { prefix: "js_workers.tasks" });
  const worker = app.worker({ queues: ["js-queue"] });
  t.after(async () => {
    await worker.stop();
    await app.close();
    await server.stop();
  });
  await worker.start();

  const result = await app.tasks.get("js_workers.tasks.example.arithmetic.add").delay(1, 2);

  assert.equal(await result.get({ timeout: 10 }), 3);
});
