/** What a task reads as `self.request` (celery.app.task.Context). */
export type Child = {
    asTuple: () => unknown;
};
/** @typedef {{ asTuple: () => unknown }} Child a result of a task that this one sent */
/**
 * Celery's Context in camelCase. The contents of `headers`, `properties`, `deliveryInfo` and `stamps` stay as they were
 * on the wire; only `properties.delivery_tag` is the tag of this delivery, as in Celery.
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
    timeLimit: number | null;
    softTimeLimit: number | null;
    stampedHeaders: string[] | null;
    stamps: Record<string, unknown>;
    replacedTaskNesting: number;
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
