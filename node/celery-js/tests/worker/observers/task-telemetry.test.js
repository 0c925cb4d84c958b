import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { WorkerLostError } from "../../../src/errors.js";
import { reportErrorsTo } from "../../../src/telemetry/error-reports.js";
import { ErrorReports } from "../../../src/worker/observers/task-telemetry.js";

const message = { id: "id-2", name: "orders.charge", rootId: "id-1", parentId: "id-1", rawHeaders: {} };
const TAGS = { task: "orders.charge", task_id: "id-2", root_id: "id-1", parent_id: "id-1", trace_id: undefined };
const request = /** @type {any} */ ({
  message,
  task: { name: "orders.charge", options: { throws: [RangeError] } },
  delivery: { queue: "orders" },
  execution: null,
});
const error = new Error("no stock");

describe("error reports", () => {
  /** @type {Array<[Error, Record<string, string | undefined>]>} */
  let reported;
  const reports = new ErrorReports();
  beforeEach(() => {
    reported = [];
    reportErrorsTo((...report) => void reported.push(report));
  });
  afterEach(() => reportErrorsTo(null));

  it("have a failure with the fields of its log lines", () => {
    reports.failed(request, error, "settle");
    reports.failed(request, error, "bury");

    assert.deepEqual(reported, Array(2).fill([error, { ...TAGS, queue: "orders" }]));
  });

  it("leave out what runs again, and expected errors", () => {
    reports.failed(request, error, "leave");
    reports.failed(request, new RangeError("as expected"), "settle");

    assert.deepEqual(reported, []);
  });

  it("have a task that has lost its workers too often", () => {
    const lost = new WorkerLostError("lost 5 workers");
    const burial = /** @type {any} */ ({ error: lost, taskId: "id-2", message });
    reports.unknown(/** @type {any} */ ({ queue: "orders" }), burial);

    assert.deepEqual(reported, [[lost, { ...TAGS, queue: "orders" }]]);
  });

  it("have a message that cannot be read", () => {
    const burial = /** @type {any} */ ({ error, taskId: null, message: null });
    reports.unknown(/** @type {any} */ ({ queue: "orders" }), burial);

    assert.deepEqual(reported, [[error, { task_id: undefined, queue: "orders" }]]);
  });
});
