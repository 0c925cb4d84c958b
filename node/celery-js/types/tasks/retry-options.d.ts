/**
 * The sending options of a retry. Each replaces the message's value: `headers` all of the sender's own headers, `link` and
 * `linkError` the callbacks and errbacks, `taskId` the id of the result.
 */
declare const SENDING: readonly ["kwargs", "countdown", "eta", "expires", "queue", "exchange", "exchangeType", "routingKey", "priority", "headers", "timeLimit", "softTimeLimit", "ignoreResult", "replyTo", "shadow", "link", "linkError", "taskId", "rootId", "parentId", "groupId", "groupIndex", "chord", "chain", "argsrepr", "kwargsrepr", "deliveryMode", "serializer", "compression"];
export type OwnRetryOptions = {
    /**
     * instead of the message's own
     */
    args?: unknown[] | null;
    /**
     * instead of the message's own
     */
    kwargs?: Record<string, unknown> | null;
    /**
     * thrown instead of MaxRetriesExceededError; stored as the reason of the retry
     */
    exc?: Error | null;
    /**
     * false returns the `Retry` instead of throwing it
     */
    throw?: boolean;
    /**
     * for this execution
     */
    maxRetries?: number | null;
};
export type RetryOptions = OwnRetryOptions & Omit<Pick<import("./send-options.js").SendOptions, typeof SENDING[number]>, "kwargs">;
/**
 * @param {Readonly<Record<string, unknown>>} options
 * @param {(problem: string) => Error} refuse makes the error
 * @throws {Error} of `refuse`, for an unknown option (naming the nearest known one) or a value of the wrong kind
 */
export declare function checkRetryOptions(options: Readonly<Record<string, unknown>>, refuse: (problem: string) => Error): void;
export {};
