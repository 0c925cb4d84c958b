/** Worker processes, of Node and of Python, which are started and asked for what they have used in the same way. */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { QUEUE } from "../queues/names.js";
import { treeUsage } from "./process-tree.js";
import { startModule, startProgram } from "./processes.js";
import { peersPython } from "./python-peers.js";
import { pythonBinary } from "./server.js";

const READY_WITHIN_MS = 30_000;
const PYTHON_FOLDER = fileURLToPath(new URL("../workers", import.meta.url));

/**
 * @typedef {object} RunningWorker
 * @property {import("./processes.js").ChildProcess} child
 * @property {() => Promise<void>} begin lets it take tasks, once it is ready to
 * @property {() => Promise<{ cpuUs: number, peakRssMb: number }>} usage of all its processes so far
 *
 * @typedef {(port: number, concurrency: number) => RunningWorker} StartWorker
 */

/**
 * @param {URL} module which calls `serve`
 * @param {string} [mode] as the module knows it
 * @returns {StartWorker}
 */
export const nodeWorker =
  (module, mode = "") =>
  (port, concurrency) => {
    const child = startModule(module, [String(port), String(concurrency), mode]);
    const begin = async () => {
      await once(child, "message", { signal: AbortSignal.timeout(READY_WITHIN_MS) }).catch(() => {
        throw new Error(`a worker is not ready after ${READY_WITHIN_MS / 1000} s`);
      });
      child.send("start");
    };
    const usage = async () => {
      child.send("usage");
      const [used] = await once(child, "message");
      return { cpuUs: used.userCPUTime + used.systemCPUTime, peakRssMb: used.maxRSS / 1024 };
    };
    return { child, begin, usage };
  };

/**
 * @param {string} delivery `early`, `late`, `reliable` or `metrics`, as workers/python_worker.py takes it
 * @param {string} pool Celery's name of the pool
 * @returns {StartWorker} begins to take tasks as soon as it is connected
 */
export const pythonWorker = (delivery, pool) => (port, concurrency) => {
  const options = ["-P", pool, "-c", String(concurrency), "-Q", QUEUE, "-l", "warning", "-n", "bench@%h"];
  const child = startProgram(
    pythonBinary(),
    ["-W", "ignore", "-m", "celery", "-A", "python_worker", "worker", ...options],
    {
      cwd: PYTHON_FOLDER,
      env: { ...process.env, BENCH_URL: `redis://127.0.0.1:${port}/0`, BENCH_DELIVERY: delivery },
      // Its banner goes nowhere; what it complains about is shown.
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  return { child, begin: async () => {}, usage: async () => treeUsage(/** @type {number} */ (child.pid)) };
};

/**
 * @param {string} pool Celery's name of the pool whose place it takes: processes, or threads of one process
 * @returns {StartWorker} begins to take tasks as soon as it is connected
 */
export const dramatiqWorker = (pool) => (port, concurrency) => {
  const [processes, threads] = pool === "prefork" ? [concurrency, 1] : [1, concurrency];
  const options = ["--processes", String(processes), "--threads", String(threads)];
  const child = startProgram(peersPython(), ["-m", "dramatiq", "dramatiq_worker", ...options], {
    cwd: PYTHON_FOLDER,
    env: { ...process.env, BENCH_URL: `redis://127.0.0.1:${port}/0` },
    // Its log, of all levels, would go to where errors are shown.
    stdio: "ignore",
  });
  return { child, begin: async () => {}, usage: async () => treeUsage(/** @type {number} */ (child.pid)) };
};
