/**
 * The options of a task: which there are, what each takes, and Celery's defaults. The names are Celery's, in camelCase
 * (`celery.app.task.Task`); durations are seconds.
 */
import { ImproperlyConfigured } from "../errors.js";
import {
  BOOLEAN,
  COMPRESSION,
  COUNT,
  checkOptions,
  DURATION,
  JSON_ONLY,
  OBJECT,
  POOL,
  PRIORITY,
  RATE,
  TEXT,
} from "../validation/kinds.js";
import { checkRetryOptions } from "./retry-options.js";

/** @typedef {import("./define.js").TaskFunction} TaskFunction */
/** @typedef {abstract new (...args: never[]) => Error} ErrorClass */
/**
 * A handler of a task's course, as Celery's methods of these names; `this` is the task as it runs (`self`), unless the
 * handler is an arrow function. A promise that it returns is waited for.
 *
 * @typedef {(this: any, ...args: any[]) => unknown} Handler
 */

/**
 * What a task may say of itself. An option that is absent is left to the app's settings or to `TASK_DEFAULTS`. `null`
 * means absent, as `None` does in Celery, but for `maxRetries`, where it means "for ever".
 *
 * @typedef {object} TaskOptions
 * @property {string} [name] instead of the name made of path and export
 * @property {boolean} [bind] true passes the running task as first argument (`self`)
 * @property {string[]} [params] the parameters, where the source does not show them; see `declaredParameters`
 * @property {boolean} [typing] false skips the sender's check of the arguments
 * @property {number | null} [maxRetries] how often it is retried, default 3; null: for ever
 * @property {number | null} [defaultRetryDelay] seconds, default 180
 * @property {(ErrorClass | string)[] | null} [autoretryFor] errors that make the task retry, as classes or names
 * @property {(ErrorClass | string)[] | null} [dontAutoretryFor] errors that do not, though `autoretryFor` names them
 * @property {import("./retry-options.js").RetryOptions | null} [retryKwargs] options of `self.retry()` for automatic retries
 * @property {boolean | number | null} [retryBackoff] exponential delays; a number is the first one, in seconds
 * @property {number | null} [retryBackoffMax] seconds
 * @property {boolean | null} [retryJitter] true draws each delay between 0 and the computed one
 * @property {(ErrorClass | string)[] | null} [throws] errors that are logged without a traceback, being expected
 * @property {boolean | null} [acksLate] false acknowledges before the start, and never runs it again; default `taskAcksLate`
 * @property {boolean | null} [acksOnFailureOrTimeout] what the next two are where they say nothing; default `taskAcksOnFailureOrTimeout`
 * @property {boolean | null} [acksOnFailure] false puts the message of a failed task among the dead letters
 * @property {boolean | null} [acksOnTimeout] false puts the message of a task over its hard limit back into its queue
 * @property {boolean | null} [rejectOnWorkerLost] true runs it again when its thread is lost; default `taskRejectOnWorkerLost`
 * @property {boolean | null} [ignoreResult] true stores no result; default `taskIgnoreResult`
 * @property {boolean | null} [storeErrorsEvenIfIgnored] true stores errors all the same; default `taskStoreErrorsEvenIfIgnored`
 * @property {boolean | null} [trackStarted] true stores STARTED when it starts; default `taskTrackStarted`
 * @property {number | null} [timeLimit] seconds
 * @property {number | null} [softTimeLimit] seconds
 * @property {"async" | "threads" | null} [pool] what runs it: the event loop, or a thread of its own; default: the worker's
 * @property {number | string | null} [rateLimit] tasks a second, or "10/s", "10/m", "10/h"
 * @property {number | Date | null} [expires] seconds after sending, or the moment
 * @property {number | null} [priority] 0 to 9; on Redis, 0 is the highest
 * @property {string | null} [queue] where it is sent to, if neither the call nor a route says so
 * @property {string | null} [exchange] with `routingKey`, instead of a queue
 * @property {string | null} [routingKey] see `exchange`
 * @property {"json" | null} [serializer] of its messages
 * @property {string | null} [compression] of its messages: "gzip", "zlib" or "brotli"
 * @property {boolean | null} [sendEvents] false keeps it out of events; default true
 * @property {number | null} [maxDeliveries] lost workers before it is given up; 0 = no limit; default `maxDeliveries`
 * @property {boolean | null} [deadLetterOnFailure] true keeps the message of a final failure among the dead letters
 * @property {Handler | null} [beforeStart] `(taskId, args, kwargs)`: what it throws is what the task threw
 * @property {Handler | null} [onSuccess] `(retval, taskId, args, kwargs)`
 * @property {Handler | null} [onFailure] `(exc, taskId, args, kwargs, einfo)`
 * @property {Handler | null} [onRetry] `(exc, taskId, args, kwargs, einfo)`
 * @property {Handler | null} [afterReturn] `(status, retval, taskId, args, kwargs, einfo)`, after SUCCESS and FAILURE
 * @property {Handler | null} [onReplace] `(signature)`, before the signature is sent in the task's place
 */

/** What holds for a task that says nothing else and that no setting speaks for: Celery's own defaults. */
export const TASK_DEFAULTS = Object.freeze({
  bind: false,
  typing: true,
  maxRetries: 3,
  defaultRetryDelay: 180,
  autoretryFor: Object.freeze([]),
  dontAutoretryFor: Object.freeze([]),
  retryKwargs: Object.freeze({}),
  retryBackoff: false,
  retryBackoffMax: 600,
  retryJitter: true,
  throws: Object.freeze([]),
  sendEvents: true,
});

/** @type {import("../validation/kinds.js").Kind} */
const HOOK = ["a function", (value) => typeof value === "function"];
/** @type {import("../validation/kinds.js").Kind} */
const ERRORS = [
  "a list of error classes or their names",
  (value) => Array.isArray(value) && value.every((item) => typeof item === "function" || TEXT[1](item)),
];

/** @type {Readonly<Record<keyof TaskOptions, import("../validation/kinds.js").Kind>>} */
const KINDS = Object.freeze({
  name: TEXT,
  bind: BOOLEAN,
  params: ["a list of parameters", (value) => Array.isArray(value) && value.every((item) => typeof item === "string")],
  typing: BOOLEAN,
  maxRetries: ["a whole number, 0 or more, or null for no limit", COUNT[1]],
  defaultRetryDelay: DURATION,
  autoretryFor: ERRORS,
  dontAutoretryFor: ERRORS,
  retryKwargs: ["an object of retry options", OBJECT[1]],
  retryBackoff: ["true, false or a number of seconds", (value) => typeof value === "boolean" || DURATION[1](value)],
  retryBackoffMax: DURATION,
  retryJitter: BOOLEAN,
  throws: ERRORS,
  acksLate: BOOLEAN,
  acksOnFailureOrTimeout: BOOLEAN,
  acksOnFailure: BOOLEAN,
  acksOnTimeout: BOOLEAN,
  rejectOnWorkerLost: BOOLEAN,
  ignoreResult: BOOLEAN,
  storeErrorsEvenIfIgnored: BOOLEAN,
  trackStarted: BOOLEAN,
  timeLimit: DURATION,
  softTimeLimit: DURATION,
  pool: POOL,
  rateLimit: RATE,
  expires: ["a number of seconds or a Date", (value) => DURATION[1](value) || isDate(value)],
  priority: PRIORITY,
  queue: TEXT,
  exchange: TEXT,
  routingKey: TEXT,
  serializer: JSON_ONLY,
  compression: COMPRESSION,
  sendEvents: BOOLEAN,
  maxDeliveries: ["a whole number, 0 for no limit", COUNT[1]],
  deadLetterOnFailure: BOOLEAN,
  beforeStart: HOOK,
  onSuccess: HOOK,
  onFailure: HOOK,
  onRetry: HOOK,
  afterReturn: HOOK,
  onReplace: HOOK,
});

/**
 * Checks the options of a task.
 *
 * @param {Readonly<Record<string, unknown>>} options
 * @param {string} label how messages name the task
 * @returns {Readonly<TaskOptions>} the options that were given
 * @throws {ImproperlyConfigured} for an unknown option (naming the nearest known one), a value of the wrong kind, and a
 *   soft time limit above the hard one
 */
export function checkTaskOptions(options, label) {
  const refuse = (/** @type {string} */ problem) => new ImproperlyConfigured(`${label}: ${problem}`);
  const given = Object.entries(checkOptions(options, KINDS, refuse));
  /** @type {TaskOptions} */
  const checked = Object.fromEntries(given.filter(([option, value]) => value !== null || option === "maxRetries"));
  checkRetryOptions(checked.retryKwargs ?? {}, (problem) => refuse(`option 'retryKwargs': ${problem}`));
  if (checked.softTimeLimit && checked.timeLimit && checked.softTimeLimit > checked.timeLimit) {
    throw refuse("soft_time_limit must be less than or equal to time_limit");
  }
  return Object.freeze(checked);
}

/**
 * @param {unknown} value
 * @returns {boolean}
 */
function isDate(value) {
  return value instanceof Date && !Number.isNaN(value.getTime());
}
