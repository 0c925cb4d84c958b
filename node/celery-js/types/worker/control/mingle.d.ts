export type Answer = {
    revoked?: unknown;
    clock?: unknown;
} | null;
export declare class Mingle {
    #private;
    /**
     * @param {object} options
     * @param {import("../../settings.js").Settings} options.settings
     * @param {string} options.hostname
     * @param {import("../model/revocations.js").Revocations} options.revocations
     * @param {import("../../protocol/clock.js").LamportClock} options.clock
     * @param {import("../observers/log.js").Logger} options.log
     * @param {AbortSignal} options.closed once the worker has stopped, no worker is asked any more
     */
    constructor({ settings, hostname, revocations, clock, log, closed }: {
        settings: import("../../settings.js").Settings;
        hostname: string;
        revocations: import("../model/revocations.js").Revocations;
        clock: import("../../protocol/clock.js").LamportClock;
        log: import("../observers/log.js").Logger;
        closed: AbortSignal;
    });
    /**
     * @returns {Promise<void>} once all have answered, or a second has passed, or five in which the server answers nothing; never
     *   rejects: tasks are run in any case
     */
    sync(): Promise<void>;
    /** Makes a pending `sync` end: the worker is stopped. */
    interrupt(): void;
    /**
     * Called when commands arrive again after an outage: commands in between are lost, but the neighbours may know them.
     */
    syncAgain(): void;
}
