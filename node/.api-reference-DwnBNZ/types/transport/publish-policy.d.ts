export type RetryPolicy = import("../validation/retry-policy.js").RetryPolicy;
export type PublishPolicy = Required<RetryPolicy>;
/** @typedef {import("../validation/retry-policy.js").RetryPolicy} RetryPolicy */
/** @typedef {Required<RetryPolicy>} PublishPolicy with every default filled in */
/**
 * @template T
 * @param {Readonly<PublishPolicy>} policy
 * @param {() => Promise<T>} operation
 * @returns {Promise<T>}
 * @throws `OperationalError` the last failure, once the policy allows no more
 */
export declare function repeated<T>(policy: Readonly<PublishPolicy>, operation: () => Promise<T>): Promise<T>;
