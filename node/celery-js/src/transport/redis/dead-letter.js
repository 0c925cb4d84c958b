/** A dead letter: one line of JSON that says why, and the message, byte for byte. docs/delivery.md shows one. */

/**
 * @param {{ reason: string, worker: string, deliveries?: number }} why `deliveries`: how many workers were lost with it
 * @returns {string} the first line, without its line feed
 */
export function deadLetterHeader({ reason, worker, deliveries = 0 }) {
  return JSON.stringify({ reason, time: Date.now(), worker, deliveries });
}
