/** This project's worker, with its defaults. */
import { Celery } from "celery-js";
import { QUEUE, SINCE, SIZE, TASK } from "../queues/names.js";
import { orders, serve } from "./serve.js";

const { url, concurrency } = orders();
const app = new Celery("bench", { brokerUrl: url, resultBackend: url, workerLogLevel: "warning" });
app.task(TASK, async (/** @type {number} */ x, /** @type {number} */ y) => x + y);
app.task(SIZE, async (/** @type {string} */ text) => text.length);
app.task(SINCE, async (/** @type {number} */ sentAt) => performance.timeOrigin + performance.now() - sentAt);
const worker = app.worker({ queues: [QUEUE], concurrency });
serve(() => worker.start());
