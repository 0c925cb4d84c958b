/** The Node worker of the ledger: one task, its settings as JSON in CHAOS. */
import { setTimeout as delay } from "node:timers/promises";
import { Celery } from "../../node/celery-js/src/index.js";
import { camelCaseKeys } from "../conformance/js_settings.js";
import { append, appendHostile } from "./ledger.js";

const { celery, delivery, queues, ledger, hostile, hostname, kill_at } = JSON.parse(process.env.CHAOS ?? "");

/**
 * @param {any} self
 * @param {string[] | null} parts what those of a chord returned, when this is its body
 * @param {{ number: number, step: number, seconds: number, retries?: number }} job
 */
async function work(self, parts = null, { number, step, seconds, retries = 0 }) {
  if (parts?.some((part, i) => part !== `${number}-${i}`) || (parts ?? Array(step)).length !== step) {
    throw new Error(`the parts of chord ${number} are ${parts}`);
  }
  append(ledger, "start", self.request, number, step);
  await delay(seconds * 1000);
  if (self.request.retries < retries) {
    append(ledger, "retry", self.request, number, step);
    self.retry({ countdown: 0.2 });
  }
  append(ledger, "end", self.request, number, step);
  return `${number}-${step}`;
}

const app = new Celery("chaos", camelCaseKeys({ ...celery, ...delivery, worker_soft_shutdown_timeout: 15 }));
app.task(
  "chaos.node",
  { bind: true, maxRetries: null },
  kill_at ? (await import("./kill_points.mjs")).dying(work) : work,
);
app.task("hostile.run", { bind: true }, (/** @type {any} */ self) => appendHostile(hostile, self.request));
await app.worker({ queues: queues.split(","), hostname }).run();
