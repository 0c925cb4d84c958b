/** What a worker can be told when it is made, checked. */
import { ImproperlyConfigured } from "../errors.js";
import { didYouMean } from "../suggest.js";
import { checkPoolOptions, POOL_OPTIONS } from "./pools/options.js";

/**
 * @typedef {object} OwnOptions
 * @property {string[]} [queues] default: the app's `taskDefaultQueue`
 * @property {number} [prefetchMultiplier] default `workerPrefetchMultiplier`; 0 = take all there is
 * @property {string} [hostname] the worker's name, with Celery's %h, %n and %d; default `celery@%h`
 * @property {boolean} [taskEvents] true tells monitors of tasks (Celery's -E); default `workerSendTaskEvents`
 * @property {boolean} [withoutHeartbeat] true does not tell monitors that the worker lives
 * @property {number} [heartbeatInterval] seconds from one heartbeat to the next; default 2
 * @property {import("./log.js").Logger} [log] default: one made of `workerLogLevel` and `workerLogFormat`
 *
 * @typedef {OwnOptions & import("./pools/options.js").PoolOptions} WorkerOptions
 *
 * @typedef {object} Checked
 * @property {string[]} queues
 * @property {number} prefetchMultiplier
 * @property {boolean} taskEvents
 * @property {boolean} withoutHeartbeat
 * @property {number} heartbeatInterval seconds
 *
 * @typedef {Checked & import("./pools/options.js").CheckedPoolOptions} CheckedOptions
 */

const EVENT_OPTIONS = ["taskEvents", "withoutHeartbeat", "heartbeatInterval"];
const KNOWN = ["queues", ...POOL_OPTIONS, "prefetchMultiplier", "hostname", ...EVENT_OPTIONS, "log"];
/** Celery's default. */
const HEARTBEAT_INTERVAL_S = 2;
/** Monitors have given a worker up long before that. */
const LONGEST_INTERVAL_S = 86_400;

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
  const told = checkEventOptions(given, settings);
  return { queues: [...new Set(queues)], prefetchMultiplier, ...told, ...checkPoolOptions(given, settings) };
}

/** @param {WorkerOptions} given @param {import("../settings.js").Settings} settings */
function checkEventOptions(given, settings) {
  const { taskEvents = settings.workerSendTaskEvents, withoutHeartbeat = false } = given;
  const { heartbeatInterval = HEARTBEAT_INTERVAL_S } = given;
  for (const [name, value] of Object.entries({ taskEvents, withoutHeartbeat })) {
    if (typeof value !== "boolean") {
      throw new ImproperlyConfigured(`${name}=${JSON.stringify(value)}: expected true or false`);
    }
  }
  if (!(heartbeatInterval > 0 && heartbeatInterval <= LONGEST_INTERVAL_S)) {
    const expected = `a number of seconds above 0, at most ${LONGEST_INTERVAL_S}`;
    throw new ImproperlyConfigured(`heartbeatInterval=${JSON.stringify(heartbeatInterval)}: expected ${expected}`);
  }
  return { taskEvents, withoutHeartbeat, heartbeatInterval };
}
