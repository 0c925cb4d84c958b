/** What those who fill the queues and those who work on them must agree on. */

export const QUEUE = "bench";
export const TASK = "bench.add";
/** Returns the length of a text. */
export const SIZE = "bench.size";
/** Returns the milliseconds since the time that it is given. */
export const SINCE = "bench.since";
