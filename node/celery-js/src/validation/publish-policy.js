/** How often a sending is repeated that fails: `retry` and `retryPolicy` of `applyAsync` (`kombu.Connection.ensure`). */
import { setTimeout as delay } from "node:timers/promises";
import { OperationalError } from "../errors.js";
import { COUNT, checkOptions, DURATION } from "./kinds.js";

/** @typedef {abstract new (...args: never[]) => Error} ErrorClass */
/**
 * What a caller or the setting `taskPublishRetryPolicy` says; what is absent is Celery's default.
 *
 * @typedef {object} RetryPolicy
 * @property {number | null} [maxRetries] how often it is repeated after the first attempt; 3 by default, null: for ever
 * @property {number} [intervalStart] seconds until the first repetition; 0 by default
 * @property {number} [intervalStep] seconds by which each pause is longer than the one before; 0.2 by default
 * @property {number} [intervalMax] seconds of the longest pause; 1 by default
 * @property {readonly ErrorClass[] | null} [retryErrors] errors after which it is repeated, besides those that pass by themselves
 */
/** @typedef {Required<RetryPolicy>} PublishPolicy with every default filled in */

/** Celery's `task_publish_retry_policy`. @type {Readonly<PublishPolicy>} */
const DEFAULTS = Object.freeze({
  maxRetries: 3,
  intervalStart: 0,
  intervalStep: 0.2,
  intervalMax: 1,
  retryErrors: null,
});

/** A sending that is tried once. @type {Readonly<PublishPolicy>} */
const ONCE = Object.freeze({ ...DEFAULTS, maxRetries: 0 });

/** @type {Readonly<Record<keyof RetryPolicy, import("./kinds.js").Kind>>} */
const KINDS = Object.freeze({
  maxRetries: ["a whole number, 0 or more, or null for ever", COUNT[1]],
  intervalStart: DURATION,
  intervalStep: DURATION,
  intervalMax: DURATION,
  retryErrors: [
    "a list of error classes",
    (value) => Array.isArray(value) && value.every((item) => typeof item === "function"),
  ],
});

/**
 * @param {unknown} value
 * @param {(problem: string) => Error} refuse makes the error
 * @throws {Error} of `refuse`, when it is no policy
 */
export function checkRetryPolicy(value, refuse) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refuse(`option 'retryPolicy' takes an object with some of ${Object.keys(KINDS).join(", ")}`);
  }
  checkOptions({ ...value }, KINDS, (problem) => refuse(`option 'retryPolicy': ${problem}`));
}

/** @param {unknown} value @returns {boolean} */
export function isRetryPolicy(value) {
  try {
    checkRetryPolicy(value, (problem) => new TypeError(problem));
    return true;
  } catch {
    return false;
  }
}

/**
 * The policy of one sending: the caller's over the setting's over Celery's defaults.
 *
 * @param {{ retry?: boolean | null, retryPolicy?: RetryPolicy | null }} given by the caller
 * @param {{ taskPublishRetry: boolean, taskPublishRetryPolicy: RetryPolicy | null }} settings
 * @returns {Readonly<PublishPolicy> | null} null where nobody says anything: it is then repeated for `taskPublishTimeout`
 */
export function publishPolicy({ retry, retryPolicy }, { taskPublishRetry, taskPublishRetryPolicy }) {
  if (!(retry ?? taskPublishRetry)) return ONCE;
  if (!retryPolicy && !taskPublishRetryPolicy) return null;
  return { ...DEFAULTS, ...taskPublishRetryPolicy, ...retryPolicy };
}

/**
 * @template T
 * @param {Readonly<PublishPolicy>} policy
 * @param {() => Promise<T>} operation
 * @returns {Promise<T>}
 * @throws {OperationalError} the last failure, once the policy allows no more
 */
export async function repeated(policy, operation) {
  for (let retries = 0; ; retries += 1) {
    try {
      return await operation();
    } catch (error) {
      if (policy.maxRetries !== null && retries >= policy.maxRetries) throw error;
      if (!mayPass(error, policy)) throw error;
    }
    await delay(intervalOf(policy, retries) * 1000);
  }
}

/** @param {unknown} error @param {PublishPolicy} policy */
function mayPass(error, { retryErrors }) {
  if (error instanceof OperationalError && error.isTemporary) return true;
  const causes = [error, error instanceof Error ? error.cause : null];
  return (retryErrors ?? []).some((kind) => causes.some((cause) => cause instanceof kind));
}

/** @param {PublishPolicy} policy @param {number} retries how often it was repeated already @returns {number} the pause, in seconds */
function intervalOf({ intervalStart, intervalStep, intervalMax }, retries) {
  return Math.min(intervalStart + intervalStep * retries, intervalMax);
}
