export type DeadLetter = import("../transport.js").DeadLetter;
/** @typedef {import("../transport.js").DeadLetter} DeadLetter */
/**
 * @param {{ reason: string, worker: string, deliveries?: number }} why `deliveries`: how many workers were lost with it
 * @returns {string} the first line, without its line feed
 */
export declare function deadLetterHeader({ reason, worker, deliveries }: {
    reason: string;
    worker: string;
    deliveries?: number;
}): string;
/**
 * @param {string} queue
 * @param {Buffer} entry of the queue's dead-letter list, by any writer
 * @returns {DeadLetter}
 */
export declare function readDeadLetter(queue: string, entry: Buffer): DeadLetter;
