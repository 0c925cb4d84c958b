export type State = {
    revoked: string[];
    clock: number;
};
/** @typedef {{ revoked: string[], clock: number }} State ids the oldest first */
export declare class StateFile {
    #private;
    /**
     * @param {object} options
     * @param {string} options.path
     * @param {import("../model/revocations.js").Revocations} options.revocations
     * @param {import("../../protocol/clock.js").LamportClock} options.clock
     * @param {Pick<import("../observers/log.js").Logger, "warn">} options.log
     */
    constructor({ path, revocations, clock, log }: {
        path: string;
        revocations: import("../model/revocations.js").Revocations;
        clock: import("../../protocol/clock.js").LamportClock;
        log: Pick<import("../observers/log.js").Logger, "warn">;
    });
    /**
     * Takes over what the last run left, and writes the file, so that one that cannot be written is found now. The ids count as
     * revoked now, as in Celery.
     *
     * @throws {ImproperlyConfigured} for a file that is none of ours, or cannot be read or written; it is left as it is
     */
    load(): void;
    /** Writes what is known now, and nothing after that. Idempotent. @returns {Promise<void>} @throws {Error} when it cannot be written */
    close(): Promise<void>;
}
