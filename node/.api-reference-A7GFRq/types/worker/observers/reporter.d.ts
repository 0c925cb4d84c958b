export declare class Reporter {
    #private;
    /** @param {import("./log.js").Logger} log @param {string} server its URL without the password */
    constructor(log: import("./log.js").Logger, server: string);
    onDown: (/** @type {Error} */ error: Error, /** @type {number} */ retryInMs: number) => void;
    onTakeFailed: (/** @type {Error} */ error: Error) => void;
    /** Only a message that could be taken, or none, shows that the server serves: a replica accepts connections too. */
    onTaken: () => void;
    onRefused: (/** @type {Error} */ error: Error) => void;
    onAccepted: () => void;
    onNotStored: (/** @type {Error} */ error: Error, /** @type {string} */ taskId: string) => void;
    onStored: () => void;
    onLeasesLost: (/** @type {number[]} */ numbers: number[]) => void;
    onGone: (/** @type {string[]} */ taskIds: string[]) => void;
    onUnsettled: (/** @type {Error} */ error: Error) => void;
    onRestored: (/** @type {import("../../transport/redis/sweeper.js").Swept[]} */ swept: import("../../transport/redis/sweeper.js").Swept[]) => void;
    onSweep: (/** @type {string | null} */ message: string | null) => void;
}
