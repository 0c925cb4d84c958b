/** Tasks that say where they run, and by which limits. */
import { setTimeout as delay } from "node:timers/promises";
import { isMainThread, threadId } from "node:worker_threads";
import { task } from "../../../../src/index.js";

export const where = task({ bind: true }, ({ request }) => {
  return { isMainThread, threadId, hostname: request.hostname, timeLimit: request.timeLimit };
});

export const send_on = task({ bind: true }, async ({ app }) => (await app.sendTask("shop.work.where")).id);

export const until_soft_limit = task({ bind: true }, ({ signal }) =>
  delay(60_000, undefined, { signal }).catch(() => signal.reason.name),
);

/** Ends the process, and all tasks that run in it. */
export const leave = async () => {
  await delay(5);
  process.exit(3);
};

export const rest = () => delay(60_000);
