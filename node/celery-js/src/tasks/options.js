/**
 * The options of a task: their names, their kinds of value, and Celery's defaults. The names are Celery's, in camelCase
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
  POSITIVE,
  PRIORITY,
  RATE,
  TEXT,
} from "../validation/kinds.js";
import { checkRetryOptions } from "./retry-options.js";
import { isTaskSchema } from "./schema.js";
import { DELIVERY_MODE } from "./send-options.js";

/** @typedef {import("./define.js").TaskFunction} TaskFunction */
/** @typedef {abstract new (...args: never[]) => Error} ErrorClass */
/**
 * A handler of a task, as Celery's methods of these names; `this` is the task as it runs (`self`), unless the
 * handler is an arrow function. A promise that it returns is waited for. `any`, so that its parameters need no annotations.
 *
 * @typedef {(this: any, ...args: any[]) => unknown} Handler
 */

/** Celery's defaults, for options that neither the task nor a setting gives. */
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
  trail: true,
  resultreprMaxsize: 1024,
  deadLetterOnFailure: false,
});

/**
 * @template T
 * @typedef {import("../validation/kinds.js").Kind<T>} Kind
 */

/** @type {Kind<Handler>} */
const HOOK = ["a function", (value) => typeof value === "function"];
/** @type {Kind<(ErrorClass | string)[]>} */
const ERRORS = [
  "a list of error classes or their names",
  (value) => Array.isArray(value) && value.every((item) => typeof item === "function" || TEXT[1](item)),
];

/** @type {Kind<string[]>} */
const PARAMETERS = [
  "a list of parameters",
  (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
];
/** @type {Kind<import("./schema.js").TaskSchema>} */
const SCHEMA = [
  "{ params: { name: schema }, result, progress } with schemas of zod or another Standard Schema library",
  isTaskSchema,
];
/** @type {Kind<number>} */
const RETRIES = ["a whole number, 0 or more, or null for no limit", COUNT[1]];
/** @type {Kind<import("./retry-options.js").RetryOptions>} */
const RETRY_OPTIONS = ["an object of retry options", OBJECT[1]];
/** @type {Kind<boolean | number>} */
const BACKOFF = ["true, false or a number of seconds", (value) => typeof value === "boolean" || DURATION[1](value)];
/** @type {Kind<number | Date>} */
const EXPIRY = ["a number of seconds or a Date", (value) => DURATION[1](value) || isDate(value)];
/** @type {Kind<number>} */
const DELIVERIES = ["a whole number, 0 for no limit", COUNT[1]];

const KINDS = Object.freeze({
  /** Replaces the name made of path and export. */
  name: TEXT,
  /** true passes the running task as first argument (`self`). */
  bind: BOOLEAN,
  /** The parameters, where the source does not show them; see `declaredParameters`. */
  params: PARAMETERS,
  /** Schemas of parameters, which are checked before it runs, and of result and progress. */
  schema: SCHEMA,
  /** false skips the sender's check of the arguments. */
  typing: BOOLEAN,
  /** How often it is retried, default 3; null: forever. */
  maxRetries: RETRIES,
  /** Seconds, default 180. */
  defaultRetryDelay: DURATION,
  /** Errors that make the task retry, as classes or names. */
  autoretryFor: ERRORS,
  /** Errors that do not, though `autoretryFor` names them. */
  dontAutoretryFor: ERRORS,
  /** Options of `self.retry()` for automatic retries. */
  retryKwargs: RETRY_OPTIONS,
  /** Exponential delays; a number is the first one, in seconds. */
  retryBackoff: BACKOFF,
  /** Seconds. */
  retryBackoffMax: DURATION,
  /** true draws each delay between 0 and the computed one. */
  retryJitter: BOOLEAN,
  /** Expected errors, which are logged without a traceback. */
  throws: ERRORS,
  /** false acknowledges before the start, and never runs it again; default `taskAcksLate`. */
  acksLate: BOOLEAN,
  /** Default of the next two options; its own default is `taskAcksOnFailureOrTimeout`. */
  acksOnFailureOrTimeout: BOOLEAN,
  /** false puts the message of a failed task among the dead letters. */
  acksOnFailure: BOOLEAN,
  /** false puts the message of a task over its hard limit back into its queue. */
  acksOnTimeout: BOOLEAN,
  /** true runs it again when its thread is lost; default `taskRejectOnWorkerLost`. */
  rejectOnWorkerLost: BOOLEAN,
  /** true retries it when its thread is lost, before `rejectOnWorkerLost` applies; default `taskRetryOnWorkerLost`. */
  retryOnWorkerLost: BOOLEAN,
  /** true stores no result; default `taskIgnoreResult`. */
  ignoreResult: BOOLEAN,
  /** true stores errors even then; default `taskStoreErrorsEvenIfIgnored`. */
  storeErrorsEvenIfIgnored: BOOLEAN,
  /** true stores STARTED when it starts; default `taskTrackStarted`. */
  trackStarted: BOOLEAN,
  /** Seconds. */
  timeLimit: DURATION,
  /** Seconds. */
  softTimeLimit: DURATION,
  /** Where it runs: on the event loop, or in a thread; null: in the worker's pool. */
  pool: POOL,
  /** Tasks a second, or "10/s", "10/m", "10/h". */
  rateLimit: RATE,
  /** Seconds after sending, or the moment. */
  expires: EXPIRY,
  /** 0 to 9; on Redis, 0 is the highest. */
  priority: PRIORITY,
  /** Where it is sent to, if neither the call nor a route names a queue. */
  queue: TEXT,
  /** With `routingKey`, instead of a queue. */
  exchange: TEXT,
  /** See `exchange`. */
  routingKey: TEXT,
  /** On RabbitMQ: 1 keeps its messages in memory, 2 on disk. */
  deliveryMode: DELIVERY_MODE,
  /** The serializer of its messages. */
  serializer: JSON_ONLY,
  /** The compression of its messages: "gzip", "zlib" or "brotli". */
  compression: COMPRESSION,
  /** false keeps it out of events; default true. */
  sendEvents: BOOLEAN,
  /** false keeps the tasks that it sends out of its children; default true. */
  trail: BOOLEAN,
  /** How many characters of its result logs and events show, default 1024. */
  resultreprMaxsize: POSITIVE,
  /** How many lost workers until the task fails; 0 = no limit; default `maxDeliveries`. */
  maxDeliveries: DELIVERIES,
  /** true keeps the message of a final failure among the dead letters. */
  deadLetterOnFailure: BOOLEAN,
  /** `(taskId, args, kwargs)`: an error in it counts as the task's own. */
  beforeStart: HOOK,
  /** `(retval, taskId, args, kwargs)`. */
  onSuccess: HOOK,
  /** `(exc, taskId, args, kwargs, einfo)`. */
  onFailure: HOOK,
  /** `(exc, taskId, args, kwargs, einfo)`. */
  onRetry: HOOK,
  /** `(status, retval, taskId, args, kwargs, einfo)`, after SUCCESS and FAILURE. */
  afterReturn: HOOK,
  /** `(signature)`, before the signature is sent in the task's place. */
  onReplace: HOOK,
  /** `(args, kwargs, options)`: returns the name that logs and monitors show for a call. */
  shadowName: HOOK,
});

/** The names of all options. */
export const TASK_OPTIONS = Object.freeze(Object.keys(KINDS));

/** Options of Celery that a JavaScript task does not have, and what to use in their place. */
const NOT_HERE = Object.freeze({
  ...Object.fromEntries(
    ["pydantic", "pydanticStrict", "pydanticContext", "pydanticDumpKwargs"].map((name) => [
      name,
      "Pydantic is a Python library; use 'schema'",
    ]),
  ),
  base: "a task is a function; share code by importing it, and options with the setting taskAnnotations",
  shared: "a task module belongs to the app that discovers it",
  lazy: "a task is registered at once",
  filter: "wrap the function that you give to task()",
  backend: "all tasks of an app store their results in its 'resultBackend'",
  storeEagerResult: "an eager task stores nothing; eagerApp() of celery-js/testing keeps its states",
  exchangeType: "declare the exchange's type in the setting taskQueues",
  Request: "use handlers such as 'onFailure', or signals",
  Strategy: "use signals such as taskReceived",
});

/**
 * The options of a task. The app's settings or `TASK_DEFAULTS` decide absent options. `null`
 * means absent, as `None` does in Celery, but for `maxRetries`, where it means "forever".
 *
 * @typedef {import("../validation/kinds.js").OptionsOf<typeof KINDS, "name" | "bind" | "params" | "typing">} TaskOptions
 */

/**
 * Checks the options of a task.
 *
 * @param {Readonly<Record<string, unknown>>} options
 * @param {string} label how messages name the task
 * @returns {Readonly<TaskOptions>} the options that were given
 * @throws {ImproperlyConfigured} for an unknown option (naming the nearest known one), an option of Python alone, a value of
 *   the wrong kind, and a soft time limit above the hard one
 */
export function checkTaskOptions(options, label) {
  const refuse = (/** @type {string} */ problem) => new ImproperlyConfigured(`${label}: ${problem}`);
  for (const [option, instead] of Object.entries(NOT_HERE)) {
    if (options[option] !== undefined) throw refuse(`option '${option}' exists in Python only: ${instead}`);
  }
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
