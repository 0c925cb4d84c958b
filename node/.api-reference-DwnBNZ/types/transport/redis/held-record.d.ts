export type HeldMessage = {
    /**
     * the message
     */
    raw: string;
    /**
     * the message as redelivered; null when it cannot be read
     */
    marked: string | null;
    queue: string;
    priority: number;
    /**
     * the id that a loss is counted under; protocol 1 has it in the body, and as its
     * correlation id
     */
    taskId: string | null;
};
/**
 * @typedef {object} HeldMessage
 * @property {string} raw the message
 * @property {string | null} marked the message as redelivered; null when it cannot be read
 * @property {string} queue
 * @property {number} priority
 * @property {string | null} taskId the id that a loss is counted under; protocol 1 has it in the body, and as its
 *   correlation id
 */
/**
 * @param {string} entry of `unacked`: `[message, "", "queue"]`
 * @returns {HeldMessage | null} null when `take` did not write it
 */
export declare function readRecord(entry: string): HeldMessage | null;
