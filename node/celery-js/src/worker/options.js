/** What a worker can be told when it is made, checked. */
import { ImproperlyConfigured } from "../errors.js";
import { didYouMean } from "../suggest.js";
import { checkPoolOptions, POOL_OPTIONS } from "./pools/options.js";

/**
 * @typedef {object} OwnOptions
 * @property {string[]} [queues] default: the app's `taskDefaultQueue`
 * @property {number} [prefetchMultiplier] default `workerPrefetchMultiplier`; 0 = take all there is
 * @property {string} [hostname] the worker's name, with Celery's %h, %n and %d; default `celery@%h`
 * @property {import("./log.js").Logger} [log] default: one made of `workerLogLevel` and `workerLogFormat`
 *
 * @typedef {OwnOptions & import("./pools/options.js").PoolOptions} WorkerOptions
 *
 * @typedef {{ queues: string[], prefetchMultiplier: number } & import("./pools/options.js").CheckedPoolOptions} CheckedOptions
 */

/** Celery's task options that this worker does not act on yet: a task that sets one would not get what it asks for. */
const WITHOUT_EFFECT = /** @type {const} */ (["sendEvents"]);

const KNOWN = ["queues", ...POOL_OPTIONS, "prefetchMultiplier", "hostname", "log"];

/**
 * @param {WorkerOptions} given
 * @param {import("../settings.js").Settings} settings
 * @returns {CheckedOptions}
 * @throws {ImproperlyConfigured} naming the option, its value and what it takes
 */
export function checkWorkerOptions(given, settings) {
  for (const name of Object.keys(given)) {
    if (!KNOWN.includes(name))
      throw new ImproperlyConfigured(`unknown worker option '${name}'${didYouMean(name, KNOWN)}`);
  }
  const { queues = [settings.taskDefaultQueue], prefetchMultiplier = settings.workerPrefetchMultiplier } = given;
  // Queue names stand in the records of `unacked` as JSON text that must be found again: quotes would need escapes.
  if (
    !Array.isArray(queues) ||
    queues.length === 0 ||
    !queues.every((queue) => typeof queue === "string" && /^[^"\\\p{Cc}]+$/u.test(queue))
  ) {
    throw new ImproperlyConfigured(`queues=${JSON.stringify(queues)}: expected a list of queue names`);
  }
  if (!Number.isInteger(prefetchMultiplier) || prefetchMultiplier < 0) {
    throw new ImproperlyConfigured(`prefetchMultiplier=${prefetchMultiplier}: expected a whole number, 0 or more`);
  }
  return { queues: [...new Set(queues)], prefetchMultiplier, ...checkPoolOptions(given, settings) };
}

/**
 * @param {import("./types.js").TaskRegistry} tasks
 * @throws {ImproperlyConfigured} when a task has an option that has no effect
 */
export function checkTasks(tasks) {
  for (const name of tasks.names()) {
    const { options } = tasks.get(name);
    const useless = WITHOUT_EFFECT.find((option) => options[option] !== undefined && options[option] !== null);
    if (useless) throw new ImproperlyConfigured(`task ${name}: this version does not support the option '${useless}'`);
  }
}
