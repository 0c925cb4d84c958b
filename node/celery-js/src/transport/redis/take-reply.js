/** Reads what `take.lua` returns. */

/**
 * @param {unknown} reply
 * @param {{ from: number, to: number, queues: number }} asked the asked tag numbers and number of queues
 * @returns {boolean} whether `take.lua` may have answered that
 */
export function isTakeReply(reply, { from, to, queues }) {
  if (!Array.isArray(reply) || reply.length < 3 || (reply.length - 3) % 4 !== 0) return false;
  for (let i = 3; i < reply.length; i += 4) {
    const [number, queue] = [Number(reply[i]), Number(reply[i + 1])];
    if (!(number >= from && number < to && queue >= 1 && queue <= queues)) return false;
  }
  return true;
}

/**
 * @param {unknown[]} reply of take.lua
 * @param {string[]} queues in the order that was asked
 * @param {string} tagPrefix
 * @returns {{ deliveries: import("../transport.js").Delivery[], undecodable: number, hasMore: boolean }}
 */
export function readTakeReply(reply, queues, tagPrefix) {
  const deliveries = [];
  for (let i = 3; i < reply.length; i += 4) {
    deliveries.push({
      number: Number(reply[i]),
      tag: `${tagPrefix}${reply[i]}`,
      queue: queues[Number(reply[i + 1]) - 1],
      workersLost: Number(reply[i + 2]),
      raw: String(reply[i + 3]),
      heldAt: undefined,
    });
  }
  return { deliveries, undecodable: Number(reply[1]), hasMore: Number(reply[2]) === 1 };
}
