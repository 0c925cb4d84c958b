export type TaskMessageOptions = {
    taskId: string;
    /**
     * the task's
     */
    name: string;
    args?: readonly unknown[];
    kwargs?: Record<string, unknown>;
    /**
     * seconds from now; sets `eta`
     */
    countdown?: number | null;
    /**
     * the moment, or its ISO text
     */
    eta?: Date | string | null;
    /**
     * seconds from now, the moment, or its ISO text
     */
    expires?: number | Date | string | null;
    groupId?: string | null;
    /**
     * the task's place in its group
     */
    groupIndex?: number | null;
    /**
     * how often it has been retried
     */
    retries?: number;
    /**
     * the signature of the chord's body
     */
    chord?: unknown;
    /**
     * signatures to send on success (`link`)
     */
    callbacks?: readonly unknown[] | null;
    /**
     * signatures to call on failure (`link_error`)
     */
    errbacks?: readonly unknown[] | null;
    /**
     * the signatures that follow, the last one first
     */
    chain?: readonly unknown[] | null;
    replyTo?: string | null;
    /**
     * default the task's id
     */
    correlationId?: string;
    /**
     * seconds, hard
     */
    timeLimit?: number | null;
    /**
     * seconds
     */
    softTimeLimit?: number | null;
    /**
     * default the task's own id
     */
    rootId?: string | null;
    parentId?: string | null;
    /**
     * the name to show in logs
     */
    shadow?: string | null;
    /**
     * who sends it, default `gen<pid>@<host>`
     */
    origin?: string | null;
    ignoreResult?: boolean | null;
    /**
     * default the arguments as Python prints them
     */
    argsrepr?: string | null;
    kwargsrepr?: string | null;
    /**
     * which of `stamps` are stamped
     */
    stampedHeaders?: readonly string[] | null;
    stamps?: Record<string, unknown>;
    replacedTaskNesting?: number;
    /**
     * epoch milliseconds that `countdown` and `expires` count from
     */
    nowMs?: number;
};
/**
 * @typedef {object} TaskMessageOptions
 * @property {string} taskId
 * @property {string} name the task's
 * @property {readonly unknown[]} [args]
 * @property {Record<string, unknown>} [kwargs]
 * @property {number | null} [countdown] seconds from now; sets `eta`
 * @property {Date | string | null} [eta] the moment, or its ISO text
 * @property {number | Date | string | null} [expires] seconds from now, the moment, or its ISO text
 * @property {string | null} [groupId]
 * @property {number | null} [groupIndex] the task's place in its group
 * @property {number} [retries] how often it has been retried
 * @property {unknown} [chord] the signature of the chord's body
 * @property {readonly unknown[] | null} [callbacks] signatures to send on success (`link`)
 * @property {readonly unknown[] | null} [errbacks] signatures to call on failure (`link_error`)
 * @property {readonly unknown[] | null} [chain] the signatures that follow, the last one first
 * @property {string | null} [replyTo]
 * @property {string} [correlationId] default the task's id
 * @property {number | null} [timeLimit] seconds, hard
 * @property {number | null} [softTimeLimit] seconds
 * @property {string | null} [rootId] default the task's own id
 * @property {string | null} [parentId]
 * @property {string | null} [shadow] the name to show in logs
 * @property {string | null} [origin] who sends it, default `gen<pid>@<host>`
 * @property {boolean | null} [ignoreResult]
 * @property {string | null} [argsrepr] default the arguments as Python prints them
 * @property {string | null} [kwargsrepr]
 * @property {readonly string[] | null} [stampedHeaders] which of `stamps` are stamped
 * @property {Record<string, unknown>} [stamps]
 * @property {number} [replacedTaskNesting]
 * @property {number} [nowMs] epoch milliseconds that `countdown` and `expires` count from
 */
/**
 * @param {TaskMessageOptions} options
 * @returns {{ headers: Record<string, unknown>, properties: Record<string, unknown>, body: unknown[] }} for `encodeEnvelope`
 * @throws `TypeError` when `args` is not an array or `kwargs` not an object
 * @throws `EncodeError` when the id is too long
 * @throws `InvalidTaskError` when `expires` is not an ISO text
 */
export declare function taskMessage(options: TaskMessageOptions): {
    headers: Record<string, unknown>;
    properties: Record<string, unknown>;
    body: unknown[];
};
/**
 * @param {number | Date | string | null | undefined} moment a number is seconds from `nowMs`
 * @param {number} nowMs epoch
 * @returns {string | null} ISO text
 */
export declare function isoOrNull(moment: number | Date | string | null | undefined, nowMs: number): string | null;
/** @returns {string} Celery's name of a process that is not a worker (`celery.utils.nodenames.anon_nodename`) */
export declare function anonymousOrigin(): string;
export type Message = {
    headers: Record<string, unknown>;
    properties: Record<string, unknown>;
    body: unknown;
};
export type Address = {
    /**
     * empty for a queue addressed by its name
     */
    exchange: string;
    routingKey: string;
    /**
     * 0 (the default) to 9
     */
    priority?: number;
    /**
     * default a new UUID
     */
    deliveryTag?: string;
    /**
     * 2 is persistent (the default), 1 transient
     */
    deliveryMode?: number;
    /**
     * overrides the message's own
     */
    replyTo?: string;
    /**
     * laid over the message's own
     */
    headers?: Record<string, unknown>;
    /**
     * of the body, by kombu's name
     */
    compression?: string | null;
};
/**
 * Addresses a message and writes it as kombu 5.7 does.
 *
 * @param {Message} message as `taskMessage` makes it
 * @param {Address} address
 * @param {import("./limits.js").Limits} [limits]
 * @returns {string} the text for the list
 * @throws `EncodeError` when the body or the headers cannot be written as JSON, with the path; when the body is over a limit,
 *   with its name
 */
export declare function encodeEnvelope(message: Message, address: Address, limits?: import("./limits.js").Limits): string;
