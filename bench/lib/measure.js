/**
 * Measures one round of one system: a fresh server, a queue filled beforehand, one worker process. What counts as done
 * is a stored result, seen from outside and in the same way for every system.
 */
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { end, startModule, untilEnded } from "./processes.js";
import { startServer } from "./server.js";

const POLL_MS = 5;
/** A worker that does nothing for so long has lost tasks, or hangs. */
const STANDSTILL_MS = 10_000;
const CHECK_BATCH = 1_000;

/**
 * @typedef {object} Measurement
 * @property {number} perSecond tasks
 * @property {number} workerCpuUs CPU time of the worker process per task, all its threads
 * @property {number} serverCpuUs CPU time of the server per task
 * @property {number} peakRssMb of the worker process
 *
 * @typedef {object} Instant
 * @property {number} done results stored
 * @property {number} atMs
 * @property {number} workerCpuUs
 * @property {number} serverCpuUs
 * @property {number} peakRssMb
 */

/**
 * @param {import("../systems.js").System} system
 * @param {{ tasks: number, warmUp: number, concurrency: number }} load `warmUp` tasks come before the
 *   measured ones
 * @returns {Promise<Measurement>}
 * @throws {Error} when the worker or the server ends, the worker stands still, or a result is missing or wrong
 */
export async function measureRound(system, { tasks, warmUp, concurrency }) {
  const total = warmUp + tasks;
  const server = await startServer();
  try {
    await Promise.race([system.queue.fill(server.port, total), server.failed]);
    const worker = startModule(system.worker, [String(server.port), String(concurrency)]);
    const failed = [server.failed, untilEnded(worker, `${system.name}'s worker`)];
    try {
      return await Promise.race([measure(system, server, worker, { warmUp, total }), ...failed]);
    } finally {
      await end(worker);
    }
  } finally {
    await server.stop();
  }
}

/**
 * @param {import("../systems.js").System} system
 * @param {import("./server.js").Server} server
 * @param {import("./processes.js").ChildProcess} worker
 * @param {{ warmUp: number, total: number }} load
 * @returns {Promise<Measurement>}
 */
async function measure(system, server, worker, { warmUp, total }) {
  const signal = AbortSignal.timeout(STANDSTILL_MS);
  await once(worker, "message", { signal }).catch(() => {
    throw new Error(`${system.name}'s worker is not ready after ${STANDSTILL_MS / 1000} s`);
  });
  worker.send("start");
  const first = await reach(system, server, worker, warmUp);
  const last = await reach(system, server, worker, total);
  await checkResults(system, server, total);
  const tasks = last.done - first.done;
  return {
    perSecond: tasks / ((last.atMs - first.atMs) / 1000),
    workerCpuUs: (last.workerCpuUs - first.workerCpuUs) / tasks,
    serverCpuUs: (last.serverCpuUs - first.serverCpuUs) / tasks,
    peakRssMb: last.peakRssMb,
  };
}

/**
 * @param {import("../systems.js").System} system
 * @param {import("./server.js").Server} server
 * @param {import("./processes.js").ChildProcess} worker
 * @param {number} goal
 * @returns {Promise<Instant>} when so many results are stored
 */
async function reach(system, server, worker, goal) {
  let done = 0;
  let progressAtMs = performance.now();
  for (;;) {
    const before = done;
    done = await system.queue.countResults(server.client);
    const atMs = performance.now();
    if (done >= goal) return { done, atMs, ...(await usage(server, worker)) };
    if (done > before) progressAtMs = atMs;
    if (atMs - progressAtMs > STANDSTILL_MS) {
      throw new Error(`${system.name} stands still after ${done} of ${goal} tasks`);
    }
    await delay(POLL_MS);
  }
}

/** @param {import("./server.js").Server} server @param {import("./processes.js").ChildProcess} worker */
async function usage(server, worker) {
  worker.send("usage");
  const [[used], cpu] = await Promise.all([once(worker, "message"), server.client.info("cpu")]);
  const seconds = (/** @type {string} */ field) => Number(new RegExp(`^${field}:(.*)`, "m").exec(cpu)?.[1]);
  return {
    workerCpuUs: used.userCPUTime + used.systemCPUTime,
    serverCpuUs: (seconds("used_cpu_user") + seconds("used_cpu_sys")) * 1e6,
    peakRssMb: used.maxRSS / 1024,
  };
}

/**
 * Speed only counts for work that was done.
 *
 * @param {import("../systems.js").System} system
 * @param {import("./server.js").Server} server
 * @param {number} total
 */
async function checkResults(system, server, total) {
  for (let from = 0; from < total; from += CHECK_BATCH) {
    const to = Math.min(from + CHECK_BATCH, total);
    for (const [index, result] of (await system.queue.results(server.client, from, to)).entries()) {
      const number = from + index;
      if (result !== number + 1) throw new Error(`${system.name}: ${number} + 1 = ${result}`);
    }
  }
}
