/** The time beyond the grace period before it gives up on a server that does not answer. */
export declare const GIVE_UP_MS = 5000;
/**
 * @param {Pick<import("./assembly.js").Assembly, "settleBatcher" | "dispatcher" | "consumer">} parts
 * @param {object} how
 * @param {number} how.graceMs how long it waits for running tasks
 * @param {AbortSignal} how.cold ends the waiting
 * @param {import("../observers/log.js").Logger} how.log
 * @returns {Promise<void>}
 */
export declare function drain(parts: Pick<import("./assembly.js").Assembly, "settleBatcher" | "dispatcher" | "consumer">, { graceMs, cold, log }: {
    graceMs: number;
    cold: AbortSignal;
    log: import("../observers/log.js").Logger;
}): Promise<void>;
