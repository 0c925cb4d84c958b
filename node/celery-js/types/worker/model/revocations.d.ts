/** Celery's REVOKES_MAX and REVOKE_EXPIRES. */
export declare const MAX_IDS = 50000;
export declare class Revocations {
    #private;
    /** Whether nothing is revoked, which is the usual case. */
    isEmpty: boolean;
    /** Called whenever an id is added. @type {(() => void) | null} */
    onChange: (() => void) | null;
    /** @param {() => number} [now] epoch, in ms */
    constructor(now?: () => number);
    /** @returns {string[]} the ids, the oldest first */
    get ids(): string[];
    /** @param {Iterable<string>} ids */
    add(ids: Iterable<string>): void;
    /**
     * Adds the ids from another worker.
     *
     * @param {unknown} revoked the ids; older versions of Celery send a mapping of id to time, by their own clock
     */
    merge(revoked: unknown): void;
    /** Forgets ids that were revoked too long ago. */
    purge(): void;
    /**
     * @param {string} header
     * @param {readonly unknown[]} values of a stamp that revokes a task
     */
    addStamps(header: string, values: readonly unknown[]): void;
    /**
     * @param {Pick<import("../../protocol/message.js").TaskMessage, "id" | "stamps" | "stampedHeaders">} message
     * @returns {boolean} whether it must not run
     */
    has({ id, stamps, stampedHeaders }: Pick<import("../../protocol/message.js").TaskMessage, "id" | "stamps" | "stampedHeaders">): boolean;
}
