export type SendOptions = {
    /**
     * keyword arguments
     */
    kwargs?: Record<string, unknown>;
    /**
     * instead of the route's
     */
    queue?: string;
    /**
     * with `routingKey`, instead of a queue
     */
    exchange?: string;
    /**
     * default "direct"
     */
    exchangeType?: "direct" | "topic" | "fanout";
    /**
     * see `exchange`
     */
    routingKey?: string;
    /**
     * 0 to 9, of which Redis takes the lowest first
     */
    priority?: number | null;
    /**
     * seconds from now, before which the task does not start
     */
    countdown?: number | null;
    /**
     * the moment, or its ISO 8601 text, before which the task does not start
     */
    eta?: Date | string | null;
    /**
     * seconds from now, the moment or its ISO 8601 text, after which the task
     * is not started any more
     */
    expires?: number | Date | string | null;
    /**
     * default a new UUID
     */
    taskId?: string;
    /**
     * message headers of your own
     */
    headers?: Record<string, unknown>;
    /**
     * how often the task has been retried
     */
    retries?: number;
    /**
     * seconds, hard
     */
    timeLimit?: number | null;
    /**
     * seconds
     */
    softTimeLimit?: number | null;
    /**
     * true stores no result
     */
    ignoreResult?: boolean | null;
    /**
     * queue for replies
     */
    replyTo?: string | null;
    /**
     * the name to show in logs and monitors
     */
    shadow?: string | null;
    /**
     * signature, or list of them, to send when the task has succeeded
     */
    link?: unknown;
    /**
     * signature, or list of them, to call when the task has failed
     */
    linkError?: unknown;
    /**
     * false keeps the result out of the calling task's children
     */
    addToParent?: boolean;
    /**
     * default the calling task's root
     */
    rootId?: string | null;
    /**
     * default the calling task
     */
    parentId?: string | null;
    /**
     * of the group that it is a part of
     */
    groupId?: string | null;
    /**
     * its place in the group
     */
    groupIndex?: number | null;
    /**
     * the body that waits for it, as a signature
     */
    chord?: unknown;
    /**
     * the tasks that follow, the last one first
     */
    chain?: unknown[] | null;
    /**
     * names of its stamps
     */
    stampedHeaders?: string[] | null;
    /**
     * by name
     */
    stamps?: Record<string, unknown>;
    /**
     * how often a task has been replaced to get here
     */
    replacedTaskNesting?: number;
    /**
     * how monitors show the arguments
     */
    argsrepr?: string | null;
    /**
     * how monitors show the keyword arguments
     */
    kwargsrepr?: string | null;
    /**
     * 1 transient, 2 persistent
     */
    deliveryMode?: 1 | 2;
    /**
     * of the message
     */
    serializer?: "json";
    /**
     * of the message's body: "gzip", "zlib" or "brotli"; default `taskCompression`
     */
    compression?: string | null;
    /**
     * false gives up at the first failure to send; default `taskPublishRetry`
     */
    retry?: boolean | null;
    /**
     * how often sending is repeated, and how soon;
     * default: for `taskPublishTimeout` seconds
     */
    retryPolicy?: import("../validation/retry-policy.js").RetryPolicy | null;
    /**
     * the message's, default the task's id
     */
    correlationId?: string;
    /**
     * the task whose route is taken: `celery.map` goes where the mapped task goes
     */
    routeName?: string;
};
/** What each of them takes. @type {Readonly<Record<keyof SendOptions, import("../validation/kinds.js").Kind>>} */
export declare const SEND_KINDS: Readonly<Record<keyof SendOptions, import("../validation/kinds.js").Kind>>;
/** @param {string} name @returns {boolean} whether `sendTask` takes an option of this name */
export declare const isSendOption: (name: string) => boolean;
/**
 * @param {Readonly<Record<string, unknown>>} options
 * @param {string} label how messages name what takes the options
 * @returns {SendOptions} the options that were given
 * @throws {TypeError} for an unknown option (naming the nearest known one) or a value of the wrong kind
 */
export declare function checkSendOptions(options: Readonly<Record<string, unknown>>, label: string): SendOptions;
/**
 * @param {unknown} options of a signature: `immutable`, and those of sending
 * @param {string} label how messages name what takes the options
 * @returns {SendOptions & { immutable?: boolean }} those that were given
 * @throws {TypeError} as `checkSendOptions`
 */
export declare function checkSignatureOptions(options: unknown, label: string): SendOptions & {
    immutable?: boolean;
};
/**
 * Lays options over others. What is `null` in the upper ones leaves the lower ones as they are, but for the three that
 * Celery lets a caller clear (`celery.app.base.Celery.send_task`).
 *
 * @param {SendOptions} lower
 * @param {SendOptions} upper
 * @returns {SendOptions}
 */
export declare function mergeOptions(lower: SendOptions, upper: SendOptions): SendOptions;
