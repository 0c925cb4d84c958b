/** This project's worker, with its defaults but for what the mode says: `events`, `threads`, or a number of queues. */
import { Celery } from "celery-js";
import { QUEUE, queueNames, SINCE, SIZE, TASK, TOTAL } from "../queues/names.js";
import { orders, serve } from "./serve.js";

const { url, concurrency, mode } = orders();
const isThreaded = mode === "threads";
const app = new Celery("bench", {
  brokerUrl: url,
  resultBackend: url,
  workerLogLevel: "warning",
  workerSendTaskEvents: mode === "events",
  ...(mode === "events" && { taskSendSentEvent: true }),
});
app.task(TASK, async (/** @type {number} */ x, /** @type {number} */ y) => x + y);
app.task(SIZE, async (/** @type {string} */ text) => text.length);
app.task(SINCE, async (/** @type {number} */ sentAt) => performance.timeOrigin + performance.now() - sentAt);
app.task(TOTAL, async (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0));
if (isThreaded) await app.autodiscoverTasks(new URL("../tasks/", import.meta.url), { prefix: "bench.tasks" });
const queues = Number(mode) > 0 ? queueNames(Number(mode)) : [QUEUE];
const worker = app.worker({ queues, concurrency, ...(isThreaded && { pool: "threads" }) });
serve(() => worker.start());
