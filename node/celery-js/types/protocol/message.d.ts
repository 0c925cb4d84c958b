/** Messages: a task's message, the envelope around it, and the way back. */
export { decodeEnvelope } from "./decode-envelope.js";
export { decodeTask } from "./decode-task.js";
export { anonymousOrigin, encodeEnvelope, isoOrNull, taskMessage } from "./encode-message.js";
export { markRedelivered } from "./redelivered.js";
export type Envelope = import("./decode-envelope.js").Envelope;
export type Message = import("./encode-message.js").Message;
export type Address = import("./encode-message.js").Address;
export type TaskMessageOptions = import("./encode-message.js").TaskMessageOptions;
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
    /**
     * of protocol 1: whether its times are UTC
     */
    utc: boolean | null;
    protocol: 1 | 2;
};
export type TaskIdentity = {
    taskId: string | null;
    taskName: string | null;
};
