/** Repeats a sending that fails: `retry` and `retryPolicy` of `applyAsync` (`kombu.Connection.ensure`). */
import { setTimeout as delay } from "node:timers/promises";
import { OperationalError } from "../errors.js";
import { MAX_TIMER_MS } from "../protocol/time.js";

/** @typedef {import("../validation/retry-policy.js").RetryPolicy} RetryPolicy */
/** @typedef {Required<RetryPolicy>} PublishPolicy with every default filled in */

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
    await delay(Math.min(intervalOf(policy, retries) * 1000, MAX_TIMER_MS));
  }
}

/**
 * @param {unknown} error
 * @param {PublishPolicy} policy
 */
function mayPass(error, { retryErrors }) {
  if (error instanceof OperationalError && error.isTemporary) return true;
  const causes = [error, error instanceof Error ? error.cause : null];
  return (retryErrors ?? []).some((kind) => causes.some((cause) => cause instanceof kind));
}

/**
 * @param {PublishPolicy} policy
 * @param {number} retries how often it was repeated already
 * @returns {number} the pause, in seconds
 */
function intervalOf({ intervalStart, intervalStep, intervalMax }, retries) {
  return Math.min(intervalStart + intervalStep * retries, intervalMax);
}
