export type Kind<T = unknown> = import("../validation/kinds.js").Kind<T>;
/** @type {Kind<1 | 2>} */
export declare const DELIVERY_MODE: Kind<1 | 2>;
/** What each option of sending takes. */
export declare const SEND_KINDS: Readonly<{
    /** Keyword arguments. */
    kwargs: import("../validation/kinds.js").Kind<Record<string, unknown>>;
    /** The queue, in place of the route's. */
    queue: import("../validation/kinds.js").Kind<string>;
    /** With `routingKey`, instead of a queue. */
    exchange: import("../validation/kinds.js").Kind<string>;
    /** Default "direct". */
    exchangeType: Kind<"direct" | "fanout" | "topic">;
    /** See `exchange`. */
    routingKey: import("../validation/kinds.js").Kind<string>;
    /** 0 to 9, of which Redis takes the lowest first. */
    priority: import("../validation/kinds.js").Kind<number>;
    /** Seconds from now, before which the task does not start. */
    countdown: import("../validation/kinds.js").Kind<number>;
    /** The moment, or its ISO 8601 text, before which the task does not start. */
    eta: Kind<string | Date>;
    /** Seconds from now, the moment or its ISO 8601 text, after which the task is not started any more. */
    expires: Kind<string | number | Date>;
    /** Default a new UUID. */
    taskId: import("../validation/kinds.js").Kind<string>;
    /** Additional message headers. */
    headers: import("../validation/kinds.js").Kind<Record<string, unknown>>;
    /** Additional message properties. */
    properties: import("../validation/kinds.js").Kind<Record<string, unknown>>;
    /** How often the task has been retried. */
    retries: import("../validation/kinds.js").Kind<number>;
    /** Seconds, hard. */
    timeLimit: import("../validation/kinds.js").Kind<number>;
    /** Seconds. */
    softTimeLimit: import("../validation/kinds.js").Kind<number>;
    /** true stores no result. */
    ignoreResult: import("../validation/kinds.js").Kind<boolean>;
    /** Queue for replies. */
    replyTo: import("../validation/kinds.js").Kind<string>;
    /** The name to show in logs and monitors. */
    shadow: import("../validation/kinds.js").Kind<string>;
    /** Signature, or list of them, to send when the task has succeeded. */
    link: Kind<unknown>;
    /** Signature, or list of them, to call when the task has failed. */
    linkError: Kind<unknown>;
    /** false keeps the result out of the calling task's children. */
    addToParent: import("../validation/kinds.js").Kind<boolean>;
    /** Default the calling task's root. */
    rootId: import("../validation/kinds.js").Kind<string>;
    /** Default the calling task. */
    parentId: import("../validation/kinds.js").Kind<string>;
    /** The id of its group. */
    groupId: import("../validation/kinds.js").Kind<string>;
    /** Its place in the group. */
    groupIndex: import("../validation/kinds.js").Kind<number>;
    /** The body that waits for it, as a signature. */
    chord: import("../validation/kinds.js").Kind<unknown>;
    /** The tasks that follow, the last one first. */
    chain: import("../validation/kinds.js").Kind<unknown[]>;
    /** Names of its stamps. */
    stampedHeaders: Kind<string[]>;
    /** By name. */
    stamps: import("../validation/kinds.js").Kind<Record<string, unknown>>;
    /** How many replacements led to this task. */
    replacedTaskNesting: import("../validation/kinds.js").Kind<number>;
    /** How monitors show the arguments. */
    argsrepr: import("../validation/kinds.js").Kind<string>;
    /** How monitors show the keyword arguments. */
    kwargsrepr: import("../validation/kinds.js").Kind<string>;
    /** 1 transient, 2 persistent. */
    deliveryMode: Kind<1 | 2>;
    /** The serializer of the message. */
    serializer: import("../validation/kinds.js").Kind<"json">;
    /** The compression of the body: "gzip", "zlib" or "brotli"; default `taskCompression`. */
    compression: import("../validation/kinds.js").Kind<string>;
    /** false gives up at the first failure to send; default `taskPublishRetry`. */
    retry: import("../validation/kinds.js").Kind<boolean>;
    /** How often sending is repeated, and how soon; default: for `taskPublishTimeout` seconds. */
    retryPolicy: Kind<import("../validation/retry-policy.js").RetryPolicy>;
    /** The message's correlation id; default the task's id. */
    correlationId: import("../validation/kinds.js").Kind<string>;
    /** The task whose route is taken: `celery.map` goes where the mapped task goes. */
    routeName: import("../validation/kinds.js").Kind<string>;
}>;
export type NotNull = "kwargs" | "queue" | "exchange" | "exchangeType" | "routingKey" | "taskId" | "headers" | "properties" | "retries" | "addToParent" | "stamps" | "replacedTaskNesting" | "deliveryMode" | "serializer" | "correlationId" | "routeName";
export type SendOptions = import("../validation/kinds.js").OptionsOf<typeof SEND_KINDS, NotNull>;
/**
 * @param {string} name
 * @returns {boolean} whether `sendTask` takes an option of this name
 */
export declare const isSendOption: (name: string) => boolean;
/**
 * @param {Readonly<Record<string, unknown>>} options
 * @param {string} label how messages name what takes the options
 * @returns {SendOptions} the options that were given
 * @throws {TypeError} for an unknown option (naming the nearest known one) or a value of the wrong kind
 */
export declare function checkSendOptions(options: Readonly<Record<string, unknown>>, label: string): SendOptions;
/**
 * @param {string} task that messages name
 * @param {unknown} args
 * @param {unknown} options of sending
 * @throws {TypeError} when the arguments are not an array, or an option is unknown or of the wrong kind
 */
export declare function checkSending(task: string, args: unknown, options: unknown): void;
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
 * Merges options. A `null` in the upper ones keeps the lower value, except for the three options that Celery lets a caller clear
 * (`celery.app.base.Celery.send_task`).
 *
 * @param {SendOptions} lower
 * @param {SendOptions} upper
 * @returns {SendOptions}
 */
export declare function mergeOptions(lower: SendOptions, upper: SendOptions): SendOptions;
/**
 * @param {{ name: string, shadowName: import("./options.js").Handler | null }} task
 * @param {readonly unknown[]} args
 * @param {Readonly<SendOptions>} given
 * @returns {string | null} the name by which logs and monitors show the call (Celery's `Task.shadow_name`)
 * @throws {TypeError} when the function gives anything but a name
 */
export declare function shadowOf(task: {
    name: string;
    shadowName: import("./options.js").Handler | null;
}, args: readonly unknown[], { kwargs, ...options }: Readonly<SendOptions>): string | null;
