/** The Node worker: the template's settings, one task. */
import { setTimeout as delay } from "node:timers/promises";
import { Celery, workerMain } from "../../node/celery-js/src/index.js";
import { celerySettings, workerOptions } from "../../node/js_workers/config.js";
import { append } from "./ledger.js";

const ledger = process.env.OUTAGES_LEDGER ?? "";

const app = new Celery("outages", celerySettings());
app.task("outages.node", {}, async (label) => {
  append(ledger, "start", label, Date.now() / 1000);
  await delay(20);
  append(ledger, "end", label, Date.now() / 1000);
  return label;
});
await workerMain(app, workerOptions());
