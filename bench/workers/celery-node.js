/** celery-node's worker. It has no limit of concurrency: one message per round trip, each started at once. */
import celeryNode from "celery-node";
import { QUEUE, TASK } from "../queues/names.js";
import { orders, serve } from "./serve.js";

// Its log of two lines a task has no level: off, as everybody logs warnings only.
console.info = () => {};

const { url } = orders();
const worker = celeryNode.createWorker(url, url, QUEUE);
worker.register(TASK, async (/** @type {number} */ x, /** @type {number} */ y) => x + y);
await worker.isReady();
serve(() => worker.start());
