/** Where a worker's results go: into the settle script when broker and backend are one database, else to the backend first. */
import { parseRedisUrl } from "../transport/redis/url.js";

/**
 * @typedef {import("../transport/redis/consumer.js").Settlement} Settlement
 * @typedef {(settlements: Settlement[]) => Promise<number[]>} Settle
 */

/** How long to wait before a result that could not be stored is tried again. */
const RETRY_MS = 1_000;

/**
 * @param {object} options
 * @param {import("./types.js").WorkerApp} options.app
 * @param {import("../transport/redis/consumer.js").RedisConsumer} options.transport
 * @param {import("./log.js").Logger} options.log
 * @returns {Settle}
 */
export function createSettle({ app, transport, log }) {
  const { brokerUrl, resultBackend } = app.settings;
  if (resultBackend === null) return (items) => transport.settle(items.map((item) => ({ ...item, result: "" })));
  if (isSameDatabase(brokerUrl, resultBackend)) return (items) => transport.settle(items);
  return async (items) => {
    // The result first: a message without its result must not be acknowledged.
    await Promise.all(items.filter(({ result }) => result !== "").map((item) => storeUntilDone(app, item, log)));
    return transport.settle(items.map((item) => ({ ...item, result: "" })));
  };
}

/** @param {import("./types.js").WorkerApp} app @param {Settlement} item @param {import("./log.js").Logger} log */
async function storeUntilDone(app, { taskId, result }, log) {
  for (;;) {
    try {
      return await app.backend.storeText(taskId, result);
    } catch (error) {
      log.error(
        { err: error, taskId },
        `The result of ${taskId} cannot be stored; trying again in ${RETRY_MS / 1000} s`,
      );
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** @param {string} a @param {string} b */
function isSameDatabase(a, b) {
  const [x, y] = [parseRedisUrl(a), parseRedisUrl(b, { name: "resultBackend" })];
  return x.host === y.host && x.port === y.port && x.path === y.path && x.db === y.db;
}
