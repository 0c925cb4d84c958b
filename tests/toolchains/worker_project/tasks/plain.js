/** Tasks in JavaScript. */
import { isMainThread } from "node:worker_threads";
import { task } from "celery-js";

/** @param {number} x @param {number} y */
export const add = (x, y) => x + y;

export const whereInThread = task({ pool: "threads" }, () => (isMainThread ? "event loop" : "thread"));

export const again = task({ bind: true, maxRetries: 3 }, (self) => {
  if (self.request.retries === 0) self.retry({ countdown: 0 });
  return self.request.retries;
});

/** @param {number} seconds */
export const wait = async (seconds) => {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return "done";
};
