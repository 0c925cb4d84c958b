/** The options of `celery-js worker`: Celery's names, the worker option or setting behind each, and how its text is read. */
import { availableParallelism } from "node:os";
import * as kinds from "../../validation/kinds.js";
import { LOG_LEVELS } from "../../validation/setting-kinds.js";
import { UsageError } from "../command.js";

/**
 * @typedef {import("../../worker/lifecycle/options.js").WorkerOptions} WorkerOptions
 *
 * @typedef {object} Reader
 * @property {string} takes
 * @property {(text: string) => unknown} read returns the value; undefined: invalid; null: as if the option had not been given
 *
 * @typedef {import("../command.js").Option & { to: string, kind: Reader }} Row `to`: the option of `app.worker()`, or the setting;
 *   of a flag, what it is when it is given
 *
 * @typedef {object} Arguments the parsed command line
 * @property {WorkerOptions} options of `app.worker()`
 * @property {Record<string, unknown>} settings instead of the app's
 */

/**
 * @param {string} text
 * @returns {number | undefined}
 */
const whole = (text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);

/** @type {Reader} */
const NAMES = {
  takes: "names of queues, separated by commas",
  read: (text) => {
    const names = text.split(",").map((name) => name.trim());
    return names.includes("") ? undefined : names;
  },
};
/** @type {Reader} */
const NODENAME = {
  takes: "a name without spaces, such as w1@%h",
  read: (text) => (/^[^\s"\\]+$/.test(text) ? text : undefined),
};
/** @type {Reader} */
const POOL = { takes: kinds.POOL[0], read: (text) => (kinds.POOL[1](text) ? text : undefined) };
/** @type {Reader} */
const LEVEL = {
  takes: `one of ${LOG_LEVELS.join(", ")}`,
  read: (text) => {
    const level = text.toLowerCase();
    return level === "fatal" ? "critical" : LOG_LEVELS.find((known) => known === level);
  },
};
/** @type {Reader} */
const POSITIVE = { takes: kinds.POSITIVE[0], read: (text) => whole(text) || undefined };
/** Celery's, for which 0 means not given. @type {Reader} */
const COUNT = {
  takes: kinds.POSITIVE[0],
  read: (text) => (whole(text) === 0 ? null : whole(text)),
};
/** @type {Reader} */
const SLOTS = {
  takes: `${COUNT.takes}, or auto`,
  read: (text) => (text === "auto" ? availableParallelism() : COUNT.read(text)),
};
/** @type {Reader} */
const SECONDS = {
  takes: kinds.DURATION[0],
  read: (text) => (/^\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : undefined),
};
/** The value of a flag. @type {Reader} */
const GIVEN = { takes: "nothing", read: () => true };
/** A flag without effect: a Node worker always works that way. @type {Reader} */
const NOTHING = { takes: "nothing", read: () => null };
/** @type {Reader} */
const FILE = { takes: "a file's path", read: (text) => text || undefined };
/** Celery's "fair" hands a task to a free slot only, as this worker always does. @type {Reader} */
const PROFILE = { takes: "default or fair", read: (text) => (["default", "fair"].includes(text) ? null : undefined) };
/** @type {Reader} */
const SIZES = {
  takes: "the most and the fewest threads, such as 10,3",
  read: (text) => {
    const sizes = text.split(",").map((size) => whole(size.trim()));
    if (sizes.length > 2 || sizes.includes(undefined)) return undefined;
    // In any order; one number is the most. Celery's fewest may be none: here it is one.
    const [max, min = 0] = sizes.map(Number).sort((a, b) => b - a);
    return max === 0 ? undefined : { max, min: Math.max(min, 1) };
  },
};

/** @satisfies {Record<string, Row>} */
export const WORKER_OPTIONS = /** @type {const} */ ({
  queues: {
    type: "string",
    short: "Q",
    metavar: "NAMES",
    help: "Take tasks from these queues, separated by commas.",
    to: "queues",
    kind: NAMES,
  },
  "exclude-queues": {
    type: "string",
    short: "X",
    metavar: "NAMES",
    help: "Do not take tasks from these queues.",
    to: "excludeQueues",
    kind: NAMES,
  },
  concurrency: {
    type: "string",
    short: "c",
    metavar: "COUNT",
    help: "Tasks at a time in the pool of --pool; auto: one per processor.",
    to: "concurrency",
    kind: SLOTS,
  },
  pool: {
    type: "string",
    short: "P",
    metavar: "POOL",
    help: "Where tasks run by default: async (the event loop) or threads.",
    to: "pool",
    kind: POOL,
  },
  threads: {
    type: "string",
    metavar: "COUNT",
    help: "Number of threads, for tasks that run in threads; auto: one per processor.",
    to: "threadConcurrency",
    kind: SLOTS,
  },
  autoscale: {
    type: "string",
    metavar: "MAX,MIN",
    help: "Start threads when they are needed, and end idle ones.",
    to: "autoscale",
    kind: SIZES,
  },
  "max-tasks-per-child": {
    type: "string",
    metavar: "COUNT",
    help: "Replace a thread after this many tasks.",
    to: "maxTasksPerChild",
    kind: POSITIVE,
  },
  "max-memory-per-child": {
    type: "string",
    metavar: "KIB",
    help: "Replace a thread that uses more than this after a task.",
    to: "maxMemoryPerChild",
    kind: POSITIVE,
  },
  "prefetch-multiplier": {
    type: "string",
    metavar: "COUNT",
    help: "Take this many times as many messages as there are slots.",
    to: "prefetchMultiplier",
    kind: COUNT,
  },
  "time-limit": {
    type: "string",
    metavar: "SECONDS",
    help: "Hard limit for tasks that set none.",
    to: "taskTimeLimit",
    kind: SECONDS,
  },
  "soft-time-limit": {
    type: "string",
    metavar: "SECONDS",
    help: "Soft limit for tasks that set none.",
    to: "taskSoftTimeLimit",
    kind: SECONDS,
  },
  optimization: {
    type: "string",
    short: "O",
    metavar: "PROFILE",
    help: "fair or default. No effect: a task always goes to a free slot.",
    to: "optimization",
    kind: PROFILE,
  },
  "task-events": { type: "boolean", short: "E", help: "Send events of tasks.", to: "taskEvents", kind: GIVEN },
  events: { type: "boolean", help: "The same.", to: "taskEvents", kind: GIVEN },
  "without-heartbeat": { type: "boolean", help: "Send no heartbeats.", to: "withoutHeartbeat", kind: GIVEN },
  "heartbeat-interval": {
    type: "string",
    metavar: "SECONDS",
    help: "From one heartbeat to the next.",
    to: "heartbeatInterval",
    kind: COUNT,
  },
  "without-mingle": {
    type: "boolean",
    help: "Do not ask the other workers for revoked tasks at the start.",
    to: "withoutMingle",
    kind: GIVEN,
  },
  "without-gossip": {
    type: "boolean",
    help: "No effect: a Node worker has no gossip.",
    to: "withoutGossip",
    kind: NOTHING,
  },
  hostname: {
    type: "string",
    short: "n",
    metavar: "NAME",
    help: "The worker's name; %h is the host's, %n its first part, %d the rest.",
    to: "hostname",
    kind: NODENAME,
  },
  loglevel: {
    type: "string",
    short: "l",
    metavar: "LEVEL",
    help: `${LOG_LEVELS.join(", ")}.`,
    to: "workerLogLevel",
    kind: LEVEL,
  },
  logfile: {
    type: "string",
    short: "f",
    metavar: "FILE",
    help: "Append the log to this file; %n and %h are parts of the worker's name.",
    to: "logfile",
    kind: FILE,
  },
  pidfile: {
    type: "string",
    metavar: "FILE",
    help: "Write the process id to this file; start only if it names no running process.",
    to: "pidfile",
    kind: FILE,
  },
  statedb: {
    type: "string",
    short: "S",
    metavar: "FILE",
    help: "Keep the ids of revoked tasks in this file between runs.",
    to: "statedb",
    kind: FILE,
  },
});

/** Options that are settings of the app, not options of its workers. */
const SETTINGS = ["taskTimeLimit", "taskSoftTimeLimit", "workerLogLevel"];

/**
 * @param {import("../command.js").Values} values of a command line, as text
 * @returns {Arguments} what was given, and nothing else
 * @throws {UsageError} for an invalid value, naming the option and what it takes
 */
export function workerArguments(values) {
  /** @type {Record<string, unknown>} */
  const options = {};
  /** @type {Record<string, unknown>} */
  const settings = {};
  for (const [name, { to, kind }] of Object.entries(WORKER_OPTIONS)) {
    const given = values[name];
    if (given === undefined) continue;
    const text = String(given);
    const value = kind.read(text.trim());
    if (value === undefined) throw new UsageError(`--${name} ${text}: expected ${kind.takes}.`);
    if (value !== null) (SETTINGS.includes(to) ? settings : options)[to] = value;
  }
  if (options.pool === "threads" && "concurrency" in options && "threadConcurrency" in options) {
    throw new UsageError("With --pool threads, --concurrency and --threads both set the number of threads: give one.");
  }
  return { options, settings };
}
