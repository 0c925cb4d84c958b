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
 * @param {TaskMessageOptions} options
 * @returns {{ headers: Record<string, unknown>, properties: Record<string, unknown>, body: unknown[] }} for `encodeEnvelope`
 * @throws {TypeError} when `args` is not an array or `kwargs` not an object
 * @throws {EncodeError} when the id is too long
 * @throws {InvalidTaskError} when `expires` is not an ISO text
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
 * @throws {EncodeError} when the body or the headers cannot be written as JSON, with the path; when the body is over a limit,
 *   with its name
 */
export declare function encodeEnvelope(message: Message, address: Address, limits?: import("./limits.js").Limits): string;
/**
 * The same for a body that is JSON already, and within the limits.
 *
 * @param {string} text of the body, ASCII only
 * @param {Pick<Message, "headers" | "properties">} message
 * @param {Address} address
 * @returns {string}
 */
export declare function writeEnvelope(text: string, message: Pick<Message, "headers" | "properties">, address: Address): string;
/**
 * @param {string} text of a body
 * @param {import("./limits.js").Limits} limits
 * @throws {EncodeError} when it is nested too deep or has too many values
 */
export declare function checkBody(text: string, limits: import("./limits.js").Limits): void;
/**
 * @param {unknown} args
 * @param {unknown} kwargs
 * @param {string} embed as JSON
 * @returns {string} a task's body
 */
export declare function encodeCall(args: unknown, kwargs: unknown, embed: string): string;
