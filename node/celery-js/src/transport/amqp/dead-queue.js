/** Where dead letters are kept: a quorum queue `<queue>.dead` for each queue, whose messages say in a header why they are there. */
import { majorVersion } from "./driver.js";
import { isForbidden, isUnequal } from "./errors.js";
import { onOwnChannel } from "./topology.js";

/** One line of JSON: reason, time, worker, deliveries. */
export const DEAD_HEADER = "x-celery-dead-letter";
/** Since RabbitMQ 4.0, a message that was read and given back this often would be dropped: each look at the letters counts. */
const NO_DELIVERY_LIMIT = -1;
const HAS_DELIVERY_LIMIT_SINCE = 4;

/** @param {string} queue */
export const deadQueue = (queue) => `${queue}.dead`;

/**
 * @param {import("./driver.js").Model} model
 * @param {string} queue
 * @param {{ limit: number, maxAgeMs: number }} kept how many letters, and how long; 0 = forever
 * @returns {Promise<string>} its dead queue, which may have been declared with other limits
 */
export async function declareDeadQueue(model, queue, { limit, maxAgeMs }) {
  const name = deadQueue(queue);
  const options = {
    durable: true,
    arguments: {
      "x-queue-type": "quorum",
      "x-max-length": limit,
      ...(maxAgeMs > 0 && { "x-message-ttl": maxAgeMs }),
      ...(majorVersion(model) >= HAS_DELIVERY_LIMIT_SINCE && { "x-delivery-limit": NO_DELIVERY_LIMIT }),
    },
  };
  try {
    await onOwnChannel(model, (channel) => channel.assertQueue(name, options));
  } catch (error) {
    if (!isForbidden(error) && !isUnequal(error)) throw error;
    await onOwnChannel(model, (channel) => channel.checkQueue(name));
  }
  return name;
}
