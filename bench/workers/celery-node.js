/** celery-node's worker. It has no limit of concurrency: it takes one message per round trip, and starts each at once. */
import celeryNode from "celery-node";
import { QUEUE, TASK } from "../queues/names.js";
import { orders, serve } from "./serve.js";

// Its log of two lines a task has no level: off, as everybody logs warnings only.
console.info = () => {};

const { url } = orders();
const worker = celeryNode.createWorker(url, url, QUEUE);
worker.register(TASK, async (x, y) => x + y);
await worker.isReady();
serve(() => worker.start());
