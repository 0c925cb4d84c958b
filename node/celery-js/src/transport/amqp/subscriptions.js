/**
 * The consumers of a worker's queues on one connection, in its thread. A consumer's prefetch limit is set when it starts, and
 * changed by cancelling it and consuming again; what came over the old one stays with the worker.
 */
import { setTimeout as delay } from "node:timers/promises";

/** The pause before consuming again from a queue that was deleted, or that has no leader now. */
const AGAIN_MS = 1_000;

/**
 * @typedef {import("./driver.js").Channel} Channel
 *
 * @typedef {object} SubscriptionOptions
 * @property {Channel} channel
 * @property {(queue: string) => Promise<unknown>} declare
 * @property {(channel: Channel, queue: string, message: import("./driver.js").AmqpMessage) => void} onMessage
 * @property {(problem: string) => void} onProblem
 */

export class Subscriptions {
  #options;
  #prefetch = 0;
  #isClosed = false;
  /** Queue -> its consumer's tag. @type {Map<string, string>} */
  #tags = new Map();
  /** One change after the other: the limit of a channel is that of the next consumer. @type {Promise<unknown>} */
  #changing = Promise.resolve();

  /** @param {SubscriptionOptions} options */
  constructor(options) {
    this.#options = options;
    options.channel.once("close", () => {
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
    if (this.#isClosed) return;
    const { channel } = this.#options;
    const isSame = prefetch === this.#prefetch;
    for (const [queue, tag] of [...this.#tags]) {
      if (isSame && queues.includes(queue)) continue;
      this.#tags.delete(queue);
      await channel.cancel(tag);
    }
    this.#prefetch = prefetch;
    if (prefetch === 0) return;
    if (!isSame) await channel.prefetch(prefetch);
    for (const queue of queues) if (!this.#tags.has(queue)) await this.#consume(queue);
  }

  /** @param {string} queue */
  async #consume(queue) {
    const { channel, onMessage } = this.#options;
    const { consumerTag } = await channel.consume(
      queue,
      (message) => {
        if (message !== null) onMessage(channel, queue, message);
        else void this.#again(queue);
      },
      { noAck: false },
    );
    this.#tags.set(queue, consumerTag);
  }

  /** The broker has cancelled the consumer. @param {string} queue */
  async #again(queue) {
    const { declare, onProblem } = this.#options;
    this.#tags.delete(queue);
    onProblem(`The broker has cancelled the consumer of '${queue}': the queue was deleted or moved. Consuming again`);
    while (!this.#isClosed && this.#prefetch > 0 && !this.#tags.has(queue)) {
      await delay(AGAIN_MS);
      await declare(queue)
        .then(() => this.#consume(queue))
        .catch(() => {});
    }
  }
}
