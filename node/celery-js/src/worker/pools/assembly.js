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
 * @property {(sizes: { min: number | null, max: number | null }) => { min: number, max: number }} autoscale changes the range of
 *   the autoscaled pool; null: as it is
 * @property {() => (Range & { pool: PoolName }) | null} autoscaled that pool: the threads, if there are any; null: none
 *
 * @typedef {import("./slots.js").PoolName} PoolName
 * @typedef {{ min: number, max: number }} Range between which a pool grows and shrinks
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
  // Slots of the event loop cost nothing, so all are there from the start.
  const concurrency = options.autoscale !== null && names.length === 0 ? max : options.concurrency;
  const isLoopUsed = app.tasks.names().some((name) => !name.startsWith("celery.") && !names.includes(name));
  const isUsed = { async: isLoopUsed || names.length === 0, threads: names.length > 0 };
  const slots = new Slots({ async: concurrency, threads: max }, options.prefetchMultiplier, isUsed);
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
  /** @type {Range} */
  const range = { min, max };
  const scaled = threads === null ? "async" : "threads";
  /** @type {Pools["autoscale"]} */
  const autoscale = (given) => {
    range.max = Math.max(1, given.max ?? range.max);
    range.min = Math.min(given.min ?? range.min, range.max);
    threads?.resize(range);
    slots.resize(scaled, range.max);
    return { ...range };
  };
  return {
    slots,
    threads,
    zombies: new Zombies(concurrency, onTooManyZombies),
    resize: (pool, by) => {
      const size = Math.max(1, slots.concurrency[pool] + by);
      if (pool === "threads" && threads !== null) autoscale({ min: size, max: size });
      else slots.resize(pool, size);
    },
    autoscale,
    autoscaled: () => (options.autoscale === null ? null : { pool: scaled, ...range }),
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
