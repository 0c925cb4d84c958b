/**
 * Sends a task to the Python workers and one to the JavaScript workers through the npm package celery-ts, and prints their
 * results: for teams whose programs use that package already (`docs/celery-ts.md`).
 *
 * It needs nothing of the workers but their settings, whose routes choose the queue by the task's name. Run it with
 * `node js_workers/client_celery_ts_example.js`.
 */
import { Celery } from "celery-js";
import { celeryTsOptions } from "celery-js/celery-ts";
import { run } from "celery-js/program";
import { Client } from "celery-ts";
import { celerySettings } from "./config.js";

const RESULT_TIMEOUT_S = 30;

/** Prints a line per result; without a server or worker, throws an error whose message says so. */
async function main() {
  const app = new Celery("celery_ts_client", celerySettings());
  const client = new Client(celeryTsOptions(app, { resultTimeoutS: RESULT_TIMEOUT_S }));
  const addInPython = client.createTask("py_workers.tasks.example.arithmetic.add");
  const addInJs = client.createTask("js_workers.tasks.example.arithmetic.add");
  const [byPython, byJs] = await Promise.all([
    addInPython.applyAsync({ args: [3, 2], kwargs: {} }).get(),
    addInJs.applyAsync({ args: [1, 2], kwargs: {} }).get(),
  ]);
  process.stdout.write(`Result executed by python worker from celery-ts client : 3 + 2 = ${byPython}\n`);
  process.stdout.write(`Result executed by js worker from celery-ts client : 1 + 2 = ${byJs}\n`);
}

await run(main);
