/** A worker to be bundled without its packages. */
import { Celery } from "celery-js";

const { JOBS_BROKER_URL: brokerUrl, JOBS_RESULT_BACKEND: resultBackend } = process.env;
const app = new Celery("jobs", { brokerUrl, resultBackend, taskDefaultQueue: "js-queue" });
app.task("jobs.subtract", { params: ["x", "y"] }, (x, y) => x - y);
await app.worker({ queues: ["js-queue"] }).run();
