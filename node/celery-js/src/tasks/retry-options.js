/** The options of `self.retry()` and `retryKwargs`: the parameters of Celery's `Task.retry`, and sending options. */
import { ANYTHING, BOOLEAN, COUNT, checkOptions, LIST } from "../validation/kinds.js";
import { SEND_KINDS } from "./send-options.js";

/**
 * The sending options of a retry. Each replaces the message's value: `headers` all of the sender's own headers, `link` and
 * `linkError` the callbacks and errbacks, `taskId` the id of the result.
 */
const SENDING = /** @type {const} */ ([
  ...["kwargs", "countdown", "eta", "expires", "queue", "exchange", "exchangeType", "routingKey", "priority"],
  ...["headers", "timeLimit", "softTimeLimit", "ignoreResult", "replyTo", "shadow", "link", "linkError", "taskId"],
  ...["rootId", "parentId", "groupId", "groupIndex", "chord", "chain", "argsrepr", "kwargsrepr", "deliveryMode"],
  ...["serializer", "compression"],
]);

/**
 * `undefined` means not given, and so does `null`.
 *
 * @typedef {object} OwnRetryOptions
 * @property {unknown[] | null} [args] instead of the message's own
 * @property {Record<string, unknown> | null} [kwargs] instead of the message's own
 * @property {Error | null} [exc] thrown instead of MaxRetriesExceededError; stored as the reason of the retry
 * @property {boolean} [throw] false returns the `Retry` instead of throwing it
 * @property {number | null} [maxRetries] for this execution
 *
 * @typedef {OwnRetryOptions & Omit<Pick<import("./send-options.js").SendOptions, typeof SENDING[number]>, "kwargs">} RetryOptions
 *   `countdown` is by default the task's `defaultRetryDelay`, everything else of sending what the message has
 */

/** @type {Readonly<Record<string, import("../validation/kinds.js").Kind>>} */
const KINDS = Object.freeze({
  args: LIST,
  exc: ANYTHING,
  throw: BOOLEAN,
  maxRetries: COUNT,
  ...Object.fromEntries(SENDING.map((name) => [name, SEND_KINDS[name]])),
});

/**
 * @param {Readonly<Record<string, unknown>>} options
 * @param {(problem: string) => Error} refuse makes the error
 * @throws {Error} of `refuse`, for an unknown option (naming the nearest known one) or a value of the wrong kind
 */
export function checkRetryOptions(options, refuse) {
  checkOptions(options, KINDS, refuse);
}
