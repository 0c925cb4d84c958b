/** This project's worker, with its defaults. */
import { Celery } from "celery-js";
import { QUEUE, TASK } from "../queues/names.js";
import { orders, serve } from "./serve.js";

const { url, concurrency } = orders();
const app = new Celery("bench", { brokerUrl: url, resultBackend: url, workerLogLevel: "warning" });
app.task(TASK, async (/** @type {number} */ x, /** @type {number} */ y) => x + y);
const worker = app.worker({ queues: [QUEUE], concurrency });
serve(() => worker.start());
