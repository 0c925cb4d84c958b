/** The answer to `inspect stats` (`celery.worker.WorkController.stats`), with Celery's fields. */
import { connectionInfo } from "../../transport/transport.js";

/** @param {import("./state.js").ControlState} state */
export function statsOf(state) {
  const { dispatcher, clock, startedAtMs, pools } = state;
  const autoscaler = autoscalerOf(state);
  return {
    total: dispatcher.totals,
    pid: process.pid,
    clock: String(clock.value),
    uptime: Math.round((Date.now() - startedAtMs) / 1000),
    pool: poolOf(state),
    ...(autoscaler && { autoscaler }),
    broker: connectionInfo(state.app.settings),
    prefetch_count: pools.slots.window,
    rusage: rusage(),
  };
}

/** @param {import("./state.js").ControlState} state */
function poolOf({ pools, options, app }) {
  const { threads, zombies, slots } = pools;
  return {
    implementation: `celery-js:${options.pool}`,
    "max-concurrency": slots.total,
    processes: [process.pid],
    threads: threads === null ? 0 : threads.size,
    zombies: zombies.size,
    concurrency: slots.sizes,
    "max-tasks-per-child": options.maxTasksPerChild ?? "N/A",
    "put-guarded-by-semaphore": true,
    timeouts: [app.settings.taskSoftTimeLimit ?? 0, app.settings.taskTimeLimit ?? 0],
    writes: "N/A",
  };
}

/**
 * @param {import("./state.js").ControlState} state
 * @returns {object | null} as `celery.worker.autoscale.Autoscaler.info`
 */
function autoscalerOf({ pools: { autoscaled, threads, slots }, dispatcher }) {
  const range = autoscaled();
  if (range === null) return null;
  const { pool, ...sizes } = range;
  const qty = slots.running[pool] + dispatcher.requests.reserved.filter((request) => request.pool === pool).length;
  return { ...sizes, current: threads?.size ?? Math.min(Math.max(qty, sizes.min), sizes.max), qty };
}

/** @returns {object} by the names of getrusage; its times are in seconds, its memory in KiB */
function rusage() {
  const usage = process.resourceUsage();
  return {
    utime: usage.userCPUTime / 1e6,
    stime: usage.systemCPUTime / 1e6,
    maxrss: usage.maxRSS,
    ixrss: usage.sharedMemorySize,
    idrss: usage.unsharedDataSize,
    isrss: usage.unsharedStackSize,
    minflt: usage.minorPageFault,
    majflt: usage.majorPageFault,
    nswap: usage.swappedOut,
    inblock: usage.fsRead,
    oublock: usage.fsWrite,
    msgsnd: usage.ipcSent,
    msgrcv: usage.ipcReceived,
    nsignals: usage.signalsCount,
    nvcsw: usage.voluntaryContextSwitches,
    nivcsw: usage.involuntaryContextSwitches,
  };
}
