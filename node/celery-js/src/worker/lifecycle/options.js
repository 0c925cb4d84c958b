/** The options of a worker, checked. */
import { ImproperlyConfigured } from "../../errors.js";
import { optionsObject, TEXT } from "../../validation/kinds.js";
import { didYouMean } from "../../validation/suggest.js";
import { queueNames } from "../../validation/task-queues.js";
import { checkPoolOptions, POOL_OPTIONS } from "../pools/options.js";

/**
 * @typedef {object} OwnWorkerOptions
 * @property {string[]} [queues] default: the app's `taskQueues`, else its `taskDefaultQueue`
 * @property {number} [prefetchMultiplier] default `workerPrefetchMultiplier`; 0 = no limit
 * @property {string[]} [excludeQueues] queues to leave out of `queues`
 * @property {string} [hostname] the worker's name, with Celery's %h, %n and %d; default `celery@%h`
 * @property {boolean} [taskEvents] true sends events of tasks to monitors (Celery's -E); default `workerSendTaskEvents`
 * @property {boolean} [withoutHeartbeat] true sends no heartbeats to monitors
 * @property {number} [heartbeatInterval] seconds from one heartbeat to the next; default 2
 * @property {boolean} [withoutMingle] true does not ask the other workers at the start what is revoked
 * @property {import("../observers/log.js").Logger} [log] default: one made of `workerLogLevel` and `workerLogFormat`
 * @property {string} [logfile] the log's file, instead of standard output; %h, %n and %d are taken from the worker's name
 * @property {string} [pidfile] where the process writes its id while it works; %h, %n and %d as above
 * @property {string} [statedb] where revoked ids are kept from one run to the next; %h, %n and %d as above.
 *   Default `workerStateDb`
 *
 * @typedef {OwnWorkerOptions & import("../pools/options.js").PoolOptions} WorkerOptions
 *
 * @typedef {object} Checked
 * @property {string[]} queues
 * @property {number} prefetchMultiplier
 * @property {string | null} pidfile
 * @property {string | null} statedb
 * @property {boolean} taskEvents
 * @property {boolean} withoutHeartbeat
 * @property {number} heartbeatInterval seconds
 * @property {boolean} withoutMingle
 *
 * @typedef {Checked & import("../pools/options.js").CheckedPoolOptions} CheckedOptions
 */

const CLUSTER_OPTIONS = ["taskEvents", "withoutHeartbeat", "heartbeatInterval", "withoutMingle"];
const FILES = /** @type {const} */ (["logfile", "pidfile", "statedb"]);
const OWN = ["queues", "excludeQueues", "prefetchMultiplier", "hostname", "log", ...FILES, ...CLUSTER_OPTIONS];
const KNOWN = [...OWN, ...POOL_OPTIONS];
/** Celery's default. */
const HEARTBEAT_INTERVAL_S = 2;
/** An upper limit, because monitors give up a worker long before that. */
const LONGEST_INTERVAL_S = 86_400;

/**
 * @param {WorkerOptions} given
 * @param {import("../../settings.js").Settings} settings
 * @returns {CheckedOptions}
 * @throws {ImproperlyConfigured} naming the option, its value and what it takes
 */
export function checkWorkerOptions(given, settings) {
  optionsObject(given, (problem) => new ImproperlyConfigured(`worker(): ${problem}`), "queues");
  for (const name of Object.keys(given)) {
    if (!KNOWN.includes(name))
      throw new ImproperlyConfigured(`unknown worker option '${name}'${didYouMean(name, KNOWN)}`);
  }
  if (given.hostname !== undefined && !TEXT[1](given.hostname)) {
    throw new ImproperlyConfigured(`hostname=${JSON.stringify(given.hostname)}: expected ${TEXT[0]}`);
  }
  const { prefetchMultiplier = settings.workerPrefetchMultiplier } = given;
  if (!Number.isInteger(prefetchMultiplier) || prefetchMultiplier < 0) {
    throw new ImproperlyConfigured(`prefetchMultiplier=${prefetchMultiplier}: expected a whole number, 0 or more`);
  }
  for (const name of FILES) {
    const path = given[name] ?? "/";
    if (typeof path !== "string" || path === "")
      throw new ImproperlyConfigured(`${name}=${path}: expected a file's path`);
  }
  const { pidfile = null, statedb = settings.workerStateDb } = given;
  const local = { queues: queuesOf(settings, given), prefetchMultiplier, pidfile, statedb };
  return { ...local, ...checkClusterOptions(given, settings), ...checkPoolOptions(given, settings) };
}

/**
 * @param {import("../../settings.js").Settings} settings
 * @param {WorkerOptions} given
 * @returns {string[]} the queues to take from
 */
function queuesOf(settings, { queues = queueNames(settings), excludeQueues = [] }) {
  checkNames("queues", queues, 1);
  const missing = settings.taskCreateMissingQueues ? [] : queues.filter((name) => !queueNames(settings).includes(name));
  if (missing.length > 0) {
    throw new ImproperlyConfigured(
      `queues: ${missing.join(", ")} is missing from taskQueues, and taskCreateMissingQueues is false`,
    );
  }
  checkNames("excludeQueues", excludeQueues, 0);
  const left = [...new Set(queues)].filter((queue) => !excludeQueues.includes(queue));
  if (left.length > 0) return left;
  throw new ImproperlyConfigured(
    `excludeQueues=${JSON.stringify(excludeQueues)}: no queue is left of ${queues.join(", ")}`,
  );
}

/**
 * @param {string} option
 * @param {unknown} names
 * @param {number} atLeast
 */
function checkNames(option, names, atLeast) {
  // The records of `unacked` contain queue names as JSON text that is searched for: quotes would need escapes.
  const isName = (/** @type {unknown} */ name) => typeof name === "string" && /^[^"\\\p{Cc}]+$/u.test(name);
  if (!Array.isArray(names) || names.length < atLeast || !names.every(isName)) {
    throw new ImproperlyConfigured(`${option}=${JSON.stringify(names)}: expected a list of queue names`);
  }
}

/**
 * @param {WorkerOptions} given
 * @param {import("../../settings.js").Settings} settings
 */
function checkClusterOptions(given, settings) {
  const { taskEvents = settings.workerSendTaskEvents, withoutHeartbeat = false, withoutMingle = false } = given;
  const { heartbeatInterval = HEARTBEAT_INTERVAL_S } = given;
  for (const [name, value] of Object.entries({ taskEvents, withoutHeartbeat, withoutMingle })) {
    if (typeof value !== "boolean") {
      throw new ImproperlyConfigured(`${name}=${JSON.stringify(value)}: expected true or false`);
    }
  }
  if (!(heartbeatInterval > 0 && heartbeatInterval <= LONGEST_INTERVAL_S)) {
    const expected = `a number of seconds above 0, at most ${LONGEST_INTERVAL_S}`;
    throw new ImproperlyConfigured(`heartbeatInterval=${JSON.stringify(heartbeatInterval)}: expected ${expected}`);
  }
  return { taskEvents, withoutHeartbeat, heartbeatInterval, withoutMingle };
}
