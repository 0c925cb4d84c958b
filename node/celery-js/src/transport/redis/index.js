/** Redis and Valkey as a broker: what `transport.js` chooses by the scheme of the URL. */
import { randomBytes } from "node:crypto";
import { limitsOf } from "../../protocol/limits.js";
import { controlExchange } from "../../protocol/pidbox.js";
import { parseHealthAddress } from "../../validation/health-address.js";
import { BroadcastListener } from "./broadcast-listener.js";
import { RedisConsumer } from "./consumer.js";
import { RedisDeadLetters } from "./dead-letters.js";
import { redisKeys, resultKeyPrefix } from "./keys.js";
import { RedisPublisher } from "./publisher.js";
import { purgeQueues } from "./purge.js";
import { RedisReplyQueue } from "./reply-queue.js";
import { isSameDatabase, parseRedisUrl, SCHEMES } from "./url.js";
import { PARAMETER_NAMES } from "./url-parameters.js";

/** A worker whose event loop stalls for this long is not ready, because it starts nothing. */
const READY_STALL_MS = 10_000;

/** @typedef {import("../../settings.js").Settings} Settings */

/** @type {import("../transport.js").Transport} */
export const REDIS = Object.freeze({
  schemes: SCHEMES,
  urlParameters: PARAMETER_NAMES,
  createConsumer,
  createDeadLetters: (settings) => new RedisDeadLetters(settings),
  purgeQueues,
  connectionInfo,

  createPublisher: (settings, { log }) =>
    new RedisPublisher({
      ...placeOf(settings),
      timeoutMs: settings.taskPublishTimeout * 1000,
      connectTimeoutMs: settings.brokerConnectionTimeout * 1000,
      messageSizeLimit: settings.messageSizeLimit,
      log,
    }),

  createListener: (settings, options) =>
    new BroadcastListener({ ...placeOf(settings), timeoutMs: settings.taskPublishTimeout * 1000, ...options }),

  createReplyQueue: (settings, exchange) =>
    new RedisReplyQueue({ ...placeOf(settings), exchange, timeoutMs: settings.taskPublishTimeout * 1000 }),
});

/**
 * @param {import("../transport.js").BrokerSettings} settings
 * @throws {ImproperlyConfigured} when the URL cannot be used
 */
function placeOf({ brokerUrl, brokerTransportOptions: options }) {
  const { globalKeyprefix, prioritySteps } = options;
  const address = parseRedisUrl(brokerUrl, { options });
  const keyOptions = { globalKeyprefix, prioritySteps, db: address.db };
  return { address, keyOptions, keys: redisKeys(keyOptions) };
}

/** @type {import("../transport.js").Transport["createConsumer"]} */
function createConsumer(settings, hostname, hooks) {
  const { address, keyOptions, keys } = placeOf(settings);
  const health = parseHealthAddress(settings.workerHealthAddress);
  const options = {
    address,
    keys,
    workerName: hostname,
    // Unique to this process: a restarted worker must not use the tags of the one that died.
    tagPrefix: `${hostname}/${randomBytes(6).toString("hex")}:`,
    leaseMs: settings.leaseS * 1000,
    deadLetterLimit: settings.deadLetterLimit,
    limits: limitsOf(settings),
    deadLetterMaxAgeMs: settings.deadLetterMaxAgeS * 1000,
    hasResults: isSameDatabase(settings),
    resultKeyPrefix: resultKeyPrefix(settings.resultBackendTransportOptions.globalKeyprefix),
    resultExpiresS: Math.ceil(settings.resultExpires ?? 0),
    failureExpiresS: Math.ceil(settings.resultFailureExpires ?? settings.resultExpires ?? 0),
    connectTimeoutMs: settings.brokerConnectionTimeout * 1000,
    keeper: {
      keyOptions,
      loopStallLimitMs: settings.loopStallLimitS * 1000,
      controlExchange: settings.workerEnableRemoteControl ? controlExchange(settings.controlExchange) : null,
      health: health && { address: health, readyStallMs: READY_STALL_MS },
    },
  };
  return new RedisConsumer(options, hooks);
}

/**
 * @param {Settings} settings
 * @returns {Record<string, unknown>}
 */
function connectionInfo(settings) {
  const { path, username, db, tls, sentinel, ...address } = placeOf(settings).address;
  const { host, port } = sentinel?.nodes[0] ?? address;
  return {
    hostname: path ?? host,
    userid: username ?? null,
    virtual_host: String(db),
    port: port ?? null,
    insist: false,
    ssl: tls !== undefined,
    transport: sentinel ? "sentinel" : "redis",
    connect_timeout: settings.brokerConnectionTimeout,
    transport_options: {},
    login_method: null,
    uri_prefix: null,
    heartbeat: 0,
    failover_strategy: "round-robin",
    alternates: [],
    credential_provider: null,
  };
}
