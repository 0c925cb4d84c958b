/** A worker that runs its tasks on the event loop and in threads. */
import { Celery } from "celery-js";

const url = process.env.JOBS_BROKER_URL;
const settings = { brokerUrl: url, resultBackend: url, taskDefaultQueue: "js-queue", workerThreadConcurrency: 1 };
const app = new Celery("jobs", settings);
await app.autodiscoverTasks(new URL("./tasks/", import.meta.url), { prefix: "jobs" });
await app.worker({ queues: ["js-queue"] }).run();
