export declare class Pidfile {
    #private;
    /**
     * @param {string} path
     * @param {Pick<import("../observers/log.js").Logger, "warn">} log
     */
    constructor(path: string, log: Pick<import("../observers/log.js").Logger, "warn">);
    /**
     * Writes the file; a stale or broken one is replaced.
     *
     * @throws `PidfileLocked` when the process in it lives
     * @throws `ImproperlyConfigured` when the file cannot be written
     */
    acquire(): void;
    /** Removes the file, if it is this process's. */
    release(): void;
}
