/** A transport against a test server, and messages to put through it. */
import { Redis } from "ioredis";
import { encodeEnvelope, taskMessage } from "../../src/protocol/message.js";
import { RedisConsumer } from "../../src/transport/redis/consumer.js";
import { redisKeys } from "../../src/transport/redis/keys.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";

let consumers = 0;

/**
 * @param {string} url
 * @param {{ leaseMs?: number, globalKeyprefix?: string, deadLetterLimit?: number }} [options]
 */
export function makeConsumer(url, { leaseMs = 60_000, globalKeyprefix, deadLetterLimit = 100 } = {}) {
  const address = parseRedisUrl(url);
  const keys = redisKeys({ globalKeyprefix });
  const tagPrefix = `test@here/${++consumers}:`;
  const results = { resultKeyPrefix: "celery-task-meta-", resultExpiresS: 100 };
  const names = { workerName: "test@here", tagPrefix };
  const consumer = new RedisConsumer({ address, keys, ...names, ...results, leaseMs, deadLetterLimit });
  return { consumer, keys, tagPrefix };
}

/** @param {string} url @returns {Redis} for looking at the server */
export function inspector(url) {
  return new Redis(url);
}

/**
 * @param {string} id
 * @param {{ priority?: number, queue?: string, args?: unknown[] }} [options]
 * @returns {string} a message as a client would put it on the list
 */
export function message(id, { priority = 0, queue = "q", args = [1, 2] } = {}) {
  return encodeEnvelope(taskMessage({ taskId: id, name: "t.add", args }), {
    exchange: "",
    routingKey: queue,
    priority,
  });
}

/** @param {string} raw @returns {string} its task id */
export const idOf = (raw) => JSON.parse(raw).headers.id;

/**
 * Stops reading from a connection: replies stay in the socket until it breaks.
 *
 * @param {import("../../src/transport/redis/connection.js").RedisConnection} connection
 */
export function muteConnection(connection) {
  const { stream } = /** @type {{ stream: import("node:net").Socket }} */ (/** @type {unknown} */ (connection.client));
  stream.removeAllListeners("data");
  stream.pause();
}

/**
 * Cuts a connection as a failing network does: what was sent may be executed, its reply never comes.
 *
 * @param {import("../../src/transport/redis/connection.js").RedisConnection} connection
 */
export function breakConnection(connection) {
  /** @type {{ stream: import("node:net").Socket }} */ (/** @type {unknown} */ (connection.client)).stream.destroy();
}
