/** Repeats a sending that fails: `retry` and `retryPolicy` of `applyAsync` (`kombu.Connection.ensure`). */
import { setTimeout as delay } from "node:timers/promises";
import { OperationalError } from "../errors.js";

/** @typedef {import("../validation/retry-policy.js").RetryPolicy} RetryPolicy */
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
