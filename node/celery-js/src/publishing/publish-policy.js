/** How often the sending of a task is repeated: `retry` and `retryPolicy`, of the call and of the settings. */

/**
 * @typedef {import("../validation/retry-policy.js").RetryPolicy} RetryPolicy
 * @typedef {import("../transport/publish-policy.js").PublishPolicy} PublishPolicy
 */

/** Celery's `task_publish_retry_policy`. @type {Readonly<PublishPolicy>} */
const DEFAULT_POLICY = Object.freeze({
  maxRetries: 3,
  intervalStart: 0,
  intervalStep: 0.2,
  intervalMax: 1,
  retryErrors: null,
});

/** The policy without retries. @type {Readonly<PublishPolicy>} */
export const ONCE = Object.freeze({ ...DEFAULT_POLICY, maxRetries: 0 });

/**
 * @param {{ retryPolicy?: RetryPolicy | null }} given by the caller
 * @param {{ taskPublishRetryPolicy: RetryPolicy | null }} settings
 * @returns {PublishPolicy} the policy that Celery's signal `before_task_publish` shows
 */
export function completePolicy({ retryPolicy }, { taskPublishRetryPolicy }) {
  return { ...DEFAULT_POLICY, ...taskPublishRetryPolicy, ...retryPolicy };
}

/** The longest pause and the most repetitions of a policy that came with a message. */
const MAX_PAUSE_S = 3;
const MAX_REPETITIONS = 3;

/**
 * Shortens the policy of a worker's follow-up, which occupies a slot until it is sent: the worker repeats the sending anyway.
 *
 * @param {PublishPolicy} policy
 * @returns {PublishPolicy}
 */
export const shortPolicy = ({ maxRetries, intervalStart, intervalStep, intervalMax, retryErrors }) => ({
  maxRetries: Math.min(maxRetries ?? MAX_REPETITIONS, MAX_REPETITIONS),
  intervalStart: Math.min(intervalStart, MAX_PAUSE_S),
  intervalStep: Math.min(intervalStep, MAX_PAUSE_S),
  intervalMax: Math.min(intervalMax, MAX_PAUSE_S),
  retryErrors,
});
