/** Assembles the pools of a worker: their sizes, the threads if a task runs in one, and the handling of zombies. */
import { availableParallelism } from "node:os";
import { Slots, tasksInThreads } from "./slots.js";
import { threadData } from "./thread-data.js";
import { createServices } from "./thread-services.js";
import { ThreadPool } from "./threads.js";
import { Zombies } from "./zombies.js";

/**
 * @typedef {object} Pools
 * @property {Slots} slots
 * @property {ThreadPool | null} threads null if no task runs in one
 * @property {Zombies} zombies
 * @property {(pool: import("./slots.js").PoolName, by: number) => void} resize changes how many tasks a pool runs at a time
 * @property {(sizes: { min: number | null, max: number | null }) => { min: number, max: number }} resizeThreads null: as it is
 */

/**
 * @param {import("../lifecycle/assembly.js").Plan} plan
 * @param {Pick<import("../../execution/execution.js").Services, "store" | "sendEvent">} services
 * @returns {Pools}
 * @throws {ImproperlyConfigured} for a task whose function a thread cannot import
 */
export function createPools({ app, hostname, log, options, threadEntry, onTooManyZombies }, services) {
  const names = tasksInThreads(app.tasks, options.pool);
  const { min, max, keepalive } = sizesOf(options);
  const isLoopUsed = app.tasks.names().some((name) => !name.startsWith("celery.") && !names.includes(name));
  const isUsed = { async: isLoopUsed || names.length === 0, threads: names.length > 0 };
  const slots = new Slots({ async: options.concurrency, threads: max }, options.prefetchMultiplier, isUsed);
  const { maxTasksPerChild, maxMemoryPerChild, resourceLimits } = options;
  const threads =
    names.length === 0
      ? null
      : new ThreadPool({
          entry: threadEntry,
          data: { ...threadData(app, names, hostname, log) },
          min,
          max,
          keepaliveMs: keepalive * 1000,
          maxTasksPerChild,
          maxMemoryPerChild,
          resourceLimits,
          serve: createServices({ app, log, ...services }),
          log,
        });
  const resizeThreads = (/** @type {{ min: number | null, max: number | null }} */ given) => {
    const was = threads?.sizes ?? { min: 0, max: 0 };
    const larger = Math.max(1, given.max ?? was.max);
    const sizes = { max: larger, min: Math.min(given.min ?? was.min, larger) };
    threads?.resize(sizes);
    slots.resize("threads", sizes.max);
    return sizes;
  };
  return {
    slots,
    threads,
    zombies: new Zombies(options.concurrency, onTooManyZombies),
    resize: (pool, by) => {
      const size = Math.max(1, slots.concurrency[pool] + by);
      if (pool === "threads") resizeThreads({ min: size, max: size });
      else slots.resize(pool, size);
    },
    resizeThreads,
  };
}

/**
 * @param {import("../lifecycle/options.js").CheckedOptions} options
 * @returns {{ min: number, max: number, keepalive: number }} how many threads there are
 */
function sizesOf({ autoscale, threadConcurrency }) {
  const size = threadConcurrency ?? availableParallelism();
  return autoscale ?? { min: size, max: size, keepalive: 0 };
}
