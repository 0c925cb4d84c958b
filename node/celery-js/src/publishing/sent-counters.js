/** Counts the messages of tasks that this process sends, for a worker's `/metrics`. Without a counter, a message pays for one check. */

/** @typedef {(name: string, queue: string) => void} SentCounter */

/** @type {Set<SentCounter>} */
export const counters = new Set();

/**
 * @param {SentCounter} counter called with each message that the broker has
 * @param {AbortSignal} closed stops the counting
 */
export function countSent(counter, closed) {
  counters.add(counter);
  closed.addEventListener("abort", () => counters.delete(counter), { once: true });
}

/**
 * @template T
 * @param {Promise<T>} sending
 * @param {string} name the task's
 * @param {string} queue
 * @returns {Promise<T>} the same promise without counters
 */
export function counted(sending, name, queue) {
  if (counters.size === 0) return sending;
  return sending.then((result) => {
    for (const counter of counters) counter(name, queue);
    return result;
  });
}
