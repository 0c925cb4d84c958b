/** RabbitMQ as a broker: what `transport.js` chooses by the scheme of the URL. It needs the package amqplib. */
import { randomBytes } from "node:crypto";
import { controlExchange } from "../../protocol/pidbox.js";
import { parseHealthAddress } from "../../validation/health-address.js";
import { AmqpConnection } from "./connection.js";
import { AmqpConsumer } from "./consumer.js";
import { AmqpDeadLetters } from "./dead-letters.js";
import { isMissing } from "./errors.js";
import { AmqpListener } from "./listener.js";
import { AmqpPublisher } from "./publisher.js";
import { AmqpReplyQueue } from "./reply-queue.js";
import { unlessSilent } from "./silence.js";
import { onOwnChannel } from "./topology.js";
import { PARAMETER_NAMES, parseAmqpUrls, SCHEMES } from "./url.js";

/** A worker whose event loop stalls for this long is not ready, because it starts nothing. */
const READY_STALL_MS = 10_000;
/** Since RabbitMQ 4.0, a quorum queue drops a message that was delivered this often. */
const DELIVERY_LIMIT = 20;

/** @typedef {import("../../settings.js").Settings} Settings */

/** @type {import("../transport.js").Transport} */
export const AMQP = Object.freeze({
  schemes: SCHEMES,
  urlParameters: PARAMETER_NAMES,
  createConsumer,
  createDeadLetters: (settings) => new AmqpDeadLetters(placeOf(settings)),
  purgeQueues,
  connectionInfo,

  createPublisher: (settings, { log }) =>
    new AmqpPublisher({
      ...placeOf(settings),
      queueKind: queueKindOf(settings),
      eventExchange: settings.eventExchange,
      messageSizeLimit: settings.messageSizeLimit,
      log,
    }),

  createListener: (settings, options) =>
    new AmqpListener({
      ...placeOf(settings),
      isOfEvents: options.exchange === settings.eventExchange,
      queue: {
        prefix: settings.eventQueuePrefix,
        ttlMs: inMs(settings.eventQueueTtl),
        expiresMs: inMs(settings.eventQueueExpires),
      },
      ...options,
    }),

  createReplyQueue: (settings, exchange) => new AmqpReplyQueue({ ...placeOf(settings), exchange }),
});

/** @param {number | null} seconds */
const inMs = (seconds) => (seconds ? Math.round(seconds * 1000) : null);

/**
 * @param {import("../transport.js").BrokerSettings} settings
 * @throws {ImproperlyConfigured} when the URL cannot be used
 */
function placeOf({ brokerUrl, brokerTransportOptions: { tls }, taskPublishTimeout, brokerConnectionTimeout }) {
  return {
    addresses: parseAmqpUrls(brokerUrl, { tls }),
    timeoutMs: taskPublishTimeout * 1000,
    connectTimeoutMs: brokerConnectionTimeout * 1000,
  };
}

/**
 * @param {Settings} settings
 * @returns {import("./topology.js").QueueKind}
 */
function queueKindOf({ taskCreateMissingQueueType, taskCreateMissingQueueExchangeType, taskQueueMaxPriority }) {
  return {
    type: taskCreateMissingQueueType,
    exchangeType: taskCreateMissingQueueExchangeType,
    maxPriority: taskQueueMaxPriority,
  };
}

/** @type {import("../transport.js").Transport["createConsumer"]} */
function createConsumer(settings, hostname, hooks) {
  const { addresses, connectTimeoutMs } = placeOf(settings);
  const health = parseHealthAddress(settings.workerHealthAddress);
  const thread = {
    addresses,
    workerName: hostname,
    // The broker gives up a silent connection after two heartbeats: a lease.
    heartbeatS: Math.max(1, Math.round(settings.leaseS / 2)),
    connectTimeoutMs,
    queueKind: queueKindOf(settings),
    loopStallLimitMs: settings.loopStallLimitS * 1000,
    controlExchange: settings.workerEnableRemoteControl ? controlExchange(settings.controlExchange) : null,
    eventExchange: settings.eventExchange,
    deadLetters: { limit: settings.deadLetterLimit, maxAgeMs: Math.round(settings.deadLetterMaxAgeS * 1000) },
    health: health && { address: health, readyStallMs: READY_STALL_MS },
  };
  return new AmqpConsumer(
    {
      thread,
      display: addresses.map(({ display }) => display).join(";"),
      // Unique to this process: the thread counts from 1.
      tagPrefix: `${hostname}/${randomBytes(6).toString("hex")}:`,
      warnings: warningsAbout(settings),
    },
    hooks,
  );
}

/** @param {Settings} settings */
function warningsAbout({ maxDeliveries }) {
  if (maxDeliveries > 0 && maxDeliveries < DELIVERY_LIMIT) return [];
  return [
    `maxDeliveries is ${maxDeliveries}, and RabbitMQ 4 drops a message that was delivered ${DELIVERY_LIMIT} times, without a ` +
      "dead letter: use a smaller number, or a policy with delivery-limit (docs/deployment.md)",
  ];
}

/** @type {import("../transport.js").Transport["purgeQueues"]} */
async function purgeQueues(settings, queues) {
  const { addresses, timeoutMs, connectTimeoutMs } = placeOf(settings);
  const connection = new AmqpConnection({
    addresses,
    name: "celery-js:purge",
    heartbeatS: 0,
    connectTimeoutMs,
    endsWhenRefused: () => true,
    setUp: async (model) => model,
  });
  try {
    const model = await connection.ready(timeoutMs);
    let purged = 0;
    for (const queue of queues) {
      try {
        const purging = onOwnChannel(model, (channel) => channel.purgeQueue(queue));
        purged += (await unlessSilent(model, timeoutMs, purging)).messageCount;
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
    return purged;
  } finally {
    await connection.close();
  }
}

/** @type {import("../transport.js").Transport["connectionInfo"]} */
function connectionInfo(settings) {
  const [first, ...others] = parseAmqpUrls(settings.brokerUrl, { tls: settings.brokerTransportOptions.tls });
  return {
    hostname: first.host,
    userid: first.username,
    virtual_host: first.vhost,
    port: first.port,
    insist: false,
    ssl: first.tls !== undefined,
    transport: "amqp",
    connect_timeout: settings.brokerConnectionTimeout,
    transport_options: {},
    login_method: "PLAIN",
    uri_prefix: null,
    heartbeat: Math.max(1, Math.round(settings.leaseS / 2)),
    failover_strategy: "round-robin",
    alternates: others.map(({ display }) => display),
    credential_provider: null,
  };
}
