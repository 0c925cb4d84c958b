/** A Node worker: its settings and the options of `app.worker()` as JSON in WORKER. */
import { appendFileSync, readFileSync } from "node:fs";
import { Celery, Reject } from "../../../node/celery-js/src/index.js";

const { settings, options } = JSON.parse(process.env.WORKER ?? "");
const app = new Celery("tests", {
  taskTimeLimit: 300,
  workerPrefetchMultiplier: 1,
  workerHealthAddress: process.env.HEALTH_ADDRESS ?? null,
  ...settings,
});
const sleep = (/** @type {number} */ seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

app.task("tests.add", (x, y) => x + y);
app.task("tests.total", (numbers) => numbers.reduce((/** @type {number} */ x, /** @type {number} */ y) => x + y, 0));
app.task("tests.now", () => Date.now() / 1000);
app.task("tests.sleep", async (seconds) => {
  await sleep(seconds);
  return seconds;
});
app.task("tests.block", (seconds) => {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end);
  return seconds;
});
app.task("tests.die", () => process.kill(process.pid, "SIGKILL"));
app.task("tests.retry", { bind: true, maxRetries: 3 }, (self, countdown) => {
  if (self.request.retries < 2) self.retry({ countdown });
  return { retries: self.request.retries, info: self.request.deliveryInfo, headers: self.request.headers };
});
app.task("tests.put_back", (file, times) => {
  appendFileSync(file, "x");
  const runs = readFileSync(file, "utf8").length;
  if (runs <= times) throw new Reject("again", { requeue: true });
  return runs;
});
if (process.env.LONG_TASK_S) app.task("tests.long", { timeLimit: Number(process.env.LONG_TASK_S) }, () => {});

await app.worker(options).run();
