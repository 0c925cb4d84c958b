/** Tasks that run where they say, whichever pool their worker has: a worker that has them has both pools. */
import { threadId } from "node:worker_threads";
import { task } from "../celery-js.js";

export const in_thread = task({ pool: "threads" }, () => threadId);

/** On the event loop, whose number is 0. */
export const on_loop = task({ pool: "async" }, () => threadId);
