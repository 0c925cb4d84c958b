/** The two formats of the log. The spanning test test_logs.py compares the JSON with that of a Python worker. */
import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { describe, it } from "node:test";
import { Execution } from "../../../src/execution/execution.js";
import { taskFields } from "../../../src/execution/request.js";
import { createLogger } from "../../../src/worker/observers/log.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const REQUEST = /** @type {any} */ ({
  message: {
    id: "id-2",
    name: "shop.orders.charge",
    rootId: "id-1",
    parentId: "id-1",
    rawHeaders: { traceparent: `00-${TRACE}-b7ad6b7169203331-01` },
  },
  task: { name: "shop.orders.charge" },
  delivery: { queue: "orders" },
});
const IDS = {
  task: "shop.orders.charge",
  task_id: "id-2",
  root_id: "id-1",
  parent_id: "id-1",
  trace_id: TRACE,
  queue: "orders",
};

/** @param {string} format */
function logTo(format) {
  let text = "";
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const log = createLogger({ level: "debug", format, worker: "js@here", stream });
  return { log, lines: () => text.trimEnd().split("\n") };
}

/** @param {import("pino").Logger} log the worker's */
const taskLog = (log) => new Execution(REQUEST, /** @type {any} */ ({ log })).log;

describe("a JSON line", () => {
  it("has the level by Celery's name, the logger and the worker", () => {
    const { log, lines } = logTo("json");
    log.warn("careful");
    log.fatal("over");

    const [{ time, ...first }, second] = lines().map((line) => JSON.parse(line));
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(first, { level: "warning", worker: "js@here", logger: "celery.worker", message: "careful" });
    assert.equal(second.level, "critical");
  });

  it("of a task's own logger has its ids and its module, each once", () => {
    const { log, lines } = logTo("json");
    taskLog(log).info({ order: 7 }, "charging");

    const [line] = lines();
    const { time: _, ...fields } = JSON.parse(line);
    assert.deepEqual(fields, {
      level: "info",
      worker: "js@here",
      logger: "shop.orders",
      message: "charging",
      order: 7,
      ...IDS,
    });
    assert.equal(line.split('"logger"').length, 2);
  });

  it("describes an error that is logged by any of pino's ways", () => {
    const { log, lines } = logTo("json");
    const error = new RangeError("too far");
    taskLog(log).error({ err: error }, "failed");
    log.error({ error }, "failed");
    log.error(error);

    for (const { error, err } of lines().map((line) => JSON.parse(line))) {
      assert.deepEqual([error.type, error.message, err], ["RangeError", "too far", undefined]);
      assert.match(error.stack, /^RangeError: too far\n {4}at .*log\.test\.js/);
    }
  });
});

it("a pretty line has time, level and sentence, and maybe a task", () => {
  const { log, lines } = logTo("pretty");
  log.warn(taskFields(REQUEST), "Task received");
  taskLog(log).info("charging");

  assert.match(lines()[0], /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] WARNING: Task received$/);
  assert.match(lines()[1], /\] INFO: shop\.orders\.charge\[id-2\]: charging$/);
});
