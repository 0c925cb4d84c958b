export type DeadLetter = {
    /**
     * the letter as it is in its list
     */
    entry: Buffer;
    /**
     * the message, byte for byte
     */
    raw: Buffer;
    queue: string;
    /**
     * the task's, else a hash of the message
     */
    id: string;
    /**
     * the task's; "" = none can be read
     */
    taskId: string;
    /**
     * its name
     */
    task: string | null;
    reason: string;
    /**
     * when it was put aside, ms since the epoch; null = its first line does not say
     */
    time: number | null;
    /**
     * who put it aside
     */
    worker: string | null;
    /**
     * how many workers were lost with it
     */
    deliveries: number | null;
    priority: number;
    headers: Record<string, unknown>;
    /**
     * the decoded body; null = it is compressed, or no text
     */
    body: string | null;
    /**
     * false: no worker can read the message
     */
    isReadable: boolean;
};
/**
 * @typedef {object} DeadLetter
 * @property {Buffer} entry the letter as it is in its list
 * @property {Buffer} raw the message, byte for byte
 * @property {string} queue
 * @property {string} id the task's, else a hash of the message
 * @property {string} taskId the task's; "" = none can be read
 * @property {string | null} task its name
 * @property {string} reason
 * @property {number | null} time when it was put aside, ms since the epoch; null = its first line does not say
 * @property {string | null} worker who put it aside
 * @property {number | null} deliveries how many workers were lost with it
 * @property {number} priority
 * @property {Record<string, unknown>} headers
 * @property {string | null} body the decoded body; null = it is compressed, or no text
 * @property {boolean} isReadable false: no worker can read the message
 */
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
 * @param {Buffer} entry of the queue's dead-letter list, whoever wrote it
 * @returns {DeadLetter}
 */
export declare function readDeadLetter(queue: string, entry: Buffer): DeadLetter;
