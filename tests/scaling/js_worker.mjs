/** The Node worker: the template's settings, a task that waits, as for a database or another service. */
import { setTimeout as delay } from "node:timers/promises";
import { Celery, workerMain } from "../../node/celery-js/src/index.js";
import { celerySettings, workerOptions } from "../../node/js_workers/config.js";

const app = new Celery("scaling", celerySettings());
app.task("scaling.node", {}, async (/** @type {number} */ seconds) => {
  if (seconds) {
    await delay(seconds * 1000);
  }
  return seconds;
});
await workerMain(app, workerOptions());
