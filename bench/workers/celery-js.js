/** This project's worker, with its defaults but for what the mode says: `events`, `metrics`, `threads`, or a number of queues. */
import { Celery } from "celery-js";
import { QUEUE, queueNames, SINCE, SIZE, TASK, TOTAL } from "../queues/names.js";
import { orders, serve } from "./serve.js";

const { url, concurrency, mode } = orders();
const isThreaded = mode === "threads";
const app = new Celery("bench", {
  brokerUrl: url,
  resultBackend: url,
  taskDefaultQueue: QUEUE,
  workerLogLevel: "warning",
  workerSendTaskEvents: mode === "events",
  ...(mode === "events" && { taskSendSentEvent: true }),
  ...(mode === "metrics" && { workerHealthAddress: "0" }),
});
// A thread imports its tasks itself, and cannot import these.
const here = /** @type {const} */ ({ pool: "async" });
app.task(TASK, here, async (/** @type {number} */ x, /** @type {number} */ y) => x + y);
app.task(SIZE, here, async (/** @type {string} */ text) => text.length);
app.task(SINCE, here, async (/** @type {number} */ sentAt) => performance.timeOrigin + performance.now() - sentAt);
app.task(TOTAL, here, async (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0));
if (isThreaded) await app.autodiscoverTasks(new URL("../tasks/", import.meta.url), { prefix: "bench.tasks" });
const queues = Number(mode) > 0 ? queueNames(Number(mode)) : [QUEUE];
const worker = app.worker({ queues, concurrency, ...(isThreaded && { pool: "threads" }) });
serve(() => worker.start());
