/**
 * @param {Promise<unknown>} work
 * @param {number} limitMs
 * @returns {Promise<boolean>} whether it ended in time
 */
export declare function withinMs(work: Promise<unknown>, limitMs: number): Promise<boolean>;
