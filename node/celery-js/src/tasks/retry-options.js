/** What `self.retry()` takes, and `retryKwargs` with it: Celery's parameters of `Task.retry`, in camelCase. */
import { ANYTHING, BOOLEAN, COUNT, checkOptions, DURATION, LIST, OBJECT, PRIORITY, SECONDS, TEXT } from "../kinds.js";

/**
 * `undefined` means not given, and so does `null` but for `maxRetries`.
 *
 * @typedef {object} RetryOptions
 * @property {unknown[] | null} [args] instead of the message's own
 * @property {Record<string, unknown> | null} [kwargs]
 * @property {Error} [exc] thrown instead of MaxRetriesExceededError; stored as the reason of the retry
 * @property {boolean} [throw] false returns the `Retry` instead of throwing it
 * @property {number} [countdown] seconds; default the task's `defaultRetryDelay`
 * @property {Date | string} [eta] the moment, instead of a countdown
 * @property {number | null} [maxRetries] for this execution
 * @property {number} [timeLimit] seconds
 * @property {number} [softTimeLimit] seconds
 * @property {number} [priority]
 * @property {string} [queue]
 * @property {number | Date} [expires] seconds from now, or the moment
 */

/** @type {import("../kinds.js").Kind} */
const MOMENT = ["a Date or ISO 8601 text", (value) => value instanceof Date || TEXT[1](value)];

/** @type {Readonly<Record<keyof RetryOptions, import("../kinds.js").Kind>>} */
const KINDS = Object.freeze({
  args: LIST,
  kwargs: OBJECT,
  exc: ANYTHING,
  throw: BOOLEAN,
  countdown: SECONDS,
  eta: MOMENT,
  maxRetries: COUNT,
  timeLimit: DURATION,
  softTimeLimit: DURATION,
  priority: PRIORITY,
  queue: TEXT,
  expires: ["a number of seconds, a Date or ISO 8601 text", (value) => SECONDS[1](value) || MOMENT[1](value)],
});

/**
 * @param {Readonly<Record<string, unknown>>} options
 * @param {(problem: string) => Error} refuse makes the error
 * @throws {Error} of `refuse`, for an unknown option (naming the nearest known one) or a value of the wrong kind
 */
export function checkRetryOptions(options, refuse) {
  checkOptions(options, KINDS, refuse);
}
