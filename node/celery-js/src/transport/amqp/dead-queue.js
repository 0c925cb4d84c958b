/** Where dead letters are kept: a quorum queue `<queue>.dead` for each queue, whose messages say in a header why they are there. */
import { createHash } from "node:crypto";
import { majorVersion } from "./driver.js";
import { isForbidden, isUnequal } from "./errors.js";
import { onOwnChannel } from "./topology.js";

/** One line of JSON: reason, time, worker, deliveries. */
export const DEAD_HEADER = "x-celery-dead-letter";
/** Since RabbitMQ 4.0, a message that was read and given back this often would be dropped: each look at the letters counts. */
const NO_DELIVERY_LIMIT = -1;
const HAS_DELIVERY_LIMIT_SINCE = 4;

const SUFFIX = ".dead";
/** A refusal quotes the name, and has 255 bytes in all: beyond them, RabbitMQ closes the connection instead. */
const MAX_DEAD_NAME_BYTES = 100;
/** Of a hash, as hexadecimal digits: it tells two long names apart that begin alike. */
const HASH_LENGTH = 16;

/**
 * @param {string} queue
 * @returns {string} the same as in Python (`rabbitmq_burial.py`); a long one with a hash instead of its end
 */
export function deadQueue(queue) {
  const name = `${queue}${SUFFIX}`;
  if (Buffer.byteLength(name) <= MAX_DEAD_NAME_BYTES) return name;
  const bytes = Buffer.from(queue);
  let end = MAX_DEAD_NAME_BYTES - SUFFIX.length - HASH_LENGTH - 1;
  while ((bytes[end] & 0xc0) === 0x80) end -= 1; // within a character
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, HASH_LENGTH);
  return `${bytes.subarray(0, end)}~${hash}${SUFFIX}`;
}

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
