export type RetryPolicy = import("../validation/retry-policy.js").RetryPolicy;
export type PublishPolicy = Required<RetryPolicy>;
/**
 * The policy of one sending: the caller's over the setting's over Celery's defaults.
 *
 * @param {{ retry?: boolean | null, retryPolicy?: RetryPolicy | null }} given by the caller
 * @param {{ taskPublishRetry: boolean, taskPublishRetryPolicy: RetryPolicy | null }} settings
 * @returns {Readonly<PublishPolicy> | null} null where nobody says anything: it is then repeated for `taskPublishTimeout`
 */
export declare function publishPolicy({ retry, retryPolicy }: {
    retry?: boolean | null;
    retryPolicy?: RetryPolicy | null;
}, { taskPublishRetry, taskPublishRetryPolicy }: {
    taskPublishRetry: boolean;
    taskPublishRetryPolicy: RetryPolicy | null;
}): Readonly<PublishPolicy> | null;
/**
 * @template T
 * @param {Readonly<PublishPolicy>} policy
 * @param {() => Promise<T>} operation
 * @returns {Promise<T>}
 * @throws {OperationalError} the last failure, once the policy allows no more
 */
export declare function repeated<T>(policy: Readonly<PublishPolicy>, operation: () => Promise<T>): Promise<T>;
