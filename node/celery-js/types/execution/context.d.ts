/** What a task reads as `self.request` (celery.app.task.Context). */
export type Child = {
    asTuple: () => unknown;
};
/**
 * Celery's Context in camelCase. The contents of `headers`, `properties`, `deliveryInfo` and `stamps` stay as they were
 * on the wire; only `properties.delivery_tag` is the tag of this delivery, as in Celery. The sender's own headers are fields too,
 * unless they have the name of another one.
 */
export declare class Context {
    isEager: boolean;
    id: string;
    task: string;
    args: unknown[];
    kwargs: Record<string, unknown>;
    retries: number;
    eta: string | null;
    expires: string | null;
    rootId: string;
    parentId: string | null;
    group: string | null;
    groupIndex: number | null;
    callbacks: unknown[] | null;
    errbacks: unknown[] | null;
    chain: unknown[] | null;
    chord: unknown;
    shadow: string | null;
    origin: string | null;
    replyTo: string | null;
    correlationId: string | null;
    headers: Record<string, unknown> | null;
    properties: {
        delivery_tag: string;
    };
    deliveryInfo: import("../protocol/message.js").DeliveryInfo;
    hostname: string;
    ignoreResult: boolean | null;
    /** The limits in the message, hard and soft. */
    timelimit: [number | null, number | null];
    /** The limits in force: the message's, else the task's, else the settings'. */
    timeLimit: number | null;
    softTimeLimit: number | null;
    stampedHeaders: string[] | null;
    stamps: Record<string, unknown>;
    replacedTaskNesting: number;
    /** Whether its times are UTC, by a message of protocol 1; null for protocol 2, whose times have a zone. */
    utc: boolean | null;
    children: Child[];
    calledDirectly: boolean;
    /**
     * @param {Pick<import("./request.js").Request, "message" | "timeLimits" | "delivery">} request
     * @param {{ hostname: string, isEager: boolean, children: Child[] }} run
     */
    constructor({ message, timeLimits, delivery }: Pick<import("./request.js").Request, "message" | "timeLimits" | "delivery">, { hostname, isEager, children }: {
        hostname: string;
        isEager: boolean;
        children: Child[];
    });
}
