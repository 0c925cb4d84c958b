/**
 * The tasks that are not to run (`celery.worker.state.revoked`, `revoked_stamps`). Bounded as Celery's sets are: beyond 50,000
 * ids the oldest are forgotten, and so is one of three hours ago when there are more.
 */
export declare class Revocations {
    #private;
    /** Called whenever an id is added. @type {(() => void) | null} */
    onChange: (() => void) | null;
    /** @param {() => number} [now] epoch, in ms */
    constructor(now?: () => number);
    /** @returns {boolean} whether nothing is revoked: what most workers know of most messages */
    get isEmpty(): boolean;
    /** @returns {string[]} the ids, the oldest first */
    get ids(): string[];
    /** @param {Iterable<string>} ids */
    add(ids: Iterable<string>): void;
    /**
     * Adds what another worker tells of.
     *
     * @param {unknown} revoked the ids; older versions of Celery tell of them as a mapping of id to time, by a clock of their own
     */
    merge(revoked: unknown): void;
    /** Forgets what was revoked too long ago. */
    purge(): void;
    /** @param {string} header @param {readonly unknown[]} values of a stamp that revokes a task */
    addStamps(header: string, values: readonly unknown[]): void;
    /**
     * @param {Pick<import("../../protocol/message.js").TaskMessage, "id" | "stamps" | "stampedHeaders">} message
     * @returns {boolean} whether it must not run
     */
    has({ id, stamps, stampedHeaders }: Pick<import("../../protocol/message.js").TaskMessage, "id" | "stamps" | "stampedHeaders">): boolean;
}
/** @param {unknown} actual a task's stamp, or a list of them @param {readonly unknown[]} wanted @returns {unknown[]} those that both have */
export declare function matchingStamps(actual: unknown, wanted: readonly unknown[]): unknown[];
