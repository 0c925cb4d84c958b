/**
 * The Celery app of the JavaScript workers: wiring only.
 *
 * `node js_workers/worker.js` starts a worker with every task that is exported in a file below `tasks/`. It takes the options
 * of `celery worker`, such as `--pool threads -c 2`; `--help` lists them.
 */
import { run } from "celery-js/program";

await run(async () => {
  // Here, so that `run` can say in one line why they cannot be read.
  const { Celery, workerMain } = await import("celery-js");
  const { celerySettings, workerOptions } = await import("./config.js");
  const app = new Celery("js_workers", celerySettings());
  await app.autodiscoverTasks(new URL("./tasks/", import.meta.url), { prefix: "js_workers.tasks" });
  await workerMain(app, workerOptions());
});
