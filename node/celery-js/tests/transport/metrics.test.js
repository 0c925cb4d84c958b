/** Metrics of a worker: counted in memory that threads share, written as Prometheus' text. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAMILIES, Metrics, RUNTIME_BUCKETS } from "../../src/transport/metrics.js";
import { writeMetrics } from "../../src/transport/metrics-text.js";

/** @param {Metrics} metrics */
const lines = (metrics) => writeMetrics([metrics], "host").split("\n");

test("another thread's view sees the same numbers", () => {
  const metrics = new Metrics();
  /** @type {import("../../src/transport/metrics.js").Series[]} */
  const told = [];
  const before = metrics.add("celery_worker_tasks_active");
  const view = new Metrics({ cells: metrics.cells, series: metrics.series });
  metrics.onSeries = (series) => told.push(series);

  metrics.set(before, 3);
  metrics.count(metrics.add("celery_task_received_total", ["t", "q"]));
  view.series.push(...told);

  assert.ok(lines(view).includes('celery_worker_tasks_active{hostname="host"} 3'));
  assert.ok(lines(view).includes('celery_task_received_total{hostname="host",name="t",queue_name="q"} 1'));
});

test("a histogram's buckets are cumulative, with Python's bounds", () => {
  const metrics = new Metrics();
  const at = metrics.add("celery_task_runtime", ["t", "q"]);

  for (const seconds of [0.005, 0.9, 1, 4000]) metrics.observe(at, RUNTIME_BUCKETS, seconds);

  const of = 'hostname="host",name="t",queue_name="q"';
  const text = lines(metrics);
  assert.ok(text.includes(`celery_task_runtime_bucket{${of},le="0.005"} 1`));
  assert.ok(text.includes(`celery_task_runtime_bucket{${of},le="1.0"} 3`));
  assert.ok(text.includes(`celery_task_runtime_bucket{${of},le="1800.0"} 3`));
  assert.ok(text.includes(`celery_task_runtime_bucket{${of},le="+Inf"} 4`));
  assert.ok(text.includes(`celery_task_runtime_sum{${of}} 4001.905`));
  assert.ok(text.includes(`celery_task_runtime_count{${of}} 4`));
});

test("quotes, backslashes and new lines in labels are escaped", () => {
  const metrics = new Metrics();
  metrics.set(metrics.add("celery_queue_length", ['a"b\\c\nd']), 1);

  assert.ok(lines(metrics).includes(String.raw`celery_queue_length{queue_name="a\"b\\c\nd"} 1`));
});

test("series that do not fit into the memory are not shown", () => {
  const metrics = new Metrics({ cells: new Float64Array(100) });
  const own = metrics.add("celery_worker_tasks_active");
  metrics.set(own, 7);

  for (let i = 0; i < 50; i += 1) {
    metrics.observe(metrics.add("celery_task_runtime", ["t", String(i)]), RUNTIME_BUCKETS, 1);
  }

  assert.ok(lines(metrics).includes('celery_worker_tasks_active{hostname="host"} 7'));
  assert.equal(metrics.series.length, 2);
});

test("every family has a help and its text once", () => {
  const metrics = new Metrics();
  const names = /** @type {(keyof typeof FAMILIES)[]} */ (Object.keys(FAMILIES));
  for (const name of names) {
    const labels = FAMILIES[name].labels.filter((label) => label !== "hostname");
    for (const value of ["a", "b"])
      metrics.add(
        name,
        labels.map(() => value),
      );
  }

  const types = lines(metrics).filter((line) => line.startsWith("# TYPE "));
  assert.deepEqual(
    types.map((line) => line.split(" ")[2]),
    names,
  );
});
