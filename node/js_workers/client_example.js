/**
 * Sends a task to the Python workers and one to the JavaScript workers, and prints their results.
 *
 * It needs only `celery-js` and none of the workers' code, so you can copy it into your own service.
 * `clients/node/client_example.js` sends the same tasks with types.
 */
import { Celery } from "celery-js";
import { run } from "celery-js/program";

const RESULT_TIMEOUT_S = 30;
const SERVER = "redis://127.0.0.1:6379/0";
const ROUTES = "py_workers.*=py-queue,js_workers.*=js-queue";

/** @returns {Celery} an app with the server and the routes, which choose a task's queue by its name */
function clientApp() {
  const { JOBS_BROKER_URL, JOBS_RESULT_BACKEND, JOBS_TASK_ROUTES } = process.env;
  const routes = (JOBS_TASK_ROUTES || ROUTES).split(",").map((pair) => pair.split("=").map((part) => part.trim()));
  return new Celery("js_client", {
    brokerUrl: JOBS_BROKER_URL || SERVER,
    resultBackend: JOBS_RESULT_BACKEND || SERVER,
    taskRoutes: Object.fromEntries(routes),
  });
}

/**
 * Prints both results.
 *
 * @throws {Error} if there is no server or no worker
 */
async function main() {
  const app = clientApp();
  const byPython = await app.sendTask("py_workers.tasks.example.arithmetic.add", [3, 2]);
  const byJs = await app.sendTask("js_workers.tasks.example.arithmetic.add", [1, 2]);
  let result = await byPython.get({ timeout: RESULT_TIMEOUT_S });
  process.stdout.write(`Result executed by python worker from js client : 3 + 2 = ${result}\n`);
  result = await byJs.get({ timeout: RESULT_TIMEOUT_S });
  process.stdout.write(`Result executed by js worker from js client : 1 + 2 = ${result}\n`);
}

await run(main);
