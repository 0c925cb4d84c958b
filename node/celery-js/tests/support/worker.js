/** A worker inside the test's own process, on a test server. */
import { Writable } from "node:stream";
import pino from "pino";
import { Celery } from "../../src/index.js";

/**
 * @param {string} url of the server
 * @param {Record<string, (...args: any[]) => unknown>} tasks by name
 * @param {{ settings?: Record<string, unknown>, options?: import("../../src/worker/options.js").WorkerOptions }} [rest]
 */
export async function startWorker(url, tasks, { settings = {}, options = {} } = {}) {
  const app = new Celery("test", { brokerUrl: url, resultBackend: url, taskDefaultQueue: "q", ...settings });
  for (const [name, fn] of Object.entries(tasks)) app.task(name, fn);
  /** @type {Array<{ level: string, msg: string }>} */
  const lines = [];
  const sink = new Writable({
    write(chunk, _, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const log = pino({ level: "debug", base: null, formatters: { level: (level) => ({ level }) } }, sink);
  const worker = app.worker({ log, ...options });
  await worker.start();
  const stop = async () => {
    await worker.stop();
    await app.close();
  };
  return { app, worker, lines, stop };
}
