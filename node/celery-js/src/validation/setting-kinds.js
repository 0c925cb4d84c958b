/** The types of the settings table: what each takes, and the test of it. */
import { availableParallelism } from "node:os";
import { parseHealthAddress } from "./health-address.js";
import {
  BOOLEAN,
  COMPRESSION,
  COUNT,
  DURATION,
  JSON_ONLY,
  OBJECT,
  POOL,
  POSITIVE,
  PRIORITY,
  RATE,
  TEXT,
  TEXT_OR_TEXTS,
} from "./kinds.js";
import { isRetryPolicy } from "./retry-policy.js";
import { QUEUES } from "./task-queues.js";

/** @typedef {keyof typeof SETTING_KINDS} SettingType */
/** A shorter lease would keep a worker busy with renewing; a longer one could outlast kombu's sweep (an hour). */
const MIN_LEASE_S = 0.5;
const MAX_LEASE_S = 1_200;
/** The longest timeout: Node's timers fire at once for more than 24.8 days. */
const MAX_TIMEOUT_S = 24 * 86_400;
/** Celery's own messages need some levels; Python's pool of processes gives up on deeper ones. */
const MIN_DEPTH = 10;
const MAX_DEPTH = 400;
const TRANSPORT_OPTIONS = [
  "globalKeyprefix",
  "prioritySteps",
  "tls",
  "resultChordOrdered",
  "masterName",
  "minOtherSentinels",
  "sentinelKwargs",
];
/** Options of kombu's Redis transport that Node does not have, and why. */
const WITHOUT = new Map([
  ["visibilityTimeout", "a message has a lease instead, which its worker renews (the setting leaseS)"],
  ["sep", "all workers and clients use kombu's default"],
  ["queueOrderStrategy", "a Node worker takes from its queues in turn, as kombu's default, round_robin"],
  ["fanoutPrefix", "all workers and clients use kombu's default, /{db}."],
  ["fanoutPatterns", "all workers and clients use kombu's default, true"],
]);
const SENTINEL_OPTIONS = ["username", "password", "socketTimeout", "tls"];

/** @param {unknown} value */
function isTransportOptions(value) {
  if (
    typeof value !== "object" ||
    value === null ||
    !Object.keys(value).every((key) => TRANSPORT_OPTIONS.includes(key))
  ) {
    return false;
  }
  const {
    globalKeyprefix = "",
    prioritySteps = [0],
    resultChordOrdered = true,
    masterName = "",
    minOtherSentinels = 0,
    sentinelKwargs = {},
  } = /** @type {import("../settings.js").TransportOptions} */ (value);
  const areSteps = Array.isArray(prioritySteps) && prioritySteps.length > 0 && prioritySteps.every(Number.isInteger);
  const areOfSentinel =
    typeof masterName === "string" &&
    Number.isInteger(minOtherSentinels) &&
    Object.keys(sentinelKwargs).every((key) => SENTINEL_OPTIONS.includes(key));
  return typeof globalKeyprefix === "string" && areSteps && typeof resultChordOrdered === "boolean" && areOfSentinel;
}

/**
 * @template T
 * @typedef {import("./kinds.js").Kind<T>} Kind
 */

/** @type {Kind<number>} */
const DEPTH = [
  `a whole number from ${MIN_DEPTH} to ${MAX_DEPTH}`,
  (value) => POSITIVE[1](value) && Number(value) >= MIN_DEPTH && Number(value) <= MAX_DEPTH,
];
/** @type {Kind<number>} */
const TIMEOUT = [
  `a number of seconds, from 0 to ${MAX_TIMEOUT_S} (24 days)`,
  (value) => typeof value === "number" && value >= 0 && value <= MAX_TIMEOUT_S,
];
/** @type {Kind<number>} */
const LEASE = [
  "seconds, from 0.5 to 1200",
  (value) => typeof value === "number" && value >= MIN_LEASE_S && value <= MAX_LEASE_S,
];
/** @type {Kind<string | number>} */
const ADDRESS = [
  "a port such as 8080, a host and a port such as 0.0.0.0:8080, or the path of a socket such as /tmp/health.sock",
  (value) => parseHealthAddress(value) !== null,
];
/** @type {Kind<import("../settings.js").TransportOptions>} */
const TRANSPORT = [`an object with some of ${TRANSPORT_OPTIONS.join(", ")}`, isTransportOptions];
/** @type {Kind<import("../publishing/routes.js").TaskRoutes>} */
const ROUTES = [
  "an object or a Map of routes, a function, or a list of these",
  (value) => typeof value === "function" || (typeof value === "object" && value !== null),
];
/** Their options are checked by the app (tasks/annotations.js). @type {Kind<import("../tasks/annotations.js").TaskAnnotations>} */
const ANNOTATIONS = [
  "an object of task options by task name, or a list of these",
  (value) =>
    (Array.isArray(value) ? value : [value]).every((map) => OBJECT[1](map) && Object.values(map).every(OBJECT[1])),
];
/** @type {Kind<boolean | "inspect">} */
const REMOTE_CONTROL = ['true, false or "inspect"', (value) => typeof value === "boolean" || value === "inspect"];
/** @type {Kind<"quorum" | "classic">} */
const QUEUE_TYPE = ['"quorum" or "classic"', (value) => value === "quorum" || value === "classic"];
/** @type {Kind<"topic" | "direct">} */
const EXCHANGE_TYPE = ['"topic" or "direct"', (value) => value === "topic" || value === "direct"];
/** RabbitMQ's own limit. @type {Kind<number>} */
const QUEUE_PRIORITY = ["a whole number from 1 to 255", (value) => POSITIVE[1](value) && Number(value) <= 255];
/** @type {Kind<import("./retry-policy.js").RetryPolicy>} */
const POLICY = [
  "an object with some of maxRetries, intervalStart, intervalStep, intervalMax, retryErrors",
  isRetryPolicy,
];

/** @type {Kind<{ task?: string, group?: string }>} */
const TABLES = [
  "an object with some of task, group, each a string",
  (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(value).every(([key, name]) => ["task", "group"].includes(key) && TEXT[1](name)),
];

/**
 * @param {SettingType} type
 * @param {unknown} value that a setting of this type does not take
 * @returns {string} why
 */
export function problemOf(type, value) {
  const options = type === "transport" && OBJECT[1](value) ? Object.keys(/** @type {object} */ (value)) : [];
  const option = options.find((name) => reasonOf(name) !== undefined);
  return option ? `${option} is not supported: ${reasonOf(option)}` : `expected ${SETTING_KINDS[type][0]}`;
}

/** @param {string} option in camelCase, or as Python spells it */
const reasonOf = (option) => WITHOUT.get(option.replace(/_(.)/g, (_, letter) => letter.toUpperCase()));

/** @type {Kind<string | readonly string[]>} */
const URLS = [
  "a non-empty string, or a list of them",
  (value) => TEXT_OR_TEXTS[1](value) && /** @type {string | string[]} */ (value).length > 0,
];
/** @type {Kind<number | "auto">} */
const SLOTS = [`${POSITIVE[0]}, or "auto"`, (value) => value === "auto" || POSITIVE[1](value)];
export const LOG_LEVELS = /** @type {const} */ (["debug", "info", "warning", "error", "critical"]);
/** @type {Kind<string>} */
const LOG_LEVEL = [`one of ${LOG_LEVELS.join(", ")}`, (value) => LOG_LEVELS.some((level) => level === value)];
/** @type {Kind<string>} */
const LOG_FORMAT = [
  '"auto", "pretty" or "json"; a Node worker has no format strings',
  (value) => value === "auto" || value === "pretty" || value === "json",
];
/** A row of this type lists the values that it takes. @type {Kind<never>} */
const FIXED = ["the values of its row", () => false];

export const SETTING_KINDS = {
  string: TEXT,
  urls: URLS,
  slots: SLOTS,
  "log-level": LOG_LEVEL,
  "log-format": LOG_FORMAT,
  fixed: FIXED,
  boolean: BOOLEAN,
  count: COUNT,
  depth: DEPTH,
  priority: PRIORITY,
  seconds: DURATION,
  positive: POSITIVE,
  pool: POOL,
  rate: RATE,
  timeout: TIMEOUT,
  lease: LEASE,
  address: ADDRESS,
  transport: TRANSPORT,
  tables: TABLES,
  routes: ROUTES,
  annotations: ANNOTATIONS,
  queues: QUEUES,
  "queue-type": QUEUE_TYPE,
  "exchange-type": EXCHANGE_TYPE,
  "queue-priority": QUEUE_PRIORITY,
  compression: COMPRESSION,
  "remote-control": REMOTE_CONTROL,
  policy: POLICY,
  "json-only": JSON_ONLY,
};

/**
 * What the settings have in place of a value that can be given in several forms.
 *
 * @type {{ readonly [N in SettingType]?: (value: unknown) => unknown }}
 */
export const READERS = {
  // kombu's form of several servers.
  urls: (value) => (Array.isArray(value) ? value.join(";") : value),
  slots: (value) => (value === "auto" ? availableParallelism() : value),
};
