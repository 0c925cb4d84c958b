/** How many messages are put back by one call. */

/** Messages and characters of one call, so that none keeps the server busy for long. */
const REQUEUE_BATCH = 200;
const REQUEUE_CHARACTERS = 4 * 1024 * 1024;

/**
 * @param {readonly import("../transport.js").Requeue[]} items
 * @param {number} from
 * @returns {number} the index after the last that still goes into this call; one goes in any case
 */
export function endOfBatch(items, from) {
  let to = from;
  let characters = 0;
  while (to < items.length && to - from < REQUEUE_BATCH && characters < REQUEUE_CHARACTERS) {
    characters += items[to].delivery.raw.length;
    to += 1;
  }
  return to;
}
