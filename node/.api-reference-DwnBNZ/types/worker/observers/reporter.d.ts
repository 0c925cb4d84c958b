export declare class Reporter {
    #private;
    /** Whether `onTaken` has something to report; usually it has not. */
    awaitsTake: boolean;
    /**
     * @param {import("./log.js").Logger} log
     * @param {string} server its URL without the password
     */
    constructor(log: import("./log.js").Logger, server: string);
    /** @param {readonly import("./server-outage.js").Proof[]} proofs that the server answers, of all connections */
    prove(proofs: readonly import("./server-outage.js").Proof[]): void;
    onDown: (/** @type {Error} */ error: Error, /** @type {number} */ retryInMs: number) => void;
    /** The same for the connection that renews leases. */
    onKeeperDown: (/** @type {Error} */ error: Error, /** @type {number} */ retryInMs: number) => void;
    onKeeperUp: () => void;
    onTakeFailed: (/** @type {Error} */ error: Error) => void;
    /** Only a successful `take`, even of nothing, shows that the server works: a replica accepts connections too. */
    onTaken: () => void;
    onRefused: (/** @type {Error} */ error: Error) => void;
    onAccepted: () => void;
    /** Logged once, and only if it is not a part of an outage: after messages could still be taken. */
    onEventsRefused: (/** @type {Error} */ error: Error) => void;
    onEventsAccepted: () => void;
    onNotStored: (/** @type {Error} */ error: Error, /** @type {string} */ taskId: string) => void;
    onStored: () => void;
    onLeasesLost: (/** @type {string[]} */ tags: string[]) => void;
    onGone: (/** @type {string} */ taskId: string) => void;
    onUnsettled: (/** @type {Error} */ error: Error) => void;
    onRestored: (/** @type {import("../../transport/transport.js").Swept[]} */ swept: import("../../transport/transport.js").Swept[]) => void;
    onMalformed: (/** @type {string} */ fault: string) => void;
    onSweep: (/** @type {Error | null} */ error: Error | null) => void;
}
