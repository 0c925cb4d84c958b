/**
 * Merges the outages that parts of the process notice into one: the connection for tasks, the keeper's, or a
 * command that the server refuses to all clients. Guarantee: one line when the first part fails, with its reason; one
 * when all of them work again and every connection has proved it since, because a silent connection may be found broken
 * only then.
 */
export type Part = "connection" | "keeper" | "commands" | "sweeps";
export type Proof = () => Promise<unknown>;
export declare class ServerOutage {
    #private;
    /**
     * @param {import("./outage-log.js").OutageLog} log
     * @param {Record<Part, string>} over the last line of each, the most important first
     */
    constructor(log: import("./outage-log.js").OutageLog, over: Record<Part, string>);
    /** @returns {boolean} */
    get isOngoing(): boolean;
    /** @param {readonly Proof[]} proofs of all connections, required before an outage is over */
    prove(proofs: readonly Proof[]): void;
    /**
     * @param {Part} part
     * @param {string} line what failed, and why
     */
    failed(part: Part, line: string): void;
    /** @param {Part} part that works, or works again */
    well(part: Part): void;
}
