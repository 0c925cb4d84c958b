/**
 * Ends a worker's work: stops taking, puts back what has not started, waits for running tasks, and puts back those that
 * still run. Guarantee: if its server answers, every message of the worker is then settled or back in its queue.
 */
import { withinMs } from "./deadline.js";

/**
 * @param {Pick<import("./assembly.js").Assembly, "settleBatcher" | "dispatcher" | "consumer">} parts
 * @param {object} how
 * @param {number} how.graceMs how long it waits for running tasks
 * @param {number} how.limitMs after which it gives up on a server that does not answer
 * @param {AbortSignal} how.cold ends the waiting
 * @param {import("../observers/log.js").Logger} how.log
 * @returns {Promise<boolean>} false: it has given up
 */
export async function drain(parts, { graceMs, limitMs, cold, log }) {
  if (await withinMs(finish(parts, graceMs, cold, log), limitMs)) return true;
  log.error("The server does not answer; held messages return to their queues when their leases end");
  return false;
}

/**
 * @param {Pick<import("./assembly.js").Assembly, "settleBatcher" | "dispatcher" | "consumer">} parts
 * @param {number} graceMs
 * @param {AbortSignal} cold
 * @param {import("../observers/log.js").Logger} log
 */
async function finish({ settleBatcher, dispatcher, consumer }, graceMs, cold, log) {
  await consumer.stop();
  const putBack = await dispatcher.putBackWaiting();
  if (putBack > 0) log.info(`Put ${putBack} reserved task(s) back`);
  await waitForRunning(dispatcher, graceMs, cold);
  const cut = await dispatcher.putBackRunning();
  if (cut.length > 0) log.warn(`Put ${cut.length} running task(s) back: ${cut.join(", ")}`);
  await settleBatcher.drain();
}

/**
 * @param {import("../intake/dispatcher.js").Dispatcher} dispatcher
 * @param {number} graceMs
 * @param {AbortSignal} cold
 */
async function waitForRunning(dispatcher, graceMs, cold) {
  const grace = new AbortController();
  const timer = setTimeout(() => grace.abort(), graceMs);
  for (const end of [grace.signal, cold]) end.addEventListener("abort", () => dispatcher.wake(), { once: true });
  while (!dispatcher.isIdle && !grace.signal.aborted && !cold.aborted) await dispatcher.change();
  clearTimeout(timer);
}
