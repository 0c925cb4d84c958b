/**
 * The program of a thread of the pool `threads`: it imports the task modules once, then runs the tasks that the main thread gives
 * it, one at a time. Everything that a task does beyond computing goes through the main thread.
 */
import { pathToFileURL } from "node:url";
import { getHeapStatistics } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { ImproperlyConfigured } from "../../errors.js";
import { setProcessLog } from "../../execution/task-logger.js";
import { signals } from "../../signals.js";
import { currentTask } from "../../tasks/current.js";
import { taskOptions } from "../../tasks/define.js";
import { checkTaskOptions } from "../../tasks/options.js";
import { parseParameters } from "../../tasks/parameters.js";
import { packError } from "../../worker/pools/crossing.js";
import { registerBuiltins } from "../builtins.js";
import { MainThread, post } from "./main-thread.js";
import { createLog, createRun } from "./run.js";
import { ThreadApp, ThreadTask } from "./thread-app.js";

/** @typedef {import("../../worker/pools/thread.js").Assignment} Assignment */
/** @typedef {import("../../worker/pools/thread.js").Done} Done */
/** @typedef {{ name: string, file: string, exported: string }} TaskPlace where a task's function is exported */
/** @typedef {Omit<Done, "memoryBytes" | "isBroken">} Outcome */

const { main, settings, countsChords, hostname, logLevel, tasks, aborted } =
  /** @type {import("../../worker/pools/thread-data.js").OwnData} */ (workerData);
const mainThread = new MainThread();
const log = createLog(mainThread, logLevel);
setProcessLog(log); // before the task modules are imported
/** @type {import("./run.js").Running | null} */
let running = null;
/** Whether an ended task has thrown an exception since, which may have left anything half done. */
let isInDoubt = false;

/**
 * @param {Outcome} outcome
 * @param {boolean} isBroken
 */
function finish(outcome, isBroken) {
  if (running === null) return;
  running = null;
  const { used_heap_size, external_memory } = getHeapStatistics();
  post({ done: { ...outcome, isBroken: isBroken || isInDoubt, memoryBytes: used_heap_size + external_memory } });
}

/**
 * Handles an error that no promise of a task carries. The error of an ended task, which left code running, is only logged;
 * any other fails the running task. The thread is then replaced, because the failed task may still be at work, or the
 * exception may have left anything half done. After an ended task's rejection it stays.
 *
 * @param {unknown} error
 * @param {"unhandled rejection" | "uncaught exception"} kind
 */
function blame(error, kind) {
  const culprit = /** @type {import("../../execution/execution.js").Execution | null} */ (currentTask());
  const { delivery, message } = culprit?.request ?? {};
  if (running !== null && (delivery === undefined || delivery.number === running.number)) {
    const { options, children } = running;
    finish({ text: null, isResult: false, error: packError(error, options), unsent: null, children: children() }, true);
    return;
  }
  if (message) post({ stray: { kind, task: message.name, id: message.id, error: packError(error) } });
  isInDoubt ||= kind === "uncaught exception";
  if (running === null && (isInDoubt || !message)) throw error;
}

/**
 * Calls the receivers that the task modules have connected in this thread, with the worker's name as sender, as Celery does in each
 * process of its pool.
 *
 * @param {"workerProcessInit" | "workerProcessShutdown"} name
 * @param {Record<string, unknown>} payload
 */
async function sendSignal(name, payload) {
  await signals[name].send(hostname, payload, (error, sentence) => log.error({ error }, sentence));
}

/** Ends this thread, which has no task. */
async function shutDown() {
  await sendSignal("workerProcessShutdown", { pid: process.pid, exitcode: 0 });
  process.exit(0);
}

try {
  const app = new ThreadApp({ main, settings, countsChords, ask: mainThread.ask });
  await registerTasks(app, tasks);
  await sendSignal("workerProcessInit", {});
  const run = createRun({ app, hostname, mainThread, log, aborted });
  process.on("unhandledRejection", (error) => blame(error, "unhandled rejection"));
  process.on("uncaughtException", (error) => blame(error, "uncaught exception"));
  parentPort?.on("message", (message) => {
    if (message.run) {
      running = run(/** @type {Assignment} */ (message.run), (outcome) => finish(outcome, false));
    } else if (message.abort) running?.abort();
    else if (message.answer) mainThread.receive(message.answer);
    else if (message.shutdown) void shutDown();
  });
  // Only this thread knows which task ends it: the current one, or an earlier one that left code running.
  process.on("exit", (code) => {
    const execution = /** @type {import("../../execution/execution.js").Execution | null} */ (currentTask());
    if (execution) post({ exit: { code, task: execution.request.message.name, id: execution.request.message.id } });
  });
  post({ ready: true });
} catch (error) {
  post({ unusable: packError(error) });
}

/**
 * Imports the tasks from where the main thread found them.
 *
 * @param {ThreadApp} app
 * @param {TaskPlace[]} places
 * @throws {ImproperlyConfigured} when a module no longer exports what the main thread found in it
 */
async function registerTasks(app, places) {
  registerBuiltins(/** @type {any} */ (app));
  for (const { name, file, exported } of places) {
    const module = await import(pathToFileURL(file).href);
    const fn = module[exported];
    if (typeof fn !== "function") {
      throw new ImproperlyConfigured(`task ${name}: ${file} exports no function '${exported}' in a thread`);
    }
    const options = checkTaskOptions(taskOptions(fn) ?? {}, `task ${name}`);
    const { bind, params } = options;
    const parameters = parseParameters(fn, { bind, params, name });
    app.tasks.register(new ThreadTask({ app: /** @type {any} */ (app), name, fn, options, parameters }));
  }
}
