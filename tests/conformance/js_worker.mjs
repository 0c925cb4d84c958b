/** The Node worker of the conformance tests: every task below js_tasks/, its settings as JSON in CONFORMANCE. */
import { Celery } from "./celery-js.js";
import { camelCaseKeys } from "./js_settings.js";

const { celery, node, queues, worker = {} } = JSON.parse(process.env.CONFORMANCE ?? "");

try {
  const app = new Celery("conformance", camelCaseKeys({ ...celery, ...node }));
  await app.autodiscoverTasks(new URL("./js_tasks/", import.meta.url), { prefix: "conformance" });
  await app.worker({ queues: queues.split(","), ...camelCaseKeys(worker) }).run();
} catch (error) {
  process.stderr.write(`${/** @type {Error} */ (error).stack}\n`);
  process.exitCode = 1;
}
