/** A worker to be bundled without its packages. */
import { Celery } from "celery-js";

const url = process.env.JOBS_BROKER_URL;
const app = new Celery("jobs", { brokerUrl: url, resultBackend: url, taskDefaultQueue: "js-queue" });
app.task("jobs.subtract", { params: ["x", "y"] }, (x, y) => x - y);
await app.worker({ queues: ["js-queue"] }).run();
