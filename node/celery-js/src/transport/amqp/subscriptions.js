/**
 * The consumers of a worker's queues on one connection, in its thread. A consumer's prefetch limit is set when it starts, so a
 * change means to cancel it and to consume again. That happens on a new channel: what the broker was about to send to a cancelled
 * consumer can get stuck in the old one (seen with quorum queues of RabbitMQ 3.10), and goes back to its queue when that is
 * closed, after everything that came over it has ended.
 */
import { setTimeout as delay } from "node:timers/promises";

/** The pause before consuming again from a queue that was deleted, or that has no leader now. */
const AGAIN_MS = 1_000;
/** How often it is checked whether a channel that was given up is empty. */
const RETIRE_MS = 250;

/**
 * @typedef {import("./driver.js").Channel} Channel
 *
 * @typedef {object} SubscriptionOptions
 * @property {import("./driver.js").Model} model
 * @property {(queue: string) => Promise<unknown>} declare
 * @property {(channel: Channel, queue: string, message: import("./driver.js").AmqpMessage) => void} onMessage
 * @property {(channel: Channel) => boolean} isInUse whether anything that came over the channel has not ended
 * @property {(problem: string) => void} onProblem
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
    if (old !== null) {
      for (const tag of oldTags) await old.cancel(tag);
      void this.#retire(old);
    }
    if (prefetch === 0 || queues.length === 0) return;
    const { model, onClosed } = this.#options;
    const channel = await model.createChannel();
    channel.on("error", onClosed);
    await channel.prefetch(prefetch);
    this.#channel = channel;
    for (const queue of queues) await this.#consume(channel, queue);
  }

  /**
   * @param {Channel} channel
   * @param {string} queue
   */
  async #consume(channel, queue) {
    const { onMessage } = this.#options;
    const { consumerTag } = await channel.consume(
      queue,
      (message) => {
        if (message !== null) onMessage(channel, queue, message);
        else void this.#again(channel, queue);
      },
      { noAck: false },
    );
    this.#tags.set(queue, consumerTag);
  }

  /**
   * The broker has cancelled the consumer.
   *
   * @param {Channel} channel
   * @param {string} queue
   */
  async #again(channel, queue) {
    const { declare, onProblem } = this.#options;
    this.#tags.delete(queue);
    onProblem(`The broker has cancelled the consumer of '${queue}': the queue was deleted or moved. Consuming again`);
    while (!this.#isClosed && this.#channel === channel && !this.#tags.has(queue)) {
      await delay(AGAIN_MS);
      await declare(queue)
        .then(() => this.#consume(channel, queue))
        .catch(() => {});
    }
  }

  /** @param {Channel} channel without consumers */
  async #retire(channel) {
    do await delay(RETIRE_MS);
    while (!this.#isClosed && this.#options.isInUse(channel));
    if (!this.#isClosed) await channel.close().catch(() => {});
  }
}
