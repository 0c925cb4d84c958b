export type RevocationLimits = {
    /**
     * ids that are kept; 0: any number
     */
    maxIds: number;
    /**
     * seconds until an id is forgotten; 0: never
     */
    expiresS: number;
};
/**
 * Reads CELERY_WORKER_REVOKES_MAX and CELERY_WORKER_REVOKE_EXPIRES (`celery.worker.state`).
 *
 * @param {Readonly<Record<string, string | undefined>>} [environment]
 * @returns {RevocationLimits}
 * @throws {ImproperlyConfigured} for a value that is not a number of 0 or more
 */
export declare function revocationLimits({ CELERY_WORKER_REVOKES_MAX, CELERY_WORKER_REVOKE_EXPIRES }?: Readonly<Record<string, string | undefined>>): RevocationLimits;
export declare class Revocations {
    #private;
    /** Whether nothing is revoked, which is the usual case. */
    isEmpty: boolean;
    /** Called whenever an id is added. @type {(() => void) | null} */
    onChange: (() => void) | null;
    /**
     * @param {object} [options]
     * @param {Readonly<RevocationLimits>} [options.limits]
     * @param {() => number} [options.now] epoch, in ms
     */
    constructor({ limits, now }?: {
        limits?: Readonly<RevocationLimits>;
        now?: () => number;
    });
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
/**
 * @param {unknown} actual a task's stamp, or a list of them
 * @param {readonly unknown[]} wanted
 * @returns {unknown[]} the stamps that both have
 */
export declare function matchingStamps(actual: unknown, wanted: readonly unknown[]): unknown[];
