/** Tasks of a thread that have handlers, log by their module's logger, and receive the signals of their process. */
import { setTimeout as delay } from "node:timers/promises";
import { isMainThread, threadId } from "node:worker_threads";
import { currentTask, getTaskLogger, signals, task } from "../../../../src/index.js";

const inThread = /** @type {const} */ ({ pool: "threads" });
const log = getTaskLogger("threads.helpers");
/** @type {unknown[]} */
const inits = [];

signals.workerProcessInit.connect(({ sender }) => {
  inits.push([sender, isMainThread]);
  log.info(`process init in ${isMainThread ? "the main thread" : "a thread"}`);
});
signals.workerProcessShutdown.connect(async ({ pid, exitcode }) => {
  await delay(20);
  log.info({ pid, exitcode }, `process shutdown in ${isMainThread ? "the main thread" : "a thread"}`);
});

export const initialized = task(inThread, () => ({ inits, threadId }));

/** @typedef {{ opened?: string }} Opened what `beforeStart` keeps in `self` */

export const prepared = task(
  {
    ...inThread,
    bind: true,
    beforeStart(/** @type {string} */ taskId, /** @type {unknown[]} */ args) {
      if (args[0] === "fail") throw new RangeError("not ready");
      /** @type {Opened} */ (this).opened = `${taskId} in ${threadId}`;
    },
  },
  (self, _how) => [/** @type {Opened} */ (self).opened, threadId],
);

async function help() {
  await delay(1);
  log.warn({ part: 1 }, "a line of a helper");
  const { request, name } = currentTask() ?? {};
  return [request?.id, name];
}
export const helped = task(inThread, async () => help());

export const tells = task({ ...inThread, bind: true }, (self) => self.sendEvent("task-progress", { done: 3 }));
