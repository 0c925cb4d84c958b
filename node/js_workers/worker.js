/**
 * The Celery app of the JavaScript workers: wiring only.
 *
 * `node js_workers/worker.js` starts a worker with every task that is exported in a file below `tasks/`.
 */
import { celerySettings, workerOptions } from "./config.js";
import { checkNodeVersion, exitWith } from "./environment.js";

try {
  checkNodeVersion();
  const { Celery } = await import("celery-js"); // not earlier: an older Node could not even read it
  const app = new Celery("js_workers", celerySettings());
  await app.autodiscoverTasks(new URL("./tasks/", import.meta.url), { prefix: "js_workers.tasks" });
  await app.worker(workerOptions()).run();
} catch (error) {
  exitWith(error);
}
