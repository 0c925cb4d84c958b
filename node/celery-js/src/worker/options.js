/** What a worker can be told when it is made, checked. */
import { ImproperlyConfigured } from "../errors.js";
import { didYouMean } from "../suggest.js";
import { checkPoolOptions, POOL_OPTIONS } from "./pools/options.js";

/**
 * @typedef {object} OwnOptions
 * @property {string[]} [queues] default: the app's `taskDefaultQueue`
 * @property {number} [prefetchMultiplier] default `workerPrefetchMultiplier`; 0 = take all there is
 * @property {string[]} [excludeQueues] that are left out of `queues`
 * @property {string} [hostname] the worker's name, with Celery's %h, %n and %d; default `celery@%h`
 * @property {import("./log.js").Logger} [log] default: one made of `workerLogLevel` and `workerLogFormat`
 * @property {string} [logfile] where that one writes to, instead of the standard output; %h, %n and %d are of the worker's name
 * @property {string} [pidfile] where the process writes its id while it works; the same for its name
 * @property {boolean} [taskEvents] default `workerSendTaskEvents`
 *
 * @typedef {OwnOptions & import("./pools/options.js").PoolOptions} WorkerOptions
 *
 * @typedef {object} CheckedOwnOptions
 * @property {string[]} queues
 * @property {number} prefetchMultiplier
 * @property {string | null} pidfile
 * @property {boolean} taskEvents
 *
 * @typedef {CheckedOwnOptions & import("./pools/options.js").CheckedPoolOptions} CheckedOptions
 */

/** Celery's task options that this worker does not act on yet: a task that sets one would not get what it asks for. */
const WITHOUT_EFFECT = /** @type {const} */ (["sendEvents"]);

const FILES = /** @type {const} */ (["logfile", "pidfile"]);
const OWN = ["queues", "excludeQueues", "prefetchMultiplier", "hostname", "log", ...FILES, "taskEvents"];
const KNOWN = [...OWN, ...POOL_OPTIONS];

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
  const { prefetchMultiplier = settings.workerPrefetchMultiplier, taskEvents = settings.workerSendTaskEvents } = given;
  if (!Number.isInteger(prefetchMultiplier) || prefetchMultiplier < 0) {
    throw new ImproperlyConfigured(`prefetchMultiplier=${prefetchMultiplier}: expected a whole number, 0 or more`);
  }
  if (typeof taskEvents !== "boolean")
    throw new ImproperlyConfigured(`taskEvents=${taskEvents}: expected true or false`);
  for (const name of FILES) {
    const path = given[name] ?? "/";
    if (typeof path !== "string" || path === "")
      throw new ImproperlyConfigured(`${name}=${path}: expected a file's path`);
  }
  const own = { queues: queuesOf(settings, given), prefetchMultiplier, pidfile: given.pidfile ?? null, taskEvents };
  return { ...own, ...checkPoolOptions(given, settings) };
}

/**
 * @param {import("../settings.js").Settings} settings
 * @param {WorkerOptions} given
 * @returns {string[]} those to take from
 */
function queuesOf(settings, { queues = [settings.taskDefaultQueue], excludeQueues = [] }) {
  checkNames("queues", queues, 1);
  checkNames("excludeQueues", excludeQueues, 0);
  const left = [...new Set(queues)].filter((queue) => !excludeQueues.includes(queue));
  if (left.length > 0) return left;
  throw new ImproperlyConfigured(
    `excludeQueues=${JSON.stringify(excludeQueues)}: no queue is left of ${queues.join(", ")}`,
  );
}

/** @param {string} option @param {unknown} names @param {number} atLeast */
function checkNames(option, names, atLeast) {
  // Queue names stand in the records of `unacked` as JSON text that must be found again: quotes would need escapes.
  const isName = (/** @type {unknown} */ name) => typeof name === "string" && /^[^"\\\p{Cc}]+$/u.test(name);
  if (!Array.isArray(names) || names.length < atLeast || !names.every(isName)) {
    throw new ImproperlyConfigured(`${option}=${JSON.stringify(names)}: expected a list of queue names`);
  }
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
