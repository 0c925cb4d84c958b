/**
 * The consumers of a worker's queues on one connection, in its thread. A consumer's prefetch limit is fixed when it starts, so a
 * change restarts it on a new channel: messages for a cancelled consumer can get stuck in the old channel (seen with quorum
 * queues of RabbitMQ 3.10). The old channel is closed, which frees them, once all deliveries that came over it are completed.
 *
 * RabbitMQ 3 consumes from a deleted queue that is there again by then in the worker's name, and says nothing. With a quorum queue
 * that goes wrong: the queue hands out messages, and the channel, which has forgotten the queue, drops them. RabbitMQ cancels the
 * consumer, and says so, only where it may not consume again. This is the case on a channel with a limit for all its consumers
 * together, because quorum queues do not support such limits. So the channel gets one that is never reached. RabbitMQ 4 always
 * cancels. (`celery_reliable/rabbitmq_cancellation.py` does the same.)
 */
import { setTimeout as delay } from "node:timers/promises";
import { SILENCE_LIMIT_MS } from "../health.js";
import { majorVersion } from "./driver.js";
import { plain } from "./errors.js";

/** The pause before consuming again from a queue that was deleted or has lost its leader. */
const AGAIN_MS = 1_000;
/** How often an old channel is checked for open deliveries before it is closed. */
const RETIRE_MS = 250;
const ALWAYS_CANCELS_SINCE = 4;
/** The largest that AMQP has. */
const NEVER_REACHED = 65_535;

/**
 * @typedef {import("./driver.js").AmqpMessage} AmqpMessage
 * @typedef {import("./driver.js").Channel} Channel
 *
 * @typedef {object} SubscriptionOptions
 * @property {import("./driver.js").Model} model
 * @property {import("./topology.js").QueueKind} queueKind of queues that do not exist
 * @property {(queue: string) => Promise<unknown>} declare
 * @property {(channel: Channel, queue: string, message: AmqpMessage) => void} onMessage
 * @property {(channel: Channel) => boolean} isInUse whether anything that came over the channel has not ended
 * @property {import("./errors.js").Troubles} troubles
 * @property {(error: Error) => void} onClosed called when the broker closes a channel
 */

export class Subscriptions {
  #options;
  #isClosed = false;
  /** @type {{ queues: readonly string[], prefetch: number }} */
  #current = { queues: [], prefetch: 0 };
  /** @type {Channel | null} */
  #channel = null;
  /** The consumers of the channel, by their queues. @type {Map<string, string>} */
  #tags = new Map();
  /** Queues whose consumer the broker has cancelled. @type {Map<string, number>} */
  #missingSinceMs = new Map();
  /** One change after the other. @type {Promise<unknown>} */
  #changing = Promise.resolve();

  /** @param {SubscriptionOptions} options */
  constructor(options) {
    this.#options = options;
    options.model.once("close", () => {
      this.#isClosed = true;
    });
  }

  /**
   * @param {readonly string[]} queues to consume from, and no others
   * @param {number} prefetch messages that each consumer may hold; 0 = none is started
   * @returns {Promise<void>}
   */
  set(queues, prefetch) {
    const changed = this.#changing.then(() => this.#change(queues, prefetch));
    this.#changing = changed.catch(() => {});
    return changed;
  }

  /**
   * @param {readonly string[]} queues
   * @param {number} prefetch
   */
  async #change(queues, prefetch) {
    const { queues: before, prefetch: limit } = this.#current;
    if (this.#isClosed || (prefetch === limit && queues.join("\n") === before.join("\n"))) return;
    const [old, oldTags] = [this.#channel, [...this.#tags.values()]];
    this.#current = { queues, prefetch };
    this.#channel = null;
    this.#tags.clear();
    this.#missingSinceMs.clear();
    for (const queue of before) if (!queues.includes(queue)) this.#options.troubles.end(kindOf(queue));
    if (old !== null) {
      for (const tag of oldTags) await old.cancel(tag);
      void this.#retire(old);
    }
    if (prefetch === 0 || queues.length === 0) return;
    const { model, onClosed } = this.#options;
    const channel = await model.createChannel();
    channel.on("error", onClosed);
    this.#channel = channel;
    for (const queue of queues) await this.#consume(channel, queue);
  }

  /**
   * @param {Channel} channel
   * @param {string} queue
   */
  async #consume(channel, queue) {
    const { onMessage } = this.#options;
    let isCancelled = false;
    /** @param {AmqpMessage | null} message null: the consumer is cancelled */
    const receive = (message) => {
      if (message !== null) return onMessage(channel, queue, message);
      isCancelled = true;
      void this.#again(channel, queue);
    };
    // All are sent at once, so that queues that are consumed again together do not disturb each other.
    const [, { consumerTag }] = await Promise.all([
      channel.prefetch(this.#current.prefetch), // lifts the limit for all, which forbids to consume more queues
      channel.consume(queue, receive, { noAck: false }),
      this.#mustDemandCancellations ? channel.prefetch(NEVER_REACHED, true) : null,
    ]);
    if (isCancelled) return; // before the other answers: `#again` starts another one
    this.#tags.set(queue, consumerTag);
    this.#missingSinceMs.delete(queue);
    this.#options.troubles.end(kindOf(queue));
  }

  /** @returns {string[]} why the worker is not ready: queues that have had no consumer for longer than a silence may last */
  get reasons() {
    const beforeMs = performance.now() - SILENCE_LIMIT_MS;
    const missing = [...this.#missingSinceMs].filter(([, sinceMs]) => sinceMs < beforeMs);
    return missing.map(([queue]) => `nothing is consumed from '${queue}'`);
  }

  get #mustDemandCancellations() {
    const { model, queueKind } = this.#options;
    const version = majorVersion(model);
    // Consumers of classic queues are always cancelled.
    return queueKind.type === "quorum" && version > 0 && version < ALWAYS_CANCELS_SINCE;
  }

  /**
   * The broker has cancelled the consumer.
   *
   * @param {Channel} channel
   * @param {string} queue
   */
  async #again(channel, queue) {
    if (this.#channel !== channel) return; // of consumers that are stopped anyway
    const { declare, troubles } = this.#options;
    const note = (/** @type {string} */ reason) =>
      troubles.note({
        kind: kindOf(queue),
        line: `The broker has cancelled the consumer of '${queue}': ${reason}. Consuming again`,
        over: `Consuming from '${queue}' again`,
      });
    this.#tags.delete(queue);
    this.#missingSinceMs.set(queue, performance.now());
    note("the queue was deleted or moved");
    while (!this.#isClosed && this.#channel === channel && !this.#tags.has(queue)) {
      await delay(AGAIN_MS);
      await declare(queue)
        .then(() => (this.#channel === channel ? this.#consume(channel, queue) : undefined))
        .catch((/** @type {Error} */ error) => note(plain(error.message)));
    }
  }

  /** Closes a channel once it has no open deliveries. @param {Channel} channel without consumers */
  async #retire(channel) {
    do await delay(RETIRE_MS);
    while (!this.#isClosed && this.#options.isInUse(channel));
    if (!this.#isClosed) await channel.close().catch(() => {});
  }
}

/** @param {string} queue */
const kindOf = (queue) => `the consumer of ${queue}`;
