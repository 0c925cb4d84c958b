/** The options of `applyAsync` and `sendTask`: Celery's, in camelCase. */
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
  show,
  TEXT,
} from "../validation/kinds.js";
import { checkRetryPolicy } from "../validation/retry-policy.js";

/**
 * @template [T=unknown]
 * @typedef {import("../validation/kinds.js").Kind<T>} Kind
 */

/** @param {unknown} value */
const isMoment = (value) =>
  value instanceof Date
    ? !Number.isNaN(value.getTime())
    : typeof value === "string" && !Number.isNaN(isoToEpochMs(value));

/** @type {Kind<unknown>} */
const SIGNATURES = [
  "a signature, or a list of them",
  (value) => (Array.isArray(value) ? value : [value]).every((each) => typeof each === "object" && each !== null),
];

/** @type {Kind<"direct" | "topic" | "fanout">} */
const EXCHANGE_TYPE = [
  "'direct', 'topic' or 'fanout'",
  (value) => ["direct", "topic", "fanout"].includes(String(value)),
];
/** @type {Kind<Date | string>} */
const MOMENT = ["a Date or ISO 8601 text", isMoment];
/** @type {Kind<number | Date | string>} */
const EXPIRY = ["a number of seconds, a Date or ISO 8601 text", (value) => SECONDS[1](value) || isMoment(value)];
/** @type {Kind<1 | 2>} */
export const DELIVERY_MODE = ["1 (transient) or 2 (persistent)", (value) => value === 1 || value === 2];
/** @type {Kind<string[]>} */
const TEXTS = ["an array", Array.isArray];
/** @type {Kind<import("../validation/retry-policy.js").RetryPolicy>} */
const POLICY = ["an object", OBJECT[1]];

/** What each option of sending takes. */
export const SEND_KINDS = Object.freeze({
  /** Keyword arguments. */
  kwargs: OBJECT,
  /** The queue, in place of the route's. */
  queue: TEXT,
  /** With `routingKey`, instead of a queue. */
  exchange: TEXT,
  /** Default "direct". */
  exchangeType: EXCHANGE_TYPE,
  /** See `exchange`. */
  routingKey: TEXT,
  /** 0 to 9, of which Redis takes the lowest first. */
  priority: PRIORITY,
  /** Seconds from now, before which the task does not start. */
  countdown: SECONDS,
  /** The moment, or its ISO 8601 text, before which the task does not start. */
  eta: MOMENT,
  /** Seconds from now, the moment or its ISO 8601 text, after which the task is not started any more. */
  expires: EXPIRY,
  /** Default a new UUID. */
  taskId: TEXT,
  /** Additional message headers. */
  headers: OBJECT,
  /** Additional message properties. */
  properties: OBJECT,
  /** How often the task has been retried. */
  retries: COUNT,
  /** Seconds, hard. */
  timeLimit: DURATION,
  /** Seconds. */
  softTimeLimit: DURATION,
  /** true stores no result. */
  ignoreResult: BOOLEAN,
  /** Queue for replies. */
  replyTo: TEXT,
  /** The name to show in logs and monitors. */
  shadow: TEXT,
  /** Signature, or list of them, to send when the task has succeeded. */
  link: SIGNATURES,
  /** Signature, or list of them, to call when the task has failed. */
  linkError: SIGNATURES,
  /** false keeps the result out of the calling task's children. */
  addToParent: BOOLEAN,
  /** Default the calling task's root. */
  rootId: TEXT,
  /** Default the calling task. */
  parentId: TEXT,
  /** The id of its group. */
  groupId: TEXT,
  /** Its place in the group. */
  groupIndex: COUNT,
  /** The body that waits for it, as a signature. */
  chord: ANYTHING,
  /** The tasks that follow, the last one first. */
  chain: LIST,
  /** Names of its stamps. */
  stampedHeaders: TEXTS,
  /** By name. */
  stamps: OBJECT,
  /** How many replacements led to this task. */
  replacedTaskNesting: COUNT,
  /** How monitors show the arguments. */
  argsrepr: TEXT,
  /** How monitors show the keyword arguments. */
  kwargsrepr: TEXT,
  /** 1 transient, 2 persistent. */
  deliveryMode: DELIVERY_MODE,
  /** The serializer of the message. */
  serializer: JSON_ONLY,
  /** The compression of the body: "gzip", "zlib" or "brotli"; default `taskCompression`. */
  compression: COMPRESSION,
  /** false gives up at the first failure to send; default `taskPublishRetry`. */
  retry: BOOLEAN,
  /** How often sending is repeated, and how soon; default: for `taskPublishTimeout` seconds. */
  retryPolicy: POLICY,
  /** The message's correlation id; default the task's id. */
  correlationId: TEXT,
  /** The task whose route is taken: `celery.map` goes where the mapped task goes. */
  routeName: TEXT,
});

/**
 * Options that `null` does not clear.
 *
 * @typedef {"kwargs" | "queue" | "exchange" | "exchangeType" | "routingKey" | "taskId" | "headers" | "properties" | "retries" | "addToParent"
 *   | "stamps" | "replacedTaskNesting" | "deliveryMode" | "serializer" | "correlationId" | "routeName"} NotNull
 */
/**
 * The options of sending a task. `undefined` means not given. `null` is Python's `None`: it clears the value of the task or of
 * a setting.
 *
 * @typedef {import("../validation/kinds.js").OptionsOf<typeof SEND_KINDS, NotNull>} SendOptions
 */

/**
 * @param {string} name
 * @returns {boolean} whether `sendTask` takes an option of this name
 */
export const isSendOption = (name) => Object.hasOwn(SEND_KINDS, name);

/**
 * @param {Readonly<Record<string, unknown>>} options
 * @param {string} label how messages name what takes the options
 * @returns {SendOptions} the options that were given
 * @throws {TypeError} for an unknown option (naming the nearest known one) or a value of the wrong kind
 */
export function checkSendOptions(options, label) {
  const refuse = (/** @type {string} */ problem) => new TypeError(`${label}: ${problem}`);
  const checked = /** @type {SendOptions} */ (
    checkOptions(optionsObject(options, refuse, "kwargs"), SEND_KINDS, refuse)
  );
  if (checked.retryPolicy) checkRetryPolicy(checked.retryPolicy, refuse);
  return checked;
}

/**
 * @param {string} task that messages name
 * @param {unknown} args
 * @param {unknown} options of sending
 * @throws {TypeError} when the arguments are not an array, or an option is unknown or of the wrong kind
 */
export function checkSending(task, args, options) {
  if (!Array.isArray(args)) throw new TypeError(`${task}: the arguments must be an array, not ${show(args)}`);
  checkSendOptions(/** @type {Record<string, unknown>} */ (options), task);
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
 * Merges options. A `null` in the upper ones keeps the lower value, except for the three options that Celery lets a caller clear
 * (`celery.app.base.Celery.send_task`).
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

/**
 * @param {{ name: string, shadowName: import("./options.js").Handler | null }} task
 * @param {readonly unknown[]} args
 * @param {Readonly<SendOptions>} given
 * @returns {string | null} the name by which logs and monitors show the call (Celery's `Task.shadow_name`)
 * @throws {TypeError} when the function gives anything but a name
 */
export function shadowOf(task, args, { kwargs, ...options }) {
  const shadow = task.shadowName?.(args, kwargs ?? {}, options);
  if (shadow === undefined || shadow === null || shadow === "") return null;
  if (typeof shadow === "string") return shadow;
  throw new TypeError(`task ${task.name}: shadowName() must return a string, not ${show(shadow)}`);
}
