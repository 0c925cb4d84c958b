/** Tasks that run in threads, whichever pool their worker has: a worker that has them starts some. */
import { threadId } from "node:worker_threads";
import { task } from "../celery-js.js";

export const where = task({ pool: "threads" }, () => threadId);
