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
    /** Called after each successful `take`. Only that shows that the server works, because replicas accept connections too. */
    onTaken: () => void;
    onRefused: (/** @type {Error} */ error: Error) => void;
    onAccepted: () => void;
    onTrouble: (/** @type {{ kind: string, line: string, over: string }} */ { kind, line, over }: {
        kind: string;
        line: string;
        over: string;
    }) => void;
    onTroubleOver: (/** @type {string} */ kind: string) => void | undefined;
    /** Logged once, and only after a later successful `take`, which shows that there is no general outage. */
    onEventsRefused: (/** @type {Error} */ error: Error) => void;
    onEventsAccepted: () => void;
    onNotStored: (/** @type {Error} */ error: Error, /** @type {string} */ taskId: string) => void;
    onStored: () => void;
    onLeasesLost: (/** @type {string[]} */ tags: string[], /** @type {string[]} */ running: string[]) => void;
    onGone: (/** @type {string} */ taskId: string, /** @type {"acknowledge" | "put back"} */ what: "acknowledge" | "put back") => void;
    onUnsettled: (/** @type {Error} */ error: Error) => void;
    onRestored: (/** @type {import("../../transport/transport.js").Swept[]} */ swept: import("../../transport/transport.js").Swept[]) => void;
    onMalformed: (/** @type {string} */ fault: string) => void;
    onSweep: (/** @type {Error | null} */ error: Error | null) => void;
}
