/**
 * The Celery app of the JavaScript workers.
 *
 * `node js_workers/worker.js` starts a worker with all tasks that files in `tasks/` export. It takes the options of
 * `celery worker`, such as `--pool threads -c 2`; `--help` lists them.
 */
import { run } from "celery-js/program";

await run(async () => {
  // Imported here, so that `run` prints one line if an import fails.
  const { startTelemetry } = await import("celery-js/telemetry");
  await startTelemetry("js_workers");
  const { Celery, workerMain } = await import("celery-js");
  const { celerySettings, workerOptions } = await import("./config.js");
  const app = new Celery("js_workers", celerySettings());
  await app.autodiscoverTasks(new URL("./tasks/", import.meta.url), { prefix: "js_workers.tasks" });
  await workerMain(app, workerOptions());
});
