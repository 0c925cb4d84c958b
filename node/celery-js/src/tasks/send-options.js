/** What can be said of one sending of a task: the options of `applyAsync` and `sendTask`, which Celery has in snake_case. */
import { isoToEpochMs } from "../protocol/time.js";
import {
  ANYTHING,
  BOOLEAN,
  COMPRESSION,
  COUNT,
  checkOptions,
  DURATION,
  JSON_ONLY,
  LIST,
  OBJECT,
  optionsObject,
  PRIORITY,
  SECONDS,
  TEXT,
} from "../validation/kinds.js";
import { checkRetryPolicy } from "../validation/retry-policy.js";

/**
 * `undefined` means not given. `null` is Python's `None`: it clears what the task or a setting says.
 *
 * @typedef {object} SendOptions
 * @property {Record<string, unknown>} [kwargs] keyword arguments
 * @property {string} [queue] instead of the route's
 * @property {string} [exchange] with `routingKey`, instead of a queue
 * @property {"direct" | "topic" | "fanout"} [exchangeType] default "direct"
 * @property {string} [routingKey] see `exchange`
 * @property {number | null} [priority] 0 to 9, of which Redis takes the lowest first
 * @property {number | null} [countdown] seconds from now, before which the task does not start
 * @property {Date | string | null} [eta] the moment, or its ISO 8601 text, before which the task does not start
 * @property {number | Date | string | null} [expires] seconds from now, the moment or its ISO 8601 text, after which the task
 *   is not started any more
 * @property {string} [taskId] default a new UUID
 * @property {Record<string, unknown>} [headers] message headers of your own
 * @property {number} [retries] how often the task has been retried
 * @property {number | null} [timeLimit] seconds, hard
 * @property {number | null} [softTimeLimit] seconds
 * @property {boolean | null} [ignoreResult] true stores no result
 * @property {string | null} [replyTo] queue for replies
 * @property {string | null} [shadow] the name to show in logs and monitors
 * @property {unknown} [link] signature, or list of them, to send when the task has succeeded
 * @property {unknown} [linkError] signature, or list of them, to call when the task has failed
 * @property {boolean} [addToParent] false keeps the result out of the calling task's children
 * @property {string | null} [rootId] default the calling task's root
 * @property {string | null} [parentId] default the calling task
 * @property {string | null} [groupId] of the group that it is a part of
 * @property {number | null} [groupIndex] its place in the group
 * @property {unknown} [chord] the body that waits for it, as a signature
 * @property {unknown[] | null} [chain] the tasks that follow, the last one first
 * @property {string[] | null} [stampedHeaders] names of its stamps
 * @property {Record<string, unknown>} [stamps] by name
 * @property {number} [replacedTaskNesting] how often a task has been replaced to get here
 * @property {string | null} [argsrepr] how monitors show the arguments
 * @property {string | null} [kwargsrepr] how monitors show the keyword arguments
 * @property {1 | 2} [deliveryMode] 1 transient, 2 persistent
 * @property {"json"} [serializer] of the message
 * @property {string | null} [compression] of the message's body: "gzip", "zlib" or "brotli"; default `taskCompression`
 * @property {boolean | null} [retry] false gives up at the first failure to send; default `taskPublishRetry`
 * @property {import("../validation/retry-policy.js").RetryPolicy | null} [retryPolicy] how often sending is repeated, and how soon;
 *   default: for `taskPublishTimeout` seconds
 * @property {string} [correlationId] the message's, default the task's id
 * @property {string} [routeName] the task whose route is taken: `celery.map` goes where the mapped task goes
 */

/** @param {unknown} value */
const isMoment = (value) =>
  value instanceof Date
    ? !Number.isNaN(value.getTime())
    : typeof value === "string" && !Number.isNaN(isoToEpochMs(value));

/** @type {import("../validation/kinds.js").Kind} */
const SIGNATURES = [
  "a signature, or a list of them",
  (value) => (Array.isArray(value) ? value : [value]).every((each) => typeof each === "object" && each !== null),
];

/** What each of them takes. @type {Readonly<Record<keyof SendOptions, import("../validation/kinds.js").Kind>>} */
export const SEND_KINDS = Object.freeze({
  kwargs: OBJECT,
  queue: TEXT,
  exchange: TEXT,
  exchangeType: ["'direct', 'topic' or 'fanout'", (value) => ["direct", "topic", "fanout"].includes(String(value))],
  routingKey: TEXT,
  priority: PRIORITY,
  countdown: SECONDS,
  eta: ["a Date or ISO 8601 text", isMoment],
  expires: ["a number of seconds, a Date or ISO 8601 text", (value) => SECONDS[1](value) || isMoment(value)],
  taskId: TEXT,
  headers: OBJECT,
  retries: COUNT,
  timeLimit: DURATION,
  softTimeLimit: DURATION,
  ignoreResult: BOOLEAN,
  replyTo: TEXT,
  shadow: TEXT,
  link: SIGNATURES,
  linkError: SIGNATURES,
  addToParent: BOOLEAN,
  rootId: TEXT,
  parentId: TEXT,
  groupId: TEXT,
  groupIndex: COUNT,
  chord: ANYTHING,
  chain: LIST,
  stampedHeaders: LIST,
  stamps: OBJECT,
  replacedTaskNesting: COUNT,
  argsrepr: TEXT,
  kwargsrepr: TEXT,
  deliveryMode: ["1 (transient) or 2 (persistent)", (value) => value === 1 || value === 2],
  serializer: JSON_ONLY,
  compression: COMPRESSION,
  retry: BOOLEAN,
  retryPolicy: OBJECT,
  correlationId: TEXT,
  routeName: TEXT,
});

/** @param {string} name @returns {boolean} whether `sendTask` takes an option of this name */
export const isSendOption = (name) => Object.hasOwn(SEND_KINDS, name);

/**
 * @param {Readonly<Record<string, unknown>>} options
 * @param {string} label how messages name what takes the options
 * @returns {SendOptions} the options that were given
 * @throws {TypeError} for an unknown option (naming the nearest known one) or a value of the wrong kind
 */
export function checkSendOptions(options, label) {
  const refuse = (/** @type {string} */ problem) => new TypeError(`${label}: ${problem}`);
  /** @type {SendOptions} */
  const checked = checkOptions(optionsObject(options, refuse, "kwargs"), SEND_KINDS, refuse);
  if (checked.retryPolicy) checkRetryPolicy(checked.retryPolicy, refuse);
  return checked;
}

/**
 * @param {unknown} options of a signature: `immutable`, and those of sending
 * @param {string} label how messages name what takes the options
 * @returns {SendOptions & { immutable?: boolean }} those that were given
 * @throws {TypeError} as `checkSendOptions`
 */
export function checkSignatureOptions(options, label) {
  const refuse = (/** @type {string} */ problem) => new TypeError(`${label}: ${problem}`);
  const given = checkOptions(optionsObject(options, refuse, "kwargs"), SIGNATURE_KINDS, refuse);
  const checked = /** @type {SendOptions & { immutable?: boolean | null }} */ (given);
  if (checked.retryPolicy) checkRetryPolicy(checked.retryPolicy, refuse);
  return { ...checked, immutable: checked.immutable ?? undefined };
}

const SIGNATURE_KINDS = Object.freeze({ ...SEND_KINDS, immutable: BOOLEAN });

/**
 * Lays options over others. What is `null` in the upper ones leaves the lower ones as they are, but for the three that
 * Celery lets a caller clear (`celery.app.base.Celery.send_task`).
 *
 * @param {SendOptions} lower
 * @param {SendOptions} upper
 * @returns {SendOptions}
 */
export function mergeOptions(lower, upper) {
  /** @type {Record<string, unknown>} */
  const merged = { ...lower };
  for (const [name, value] of Object.entries(upper)) {
    if (value !== null || CLEARABLE.has(name)) merged[name] = value;
  }
  return merged;
}

const CLEARABLE = new Set(["expires", "timeLimit", "softTimeLimit"]);
