/** A worker inside the test's own process, on a test server. */
import { Writable } from "node:stream";
import pino from "pino";
import { Celery } from "../../src/index.js";

/**
 * @param {string} url of the server
 * @param {Record<string, (...args: any[]) => unknown>} tasks by name
 * @param {{ settings?: Record<string, unknown>, options?: import("../../src/worker/lifecycle/options.js").WorkerOptions }} [rest]
 */
export async function startWorker(url, tasks, rest = {}) {
  const made = makeWorker(url, tasks, rest);
  await made.worker.start();
  return made;
}

/**
 * A worker that is not started yet.
 *
 * @param {string} url of the server
 * @param {Record<string, (...args: any[]) => unknown>} tasks by name
 * @param {{ settings?: Record<string, unknown>, options?: import("../../src/worker/lifecycle/options.js").WorkerOptions }} [rest]
 */
export function makeWorker(url, tasks, { settings = {}, options = {} } = {}) {
  const app = new Celery("test", { brokerUrl: url, resultBackend: url, taskDefaultQueue: "q", ...settings });
  for (const [name, fn] of Object.entries(tasks)) app.task(name, fn);
  const { log, lines } = makeLog();
  const worker = app.worker({ log, ...options });
  const stop = async () => {
    await worker.stop();
    await app.close();
  };
  return { app, worker, lines, stop };
}

/** A log whose lines are kept. */
export function makeLog() {
  /** @type {Array<{ level: string, msg: string, task_id?: string, meta?: unknown }>} */
  const lines = [];
  const sink = new Writable({
    write(chunk, _, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const log = pino({ level: "debug", base: null, formatters: { level: (level) => ({ level }) } }, sink);
  return { log, lines };
}

/**
 * A log that breaks, as one may that belongs to the program around the worker.
 *
 * @param {RegExp} forbidden lines for which it throws
 * @returns {import("pino").Logger}
 */
export function failingLog(forbidden) {
  /** @type {import("pino").LoggerOptions["hooks"]} */
  const hooks = {
    logMethod(args, method) {
      if (args.some((arg) => forbidden.test(String(arg)))) throw new Error("no log for this");
      method.apply(this, args);
    },
  };
  return pino({ level: "debug", hooks }, new Writable({ write: (_chunk, _encoding, done) => done() }));
}
