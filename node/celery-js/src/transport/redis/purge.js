/** Deletes the messages that wait in queues (kombu.transport.redis.Channel._purge), not those that workers hold. */
import { ClientConnection } from "./client-connection.js";
import { redisKeys } from "./keys.js";
import { parseRedisUrl } from "./url.js";

/**
 * @param {import("../transport.js").BrokerSettings} settings whose broker it is
 * @param {readonly string[]} queues
 * @returns {Promise<number>} how many messages there were, for good
 * @throws {OperationalError} when the server cannot be reached in time or refuses
 */
export async function purgeQueues(settings, queues) {
  const { brokerTransportOptions: options } = settings;
  const { globalKeyprefix, prioritySteps } = options;
  const address = parseRedisUrl(settings.brokerUrl, { options });
  const keys = redisKeys({ globalKeyprefix, prioritySteps, db: address.db });
  const connection = new ClientConnection({
    address,
    name: "celery-js:purge",
    connectTimeoutMs: settings.brokerConnectionTimeout * 1000,
    timeoutMs: settings.taskPublishTimeout * 1000,
  });
  try {
    const lists = queues.flatMap((queue) => keys.steps.map((step) => keys.queue(queue, step)));
    let purged = 0;
    for (const list of lists) purged += await connection.run((client) => purgeList(client, list));
    return purged;
  } finally {
    connection.close();
  }
}

/**
 * @param {import("./reply-check.js").CheckedRedis} client
 * @param {string} list
 * @returns {Promise<number>}
 */
async function purgeList(client, list) {
  const [[error, length]] = /** @type {Array<[Error | null, number]>} */ (
    await client.multi().llen(list).del(list).exec()
  );
  if (error) throw error;
  client.expect(Number.isInteger(length));
  return length;
}
