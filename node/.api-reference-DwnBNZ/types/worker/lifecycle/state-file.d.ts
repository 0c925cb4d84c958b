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
     * Loads the state of the last run, and writes the file, so that an unwritable file is found now. The ids count as
     * revoked now, as in Celery.
     *
     * @throws `ImproperlyConfigured` for a file that is not ours, or cannot be read or written; it is left unchanged
     */
    load(): void;
    /**
     * Writes the current state, and nothing after that. Idempotent.
     *
     * @returns {Promise<void>}
     * @throws `Error` when it cannot be written
     */
    close(): Promise<void>;
}
