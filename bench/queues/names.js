/** The names that programs which fill queues share with the workers. */

export const QUEUE = "bench";
export const TASK = "bench.add";
/** Returns the length of a text. */
export const SIZE = "bench.size";
/** Returns the milliseconds since the time that it is given. */
export const SINCE = "bench.since";
/** Returns the sum of a list. */
export const TOTAL = "bench.total";
/** Computes for some milliseconds (tasks/cpu.js). */
export const SPIN = "bench.tasks.cpu.spin";

/** @param {number} count @returns {string[]} */
export const queueNames = (count) => (count === 1 ? [QUEUE] : Array.from({ length: count }, (_, i) => `${QUEUE}${i}`));
