/**
 * Measures one round of one system: a fresh server, a queue filled beforehand, one worker process. What counts as done
 * is a stored result, seen from outside and in the same way for every system.
 */
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { end, startModule, untilEnded } from "./processes.js";
import { startProxy } from "./proxy.js";
import { startServer } from "./server.js";

const POLL_MS = 5;
/** A worker that does nothing for so long has lost tasks, or hangs. A Python worker may take ten seconds to start. */
const STANDSTILL_MS = 30_000;
const CHECK_BATCH = 1_000;

/** What the one who measures asks the server. */
const OWN_COMMANDS = new Set(["info", "ping", "zcard"]);

/**
 * @typedef {object} Measurement
 * @property {number} perSecond tasks
 * @property {number} workerCpuUs CPU time per task of all the workers' processes and threads
 * @property {number} serverCpuUs CPU time of the server per task
 * @property {number} peakRssMb of the workers' processes together
 * @property {number} commands that the server ran per task, those inside of scripts included
 *
 * @typedef {object} Instant
 * @property {number} done results stored
 * @property {number} atMs
 * @property {number} workerCpuUs
 * @property {number} serverCpuUs
 * @property {number} peakRssMb
 * @property {number} commands
 *
 * @typedef {object} Load
 * @property {number} tasks
 * @property {number} warmUp tasks that come before the measured ones
 * @property {number} concurrency of each worker
 * @property {number} [processes] how many workers share the queue; 1 by default
 * @property {boolean} [isFar] the workers reach the server through a proxy that delays by a millisecond
 * @property {boolean} [isWatched] another process listens to the events of the workers
 *
 * @typedef {import("./workers.js").RunningWorker} RunningWorker
 */

/**
 * @param {import("../systems.js").System} system
 * @param {Load} load
 * @returns {Promise<Measurement>}
 * @throws {Error} when a worker or the server ends, the workers stand still, or a result is missing or wrong
 */
export async function measureRound(system, load) {
  const { warmUp, concurrency, processes = 1 } = load;
  const total = warmUp + load.tasks;
  const server = await startServer();
  /** @type {RunningWorker[]} */
  const workers = [];
  /** @type {import("./processes.js").ChildProcess[]} */
  const others = [];
  try {
    await Promise.race([system.queue.fill(server.port, total), server.failed]);
    const port = load.isFar ? await through(server.port, others) : server.port;
    if (load.isWatched) others.push(await startListener(server.port));
    for (let number = 0; number < processes; number++) workers.push(system.start(port, concurrency));
    const failed = workers.map(({ child }) => untilEnded(child, `${system.name}'s worker`));
    return await Promise.race([measure(system, server, workers, { warmUp, total }), server.failed, ...failed]);
  } finally {
    await Promise.all([...workers.map(({ child }) => child), ...others].map(end));
    await server.stop();
  }
}

/**
 * @param {number} port of the server
 * @param {import("./processes.js").ChildProcess[]} others takes the proxy's process
 * @returns {Promise<number>} the proxy's port
 */
async function through(port, others) {
  const proxy = await startProxy(port);
  others.push(proxy.child);
  return proxy.port;
}

/** @param {number} port of the server */
async function startListener(port) {
  const child = startModule(new URL("./listener.js", import.meta.url), [String(port)]);
  await once(child, "message");
  return child;
}

/**
 * @param {import("../systems.js").System} system
 * @param {import("./server.js").Server} server
 * @param {RunningWorker[]} workers
 * @param {{ warmUp: number, total: number }} load
 * @returns {Promise<Measurement>}
 */
async function measure(system, server, workers, { warmUp, total }) {
  await Promise.all(workers.map((worker) => worker.begin()));
  const first = await reach(system, server, workers, warmUp);
  const last = await reach(system, server, workers, total);
  await checkResults(system, server, total);
  const tasks = last.done - first.done;
  return {
    perSecond: tasks / ((last.atMs - first.atMs) / 1000),
    workerCpuUs: (last.workerCpuUs - first.workerCpuUs) / tasks,
    serverCpuUs: (last.serverCpuUs - first.serverCpuUs) / tasks,
    peakRssMb: last.peakRssMb,
    commands: (last.commands - first.commands) / tasks,
  };
}

/**
 * @param {import("../systems.js").System} system
 * @param {import("./server.js").Server} server
 * @param {RunningWorker[]} workers
 * @param {number} goal
 * @returns {Promise<Instant>} when so many results are stored
 */
async function reach(system, server, workers, goal) {
  let done = 0;
  let progressAtMs = performance.now();
  for (;;) {
    const before = done;
    done = await system.queue.countResults(server.client);
    const atMs = performance.now();
    if (done >= goal) return { done, atMs, ...(await usage(server, workers)) };
    if (done > before) progressAtMs = atMs;
    if (atMs - progressAtMs > STANDSTILL_MS) {
      throw new Error(`${system.name} stands still after ${done} of ${goal} tasks`);
    }
    await delay(POLL_MS);
  }
}

/** @param {import("./server.js").Server} server @param {RunningWorker[]} workers */
async function usage(server, workers) {
  const [used, cpu, statistics] = await Promise.all([
    Promise.all(workers.map((worker) => worker.usage())),
    server.client.info("cpu"),
    server.client.info("commandstats"),
  ]);
  const seconds = (/** @type {string} */ field) => Number(new RegExp(`^${field}:(.*)`, "m").exec(cpu)?.[1]);
  return {
    workerCpuUs: sum(used.map(({ cpuUs }) => cpuUs)),
    serverCpuUs: (seconds("used_cpu_user") + seconds("used_cpu_sys")) * 1e6,
    peakRssMb: sum(used.map(({ peakRssMb }) => peakRssMb)),
    commands: commandsRun(statistics),
  };
}

/** @param {string} statistics the server's section `commandstats` */
function commandsRun(statistics) {
  const calls = [...statistics.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
  return sum(calls.filter(([, name]) => !OWN_COMMANDS.has(name)).map(([, , count]) => Number(count)));
}

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

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
      const expected = system.queue.expected(number);
      if (result !== expected) throw new Error(`${system.name}: task ${number} gave ${result}, not ${expected}`);
    }
  }
}
