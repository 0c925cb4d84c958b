/**
 * The thread that holds a worker's connections to RabbitMQ: one that consumes, one that sends (sending.js). It answers heartbeats
 * even while a task blocks the event loop, so that the broker takes nothing back from a live worker. connection-link.js is its
 * handle on the main thread.
 */
import { parentPort, workerData } from "node:worker_threads";
import { describe, Refusal } from "../errors.js";
import { BEAT_MAY_BE_LATE_MS, guardAgainstStalls, WATCH_MS } from "../stall-guard.js";
import { ThreadHealth } from "../thread-health.js";
import { Vitals } from "../vitals.js";
import { AmqpConnection } from "./connection.js";
import { codeOf, isMissing, plain, Troubles } from "./errors.js";
import { Held } from "./held.js";
import { Mailbox } from "./mailbox.js";
import { toEnvelope, workersLost } from "./message.js";
import { Releasing } from "./releasing.js";
import { Sending } from "./sending.js";
import { Subscriptions } from "./subscriptions.js";
import { errorData } from "./thread-calls.js";
import { declareTaskQueue, prepareDelays } from "./topology.js";

/** An exchange that every broker has, used to check that the broker answers. */
const KNOWN_EXCHANGE = "amq.direct";
/** What the broker says when a message was held for longer than its `consumer_timeout`. */
const TOO_LONG = /delivery acknowledgement on channel \d+ timed out\. Timeout value used: (\d+) ms/;

/**
 * @typedef {import("./connection-link.js").ThreadData} ThreadData
 * @typedef {import("./driver.js").Channel} Channel
 * @typedef {import("./driver.js").Model} Model
 * @typedef {import("./topology.js").Binding} Binding
 *
 * @typedef {object} Link what there is on one connection
 * @property {Model} model
 * @property {Channel} plain for questions
 * @property {Subscriptions} subscriptions
 * @property {boolean} canDelay
 */

const { addresses, workerName, heartbeatS, connectTimeoutMs, queueKind, loopStallLimitMs, ...rest } =
  /** @type {ThreadData} */ (workerData);
const { controlExchange, eventExchange, deadLetters, cells, metrics } = rest;
/** @param {import("./connection-link.js").Report} report */
const report = (report) => parentPort?.postMessage(report);

const troubles = new Troubles(report);
const held = new Held();
const vitals = new Vitals(cells);
/** @type {Map<string, Binding>} the queues that are consumed from */
const queues = new Map();
let prefetch = 0;
let hasBeenUp = false;
let isListening = false;
/** Messages for the main thread, sent once per turn of the event loop. @type {import("./connection-link.js").Taken[]} */
let taken = [];

/** @type {AmqpConnection<Link>} */
const connection = new AmqpConnection({
  addresses,
  name: workerName,
  heartbeatS,
  connectTimeoutMs,
  setUp,
  endsWhenRefused: () => !hasBeenUp,
  onUp: (link) => {
    hasBeenUp = true;
    health?.noteAnswer();
    report({ up: true });
    if (isListening) mailbox?.listen(link.model);
  },
  onDown: (error, retryInMs) => {
    const lost = held.clear();
    taken = [];
    health?.metrics?.add("lost", lost.length);
    report({ lost, down: { reason: describe(error), retryInMs } });
  },
});

const sending = new Sending({
  ...{ addresses, workerName, heartbeatS, connectTimeoutMs, eventExchange, deadLetters },
  troubles,
  isConsuming: () => connection.link !== null,
});

const releasing = new Releasing({
  held,
  workerName,
  outlet: () => {
    const { link } = connection;
    if (link === null) return null;
    return {
      canDelay: link.canDelay,
      publish: (place, message) => sending.publish(place, message),
      deadQueue: (queue) => sending.deadQueue(queue),
    };
  },
  onProblem: (problem) => report({ problem }),
  onRefused: (error, retryInMs) => report({ refused: { error: errorData(error), retryInMs } }),
  onAccepted: () => report({ accepted: true }),
});

const mailbox =
  controlExchange === null
    ? null
    : new Mailbox(
        {
          hostname: workerName,
          exchange: controlExchange,
          onCommand: (command) => report({ command }),
          onSubscribed: () => report({ subscribed: true }),
          onProblem: (problem) => report({ problem }),
          onMalformed: (malformed) => report({ malformed }),
        },
        (address, text) => sending.reply(address, text),
      );

const health =
  rest.health &&
  new ThreadHealth({
    health: rest.health,
    vitals,
    loopStallLimitMs,
    isConnected: () => connection.link !== null,
    ask,
    reasons: () => connection.link?.subscriptions.reasons ?? [],
    metrics, // not of the broker: RabbitMQ's own plugin reports queues, which every worker would count once more
  });

/** Gives back deliveries whose tasks have passed their hard time limit, even if the event loop is too busy to enforce it. */
function releaseOverdue() {
  const lost = held.overdue(vitals.stalledMs - BEAT_MAY_BE_LATE_MS);
  if (lost.length === 0) return;
  for (const number of lost) held.release(number);
  health?.metrics?.add("lost", lost.length);
  report({ lost });
}

/**
 * Makes what a worker needs on a new connection.
 *
 * @param {Model} model
 * @returns {Promise<Link>}
 */
async function setUp(model) {
  const plainChannel = await model.createChannel();
  plainChannel.on("error", () => connection.reconnect("a channel was closed"));
  const declare = (/** @type {string} */ queue) => declareTaskQueue(model, queue, queueKind, queues.get(queue));
  const declared = await Promise.all([...queues.keys()].map(declare));
  const canDelay = await prepareDelays(model, declared);
  const subscriptions = new Subscriptions({
    model,
    queueKind,
    declare,
    onMessage,
    isInUse: (channel) => held.isAnyOf(channel),
    troubles,
    onClosed: onDeliveriesClosed,
  });
  await subscriptions.set([...queues.keys()], prefetch);
  return { model, plain: plainChannel, subscriptions, canDelay };
}

/**
 * @param {Channel} channel
 * @param {string} queue
 * @param {import("./driver.js").AmqpMessage} message
 */
function onMessage(channel, queue, message) {
  const number = held.add(channel, message, queue);
  if (taken.length === 0) {
    setImmediate(() => {
      if (taken.length > 0) report({ taken });
      taken = [];
    });
  }
  taken.push([number, queue, workersLost(message), toEnvelope(message, queue)]);
}

/** @param {Error} error */
function onDeliveriesClosed(error) {
  const timeoutMs = TOO_LONG.exec(error.message)?.[1];
  if (timeoutMs !== undefined) {
    report({
      problem:
        `A message was held for longer than the broker's consumer_timeout of ${Number(timeoutMs) / 1000} s: the broker gives ` +
        "everything that this worker holds to another one. Raise consumer_timeout above the longest task (docs/deployment.md)",
    });
  }
  connection.reconnect(plain(error.message));
}

/** @returns {Promise<void>} once the broker has answered */
async function ask() {
  const link = await connection.ready();
  await link.plain.checkExchange(KNOWN_EXCHANGE);
}

/** What the main thread may call. @type {Record<string, (...args: any[]) => unknown>} */
const METHODS = {
  watch() {
    guardAgainstStalls({ vitals, loopStallLimitMs, namesOfHeld: () => held.names });
    setInterval(releaseOverdue, WATCH_MS);
    return health?.start() ?? null;
  },
  /** @param {string[]} names */
  async start(names) {
    for (const name of names) queues.set(name, {});
    const { canDelay } = await connection.ready();
    if (canDelay) return [];
    return [
      "The broker does not let this user declare Celery's delayed delivery: messages with a far eta wait in the workers",
    ];
  },
  begin() {
    isListening = true;
    if (connection.link !== null) mailbox?.listen(connection.link.model);
  },
  /**
   * Adds a queue, unless the broker refuses it: with a refused queue, no later connection could be set up.
   *
   * @param {string} queue
   * @param {Binding} binding
   */
  async addQueue(queue, binding) {
    const link = await connection.ready();
    await prepareDelays(link.model, [await declareTaskQueue(link.model, queue, queueKind, binding)]);
    const before = queues.get(queue);
    queues.set(queue, binding);
    try {
      await link.subscriptions.set([...queues.keys()], prefetch);
    } catch (error) {
      if (before === undefined && codeOf(error) !== 0) queues.delete(queue);
      connection.reconnect("a consumer was refused");
      throw error;
    }
  },
  /** @param {string} queue */
  async cancelQueue(queue) {
    queues.delete(queue);
    await subscribe();
  },
  /** @param {number} limit */
  async prefetch(limit) {
    prefetch = limit;
    await subscribe();
  },
  /** @param {number[]} numbers @param {number[]} limitsMs */
  hold(numbers, limitsMs) {
    for (const [i, number] of numbers.entries()) {
      const delivery = held.get(number);
      if (delivery !== undefined) delivery.limitMs = limitsMs[i];
    }
  },
  /** @param {number} number */
  release: (number) => held.release(number),
  /** @param {number} number */
  has: (number) => held.get(number) !== undefined,
  settle: (/** @type {number[]} */ numbers) => releasing.settle(numbers),
  requeue: (/** @type {{ number: number, priority: number }[]} */ items) => releasing.requeue(items),
  park: (/** @type {{ number: number, dueMs: number }[]} */ items) => releasing.park(items),
  bury: (/** @type {{ number: number, reason: string }[]} */ items) => releasing.bury(items),
  reply: (/** @type {import("../../protocol/pidbox.js").ReplyAddress} */ address, /** @type {string} */ text) =>
    sending.reply(address, text),
  broadcast: (/** @type {string} */ exchange, /** @type {string} */ routingKey, /** @type {string} */ text) =>
    sending.broadcast(exchange, routingKey, text),
  ask,
  series: (/** @type {import("../metrics.js").Series} */ series) => health?.metrics?.show(series),
  reconnected: (/** @type {number} */ timeoutMs) => connection.ready(timeoutMs).then(() => {}),
  close: () => Promise.all([sending.close(), connection.close()]).then(() => {}),
};

/** Consumes from the queues. After a failure the connection is opened again, which sets up everything. */
async function subscribe() {
  const { link } = connection;
  await link?.subscriptions
    .set([...queues.keys()], prefetch)
    .catch(() => connection.reconnect("a consumer was refused"));
}

parentPort?.on("message", async (/** @type {import("./thread-calls.js").Call} */ { call, method, args }) => {
  try {
    const value = await METHODS[method](...args);
    report({ answer: { answer: call, value } });
  } catch (error) {
    const known = isMissing(error)
      ? new Refusal(plain(/** @type {Error} */ (error).message), { scope: "command" })
      : error;
    report({ answer: { answer: call, error: errorData(known) } });
  }
});
