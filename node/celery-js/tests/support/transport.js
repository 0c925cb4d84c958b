/** A transport against a test server, and messages to put through it. */
import { after, afterEach, before, beforeEach } from "node:test";
import { Redis } from "ioredis";
import { encodeEnvelope, taskMessage } from "../../src/protocol/message.js";
import { RedisConsumer } from "../../src/transport/redis/consumer.js";
import { Keeper } from "../../src/transport/redis/keeper.js";
import { redisKeys } from "../../src/transport/redis/keys.js";
import { parseRedisUrl } from "../../src/transport/redis/url.js";
import { startServer } from "./server.js";

let consumers = 0;

/**
 * @typedef {object} UsedTransport what the tests of a `describe` work with
 * @property {import("./server.js").TestServer} server
 * @property {Redis} redis for looking at the server
 * @property {RedisConsumer} consumer
 * @property {import("../../src/transport/redis/keys.js").Keys} keys
 * @property {string} tagPrefix of the consumer
 * @property {(queues: string[], leaseMs?: number) => Promise<void>} open takes another consumer, for other queues
 */

/**
 * One server for all tests of a `describe`; an empty database and a consumer for each of them.
 *
 * @param {{ queues?: string[], leaseMs?: number }} [options]
 * @returns {UsedTransport} filled in before the tests run
 */
export function useTransport({ queues = ["q"], leaseMs: usualLeaseMs } = {}) {
  const used = /** @type {UsedTransport} */ ({});
  used.open = async (names, leaseMs = usualLeaseMs) => {
    used.consumer?.close();
    Object.assign(used, makeConsumer(used.server.url, { leaseMs }));
    await used.consumer.start(names);
  };
  before(async () => {
    used.server = await startServer();
    used.redis = inspector(used.server.url);
  });
  beforeEach(async () => {
    await used.redis.flushall();
    await used.open(queues);
  });
  afterEach(() => used.consumer.close());
  after(async () => {
    used.redis.disconnect();
    await used.server.stop();
  });
  return used;
}

/**
 * Runs a keeper during a test, and stops it.
 *
 * @param {{ server: import("./server.js").TestServer, tagPrefix: string }} used
 * @param {Partial<import("../../src/transport/redis/keeper.js").KeeperSettings> & { leaseMs: number }} options
 * @param {(keeper: Keeper, port: number | null, begun: Promise<void>) => Promise<void>} body
 * @param {Partial<import("../../src/transport/transport.js").ConsumerHooks>} [hooks]
 */
export async function withKeeper({ server, tagPrefix }, options, body, hooks = {}) {
  const { leaseMs, ...settings } = options;
  const address = parseRedisUrl(server.url);
  const shared = { address, workerName: "test@here", tagPrefix, leaseMs, deadLetterLimit: 100 };
  const defaults = { rescoreMs: 60_000, loopStallLimitMs: 0, health: null, controlExchange: null };
  const keeper = new Keeper(shared, { keyOptions: { db: 0 }, ...defaults, ...settings }, { snapshot: idle, ...hooks });
  try {
    const address = await keeper.start();
    const port = address !== null && "port" in address ? address.port : null;
    await body(keeper, port, keeper.begin());
  } finally {
    await keeper.stop();
  }
}

/** @returns {import("../../src/transport/vitals.js").Snapshot} */
const idle = () => ({ phase: "consuming", running: 0, free: 1, untakenMs: 0 });

/**
 * @param {string} url
 * @param {{ leaseMs?: number, globalKeyprefix?: string, deadLetterLimit?: number, deadLetterMaxAgeMs?: number }} [options]
 */
export function makeConsumer(
  url,
  { leaseMs = 60_000, globalKeyprefix, deadLetterLimit = 100, deadLetterMaxAgeMs } = {},
) {
  const address = parseRedisUrl(url);
  const keys = redisKeys({ globalKeyprefix });
  const tagPrefix = `test@here/${++consumers}:`;
  const results = { resultKeyPrefix: "celery-task-meta-", resultExpiresS: 100 };
  const names = { workerName: "test@here", tagPrefix };
  const limits = { leaseMs, deadLetterLimit, deadLetterMaxAgeMs };
  const consumer = new RedisConsumer({ address, keys, ...names, ...results, ...limits });
  return { consumer, keys, tagPrefix };
}

/**
 * @param {string} url
 * @returns {Redis} for looking at the server
 */
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

/**
 * @param {string} raw
 * @returns {string} its task id
 */
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
