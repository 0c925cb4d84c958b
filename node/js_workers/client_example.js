/**
 * Sends a task by its name to the Python workers and one to the JavaScript workers, and prints their results.
 *
 * It needs nothing of the workers but their settings, whose routes choose the queue by the task's name. Run it with
 * `node js_workers/client_example.js`.
 */
import { celerySettings } from "./config.js";
import { checkNodeVersion, exitWith } from "./environment.js";

const RESULT_TIMEOUT_S = 30;

/** Prints a line per result; without a server or worker, throws an error whose message says so. */
async function main() {
  checkNodeVersion();
  const { Celery } = await import("celery-js");
  const app = new Celery("js_client", celerySettings());
  const byPython = await app.sendTask("py_workers.tasks.example.arithmetic.add", [3, 2]);
  const byJs = await app.sendTask("js_workers.tasks.example.arithmetic.add", [1, 2]);
  let result = await byPython.get({ timeout: RESULT_TIMEOUT_S });
  process.stdout.write(`Result executed by python worker from js client : 3 + 2 = ${result}\n`);
  result = await byJs.get({ timeout: RESULT_TIMEOUT_S });
  process.stdout.write(`Result executed by js worker from js client : 1 + 2 = ${result}\n`);
}

try {
  await main();
} catch (error) {
  const isLate = error instanceof Error && error.name === "TimeoutError";
  exitWith(isLate ? `No result within ${RESULT_TIMEOUT_S} s: is a worker of each language running?` : error);
}
