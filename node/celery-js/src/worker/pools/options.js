/** The options of a worker's pools, checked. */
import { ImproperlyConfigured } from "../../errors.js";
import { DURATION, OBJECT, POSITIVE } from "../../validation/kinds.js";
import { POOLS } from "./slots.js";

/**
 * @typedef {import("./slots.js").PoolName} PoolName
 *
 * @typedef {object} PoolOptions
 * @property {PoolName} [pool] for tasks that name none; default `workerPool`
 * @property {number} [concurrency] tasks that this pool runs at a time; default on the event loop: `workerConcurrency`
 * @property {number} [threadConcurrency] threads; default `concurrency` if `pool` is "threads", else
 *   `workerThreadConcurrency`, else one per processor
 * @property {string | { max: number, min?: number, keepalive?: number }} [autoscale] threads, between two sizes; "10,3"
 *   is Celery's form. `keepalive`: seconds until an idle thread ends, default 30. In a worker without threads, `max` is how many
 *   tasks the event loop runs at a time, in place of `concurrency`
 * @property {number} [maxTasksPerChild] tasks after which a thread is replaced; default `workerMaxTasksPerChild`
 * @property {number} [maxMemoryPerChild] KiB; a thread that uses more after a task is replaced; default `workerMaxMemoryPerChild`
 * @property {import("node:worker_threads").ResourceLimits} [resourceLimits] of each thread: Node's own, in MiB
 *
 * @typedef {object} CheckedPoolOptions
 * @property {PoolName} pool
 * @property {number} concurrency of the event loop
 * @property {number | null} threadConcurrency null: one per processor
 * @property {{ max: number, min: number, keepalive: number } | null} autoscale
 * @property {number | null} maxTasksPerChild
 * @property {number | null} maxMemoryPerChild
 * @property {import("node:worker_threads").ResourceLimits} [resourceLimits]
 */

/** Celery's AUTOSCALE_KEEPALIVE. */
const KEEPALIVE_S = 30;

export const POOL_OPTIONS = [
  "pool",
  "concurrency",
  "threadConcurrency",
  "autoscale",
  "maxTasksPerChild",
  "maxMemoryPerChild",
  "resourceLimits",
];

/**
 * @param {PoolOptions} given
 * @param {import("../../settings.js").Settings} settings
 * @returns {CheckedPoolOptions}
 * @throws {ImproperlyConfigured} naming the option, its value and what it takes
 */
export function checkPoolOptions(given, settings) {
  const pool = given.pool ?? settings.workerPool;
  const ofLoop = pool === "async" ? given.concurrency : undefined;
  const ofThreads = pool === "threads" ? given.concurrency : undefined;
  const options = {
    pool,
    concurrency: ofLoop ?? settings.workerConcurrency,
    threadConcurrency: given.threadConcurrency ?? ofThreads ?? settings.workerThreadConcurrency,
    autoscale: autoscaleOf(given.autoscale),
    maxTasksPerChild: given.maxTasksPerChild ?? settings.workerMaxTasksPerChild,
    maxMemoryPerChild: given.maxMemoryPerChild ?? settings.workerMaxMemoryPerChild,
    resourceLimits: given.resourceLimits,
  };
  if (!POOLS.includes(pool)) throw refusal("pool", pool, "'async' or 'threads'");
  for (const name of /** @type {const} */ ([
    "concurrency",
    "threadConcurrency",
    "maxTasksPerChild",
    "maxMemoryPerChild",
  ])) {
    const value = given[name] ?? options[name];
    if (value !== null && !POSITIVE[1](value)) throw refusal(name, value, POSITIVE[0]);
  }
  if (options.resourceLimits !== undefined && !OBJECT[1](options.resourceLimits)) {
    throw refusal("resourceLimits", options.resourceLimits, "an object such as { maxOldGenerationSizeMb: 512 }");
  }
  return options;
}

/**
 * @param {PoolOptions["autoscale"]} given
 * @returns {CheckedPoolOptions["autoscale"]}
 */
function autoscaleOf(given) {
  if (given === undefined || given === null) return null;
  const [max, min = 1] = typeof given === "string" ? given.split(",").map(Number) : [given.max, given.min];
  const { keepalive = KEEPALIVE_S } = typeof given === "string" ? {} : given;
  if (POSITIVE[1](max) && POSITIVE[1](min) && min <= max && DURATION[1](keepalive)) return { max, min, keepalive };
  throw refusal("autoscale", given, "the most and the fewest threads, such as { max: 10, min: 3 } or '10,3'");
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {string} expected
 */
function refusal(name, value, expected) {
  const shown = typeof value === "string" ? `'${value}'` : JSON.stringify(value);
  return new ImproperlyConfigured(`${name}=${shown}: expected ${expected}`);
}
