/** A worker in the test's own process whose tasks are those of tests/worker/thread_tasks/, named `threads.work.*`. */
import { Celery } from "../../src/index.js";
import { makeLog } from "./worker.js";

/**
 * @param {string} url of the server
 * @param {import("../../src/worker/lifecycle/options.js").WorkerOptions} [options]
 * @param {Record<string, unknown>} [settings]
 */
export async function startThreadWorker(url, options = {}, settings = {}) {
  const app = new Celery("test", { brokerUrl: url, resultBackend: url, taskDefaultQueue: "q", ...settings });
  await app.autodiscoverTasks(new URL("../worker/pools/thread_tasks/", import.meta.url), { prefix: "threads" });
  const { log, lines } = makeLog();
  const worker = app.worker({ threadConcurrency: 2, log, ...options });
  await worker.start();
  /**
   * @param {string} task
   * @param {unknown[]} [args]
   * @param {import("../../src/tasks/send-options.js").SendOptions} [sendOptions]
   */
  const send = (task, args = [], sendOptions = {}) => app.sendTask(`threads.work.${task}`, args, sendOptions);
  /**
   * @param {string} task
   * @param {unknown[]} args
   */
  const call = async (task, ...args) => /** @type {any} */ ((await send(task, args)).get({ timeout: 15 }));
  const stop = async () => {
    await worker.stop({ cold: true });
    await app.close();
  };
  return { app, worker, lines, send, call, stop };
}
