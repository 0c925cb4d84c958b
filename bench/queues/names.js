/** What those who fill the queues and those who work on them must agree on. */

export const QUEUE = "bench";
export const TASK = "bench.add";
