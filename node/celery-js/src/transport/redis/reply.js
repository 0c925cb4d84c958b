/** Sends an answer of remote control to the asker's queue (`kombu.pidbox.Mailbox._publish_reply`). */
import { boundQueues } from "./bindings.js";

/** The pause before each check for the reply queue: a kombu client may bind its queue shortly after asking. */
const PAUSES_MS = [0, 10, 20, 50, 100, 200, 400];

/**
 * @param {import("ioredis").Redis} client
 * @param {import("./keys.js").Keys} keys
 * @param {import("../../protocol/pidbox.js").ReplyAddress} address
 * @param {string} text
 * @returns {Promise<boolean>} false when the queue is gone
 */
export async function sendReply(client, keys, { exchange, routingKey }, text) {
  const bound = async () => boundQueues(await client.smembers(keys.bindings(exchange)), routingKey);
  for (const pauseMs of PAUSES_MS) {
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const queues = await bound();
    if (queues.length === 0) continue;
    await Promise.all(queues.map((queue) => client.lpush(keys.queue(queue), text)));
    // If the asker deleted its queue just before, this answer would stay for ever.
    const kept = await bound();
    const deleted = queues.filter((queue) => !kept.includes(queue)).map((queue) => keys.queue(queue));
    if (deleted.length > 0) await client.del(...deleted);
    return true;
  }
  return false;
}
