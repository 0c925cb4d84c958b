/** A Node worker with the tasks of signatures.py: their sources come as JSON in TASKS. */
import { setTimeout as delay } from "node:timers/promises";
import { types } from "node:util";
import { Celery, DateTime, Decimal, PlainDate, PlainTime, task, UUID, workerMain } from "../conformance/celery-js.js";

/** @typedef {{ name: string, params: string }} Shape */

const { values, shapes } = /** @type {{ values: string[], shapes: Shape[] }} */ (JSON.parse(process.env.TASKS ?? ""));

/**
 * The value and its type, in words that the Python worker uses too.
 *
 * @param {unknown} value
 * @returns {string}
 */
function described(value) {
  if (value === null) return "null";
  if (typeof value === "string") return `text ${value}`;
  if (value instanceof DateTime || value instanceof Date) return `datetime ${value.toISOString()}`;
  if (value instanceof PlainDate) return `date ${value}`;
  if (value instanceof PlainTime) return `time ${value}`;
  if (value instanceof Decimal) return `decimal ${value}`;
  if (value instanceof UUID) return `uuid ${value}`;
  if (types.isUint8Array(value)) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return `[${value.map(described).join(", ")}]`;
  if (typeof value !== "object") return `${typeof value} ${value}`;
  const members = /** @type {Record<string, unknown>} */ (value);
  const keys = Object.keys(members).sort();
  return `{${keys.map((key) => `${key}: ${described(members[key])}`).join(", ")}}`;
}

const app = new Celery("js_tasks", {
  brokerUrl: process.env.JOBS_BROKER_URL,
  resultBackend: process.env.JOBS_RESULT_BACKEND,
});
for (const name of values) {
  app.task(`js_tasks.tasks.values.${name}`, (/** @type {unknown} */ value) => ({ seen: described(value), value }));
}
for (const { name, params } of shapes) {
  // `seen` gets an object with every parameter by its name.
  const make = new Function("described", `return ${params}`);
  app.task(`js_tasks.tasks.shapes.${name}`, make(described));
}
app.task(
  "js_tasks.tasks.flow.progress",
  task({ bind: true }, async (self, /** @type {number} */ steps) => {
    for (let done = 0; done < steps; done++) {
      await self.updateState("PROGRESS", { done });
      await delay(100); // a database shows the latest state only
    }
    return steps;
  }),
);
app.task("js_tasks.tasks.flow.fail", (/** @type {string} */ reason) => {
  throw new RangeError(reason);
});
app.task("js_tasks.tasks.flow.total", (/** @type {number[]} */ values, more = 0) =>
  values.reduce((sum, value) => sum + value, more),
);
app.task("js_tasks.tasks.flow.double", (/** @type {number} */ x) => 2 * x);
await workerMain(app, { queues: ["js"] });
