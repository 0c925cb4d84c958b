/**
 * The Node worker of the conformance tests: every task below js_tasks/, its settings as JSON in CONFORMANCE. It takes the
 * options of `celery-js worker`.
 */
import { Celery, workerMain } from "./celery-js.js";
import { camelCaseKeys } from "./js_settings.js";

const { celery, node, queues, worker = {}, folders = [] } = JSON.parse(process.env.CONFORMANCE ?? "");

try {
  const app = new Celery("conformance", camelCaseKeys({ ...celery, ...node }));
  for (const folder of ["js_tasks", ...folders]) {
    await app.autodiscoverTasks(new URL(`./${folder}/`, import.meta.url), { prefix: "conformance" });
  }
  await workerMain(app, { queues: queues.split(","), ...camelCaseKeys(worker) });
} catch (error) {
  process.stderr.write(`${/** @type {Error} */ (error).stack}\n`);
  process.exitCode = 1;
}
