export type Envelope = import("./decode-envelope.js").Envelope;
export type Limits = import("./limits.js").Limits;
export type Embed = {
    callbacks: unknown[] | null;
    errbacks: unknown[] | null;
    chain: unknown[] | null;
    chord: unknown;
};
export type DeliveryInfo = {
    exchange: string | null;
    routing_key: string | null;
    priority: number | null;
    redelivered: boolean;
};
export type TaskMessage = {
    id: string;
    name: string;
    args: unknown[];
    kwargs: Record<string, unknown>;
    embed: Embed;
    /**
     * the sender's own headers, null without any (Celery's `request.headers`)
     */
    headers: Record<string, unknown> | null;
    /**
     * all of the message's headers
     */
    rawHeaders: Record<string, unknown>;
    properties: Record<string, unknown>;
    deliveryInfo: DeliveryInfo;
    retries: number;
    /**
     * ISO text that `parseIso` reads
     */
    eta: string | null;
    /**
     * ISO text that `parseIso` reads
     */
    expires: string | null;
    /**
     * seconds: hard, soft
     */
    timelimit: [number | null, number | null];
    rootId: string | null;
    parentId: string | null;
    group: string | null;
    groupIndex: number | null;
    shadow: string | null;
    origin: string | null;
    /**
     * null where the sender leaves it to the task
     */
    ignoreResult: boolean | null;
    argsrepr: string | null;
    kwargsrepr: string | null;
    replyTo: string | null;
    correlationId: string | null;
    priority: number;
    /**
     * whether it was delivered before
     */
    redelivered: boolean;
    stampedHeaders: string[] | null;
    stamps: Record<string, unknown>;
    replacedTaskNesting: number;
    protocol: 1 | 2;
};
export type TaskIdentity = {
    taskId: string | null;
    taskName: string | null;
};
/**
 * @param {Envelope} envelope
 * @param {Limits} [limits]
 * @returns {TaskMessage}
 * @throws {ContentDisallowed} when the content is not JSON; names its type
 * @throws {DecodeError} when the body cannot be read
 * @throws {InvalidTaskError} when it is readable and no task: no name, no id, arguments or moments of the wrong shape.
 *   All of them carry `taskId` and `taskName` (`TaskIdentity`), null where they could not be read
 */
export declare function decodeTask(envelope: Envelope, limits?: Limits): TaskMessage;
/**
 * @param {Envelope} envelope
 * @param {Limits} [limits]
 * @returns {unknown} the body of any message of kombu's
 * @throws {ContentDisallowed} when it is not JSON
 * @throws {DecodeError} when it cannot be read, or a limit forbids to
 */
export declare function decodeBody({ body, contentType, headers, properties }: Envelope, limits?: Limits): unknown;
