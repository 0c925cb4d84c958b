/** The metrics of tasks: their number of series has a limit, whatever happens. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "../../../src/transport/metrics.js";
import { writeMetrics } from "../../../src/transport/metrics-text.js";
import { TaskMetrics } from "../../../src/worker/observers/task-metrics.js";

/** @typedef {import("../../../src/execution/request.js").Request} Request */

/**
 * @param {string} name
 * @param {object} [properties]
 */
function requestOf(name, properties = {}) {
  const delivery = { number: 1, tag: "t", queue: "q", workersLost: 0, raw: "" };
  const request = { task: { name }, delivery, message: { properties }, etaMs: null, acknowledged: false };
  return /** @type {Request} */ (/** @type {unknown} */ (request));
}

/** @param {string[]} names */
function registryOf(names) {
  const registry = { has: () => true, names: () => names };
  return /** @type {import("../../../src/worker/model/types.js").TaskRegistry} */ (/** @type {unknown} */ (registry));
}

/** @param {Metrics} metrics @param {RegExp} pattern */
const matching = (metrics, pattern) =>
  writeMetrics([metrics], "h")
    .split("\n")
    .filter((line) => pattern.test(line));

test("a success counts at once, a failure once it is stored", () => {
  const metrics = new Metrics();
  const observer = new TaskMetrics(metrics);
  const request = requestOf("add");

  observer.received(request, true);
  observer.started(request);
  observer.succeeded(request, 3, 20);
  const notify = observer.failed(request, new TypeError("x"), "settle");
  assert.deepEqual(matching(metrics, /failed_total\{.* 1$/), []);
  notify?.();

  assert.equal(matching(metrics, /failed_total\{.*exception="TypeError"\} 1$/).length, 1);
  assert.equal(matching(metrics, /celery_task_(received|started|succeeded)_total\{.* 1$/).length, 3);
  assert.equal(matching(metrics, /celery_task_queue_wait_time_count\{.* 0$/).length, 1, "it has no time of sending");
});

for (const text of ["\ud800", "a\nb", "\0", "x".repeat(201)]) {
  test(`a text that cannot be a label counts as other: ${JSON.stringify(text).slice(0, 10)}`, () => {
    const metrics = new Metrics();
    const observer = new TaskMetrics(metrics);
    const request = requestOf("task");
    request.delivery.queue = text;

    observer.sent(text, "q");
    observer.sent("task", text);
    observer.received(request, true);
    observer.buried("q", text, 1);
    observer.buried(text, "reason", 2);

    assert.equal(matching(metrics, /^celery_task_sent_total\{.*name="other",queue_name="other"\} 2$/).length, 1);
    assert.equal(matching(metrics, /^celery_task_received_total\{.*name="other",queue_name="other"\} 1$/).length, 1);
    assert.equal(
      matching(metrics, /^celery_worker_dead_letters_total\{.*queue_name="q",reason="other"\} 1$/).length,
      1,
    );
    assert.equal(
      matching(metrics, /^celery_worker_dead_letters_total\{.*queue_name="other",reason="\w+"\} 2$/).length,
      1,
    );
  });
}

test("a timestamp that cannot be a time is ignored", () => {
  const metrics = new Metrics();
  const observer = new TaskMetrics(metrics);

  for (const timestamp of ["now", null, {}, true, 0, -5, 1e30, Infinity, -Infinity, NaN])
    observer.started(requestOf("add", { timestamp }));
  observer.started(requestOf("add", { timestamp: Date.now() / 1000 + 100 }));

  assert.equal(matching(metrics, /celery_task_queue_wait_time_count\{.* 1$/).length, 1);
  assert.equal(
    matching(metrics, /celery_task_queue_wait_time_sum\{.* 0$/).length,
    1,
    "a clock that is ahead waits 0 s",
  );
});

test("sent tasks over the limit count as other", () => {
  const metrics = new Metrics();
  const observer = new TaskMetrics(metrics);

  for (let i = 0; i < 600; i += 1) observer.sent(`task${i}`, "q");
  observer.sent("task0", "q");

  assert.equal(matching(metrics, /celery_task_sent_total\{/).length, 501);
  assert.equal(matching(metrics, /celery_task_sent_total\{.*name="other".* 100$/).length, 1);
  assert.equal(matching(metrics, /celery_task_sent_total\{.*name="task0".* 2$/).length, 1);
});

test("tasks that have not run have counters of 0, and no histograms", () => {
  const metrics = new Metrics();
  const observer = new TaskMetrics(metrics);

  observer.consumes(["q"], registryOf(["add", "celery.chord"]));
  observer.consumes(["q"], registryOf(["add", "celery.chord"]));

  const shown = matching(metrics, /^celery_task_/);
  assert.equal(shown.length, 8);
  for (const line of shown) assert.match(line, /^celery_task_\w+_total\{.*name="add",queue_name="q".*\} 0$/);
  observer.started(requestOf("add"));
  observer.succeeded(requestOf("add"), 3, 20);
  assert.equal(matching(metrics, /celery_task_(runtime|queue_wait_time)_count\{.*name="add"/).length, 2);
});

test("an app with too many tasks shows those that have run", () => {
  const metrics = new Metrics();
  const observer = new TaskMetrics(metrics);

  const names = Array.from({ length: 300 }, (_, i) => `task${i}`);
  observer.consumes(["q", "other"], registryOf(names));
  observer.received(requestOf("more"), true);

  assert.equal(matching(metrics, /^celery_task_received_total\{.*queue_name="q"\} 0$/).length, 300);
  assert.equal(matching(metrics, /^celery_task_received_total\{.*queue_name="other"/).length, 0);
  assert.equal(matching(metrics, /^celery_task_received_total\{.*name="more",queue_name="q"\} 1$/).length, 1);
});

test("tasks, exceptions and reasons over their limits count as other", () => {
  const metrics = new Metrics();
  const observer = new TaskMetrics(metrics);

  for (let i = 0; i < 600; i += 1) observer.received(requestOf(`task${i}`), true);
  for (let i = 0; i < 50; i += 1) {
    observer.failed(
      requestOf("task0"),
      Object.assign(new Error("x"), { constructor: { name: `E${i}` } }),
      "settle",
    )?.();
    observer.buried("q", `reason${i * 2}`, 1);
    observer.buried("q", `reason${i * 2 + 1}`, 1);
  }

  assert.equal(matching(metrics, /^celery_task_received_total\{/).length, 501);
  assert.equal(matching(metrics, /^celery_task_received_total\{.*name="other".* 100$/).length, 1);
  assert.ok(matching(metrics, /^celery_task_failed_total\{.*name="task0",/).length <= 21);
  assert.equal(matching(metrics, /^celery_worker_dead_letters_total\{/).length, 51);
  assert.equal(matching(metrics, /^celery_worker_dead_letters_total\{.*reason="other"\} 50$/).length, 1);
});
