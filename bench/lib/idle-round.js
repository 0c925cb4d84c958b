/** Measures one worker that has nothing to do: how soon it consumes, and what it costs from then on. */
import { setTimeout as delay } from "node:timers/promises";
import { celeryQueue } from "../queues/celery.js";
import { processTree, rssMb } from "./process-tree.js";
import { end, untilEnded } from "./processes.js";
import { startServer } from "./server.js";

const LOOK_MS = 5;
/** After the first task, before the measurement. Meanwhile V8 collects the garbage of the start: 50 ms of CPU in each thread. */
const CALM_MS = 30_000;
const IDLE_MS = 10_000;

/**
 * @param {import("../systems.js").System} system
 * @returns {Promise<Record<string, number>>}
 * @throws {Error} when the worker or the server ends
 */
export async function idleRound(system) {
  const server = await startServer();
  const failed = [server.failed];
  const startedAt = performance.now();
  const worker = system.start(server.port, 50);
  failed.push(untilEnded(worker.child, system.name));
  try {
    return await Promise.race([measure(server, worker, startedAt), ...failed]);
  } finally {
    await end(worker.child);
    await server.stop();
  }
}

/**
 * @param {import("./server.js").Server} server
 * @param {import("./workers.js").RunningWorker} worker
 * @param {number} startedAt
 */
async function measure(server, worker, startedAt) {
  await worker.begin();
  await celeryQueue.fill(server.port, 1);
  while ((await celeryQueue.countResults(server.client)) < 1) await delay(LOOK_MS);
  const startMs = performance.now() - startedAt;
  await delay(CALM_MS);
  const before = await state(server, worker);
  await delay(IDLE_MS);
  const after = await state(server, worker);
  const seconds = IDLE_MS / 1000;
  return {
    startMs,
    idleCpuPercent: (after.cpuUs - before.cpuUs) / (seconds * 1e4),
    // One of them asked for the first state.
    commandsPerSecond: (after.commands - before.commands - 1) / seconds,
    idleRssMb: after.rssMb,
  };
}

/** @param {import("./server.js").Server} server @param {import("./workers.js").RunningWorker} worker */
async function state(server, worker) {
  const statistics = await server.client.info("stats");
  const pid = /** @type {number} */ (worker.child.pid);
  const { cpuUs } = await worker.usage();
  return {
    cpuUs,
    commands: Number(/^total_commands_processed:(\d+)/m.exec(statistics)?.[1]),
    rssMb: processTree(pid).reduce((sum, entry) => sum + rssMb(entry.pid), 0),
  };
}
