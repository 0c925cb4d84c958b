/**
 * The unacknowledged deliveries of this worker, in the connection's thread. RabbitMQ takes them all back when the connection is
 * lost: the connection is their lease.
 */

/**
 * @typedef {import("./driver.js").AmqpMessage} AmqpMessage
 * @typedef {import("./driver.js").Channel} Channel
 *
 * @typedef {object} HeldDelivery
 * @property {Channel} channel the channel of the delivery; only this channel can acknowledge it
 * @property {AmqpMessage} message
 * @property {string} queue
 * @property {number} limitMs its task's hard time limit; 0 = none
 */

/** RabbitMQ's default. It does not tell clients its value. */
const CONSUMER_TIMEOUT_S = 1_800;
export const HOLD_LIMIT = {
  seconds: CONSUMER_TIMEOUT_S,
  consequence:
    `RabbitMQ gives a message to another worker after ${CONSUMER_TIMEOUT_S} s unless its consumer_timeout was raised: a ` +
    "longer task would run twice (docs/deployment.md)",
};

export class Held {
  /** By number. @type {Map<number, HeldDelivery>} */
  #held = new Map();
  #next = 1;

  /** @returns {number} */
  get size() {
    return this.#held.size;
  }

  /**
   * @param {Channel} channel
   * @param {AmqpMessage} message
   * @param {string} queue
   * @returns {number} which names it to the main thread
   */
  add(channel, message, queue) {
    const number = this.#next++;
    this.#held.set(number, { channel, message, queue, limitMs: 0 });
    return number;
  }

  /** @param {number} number */
  get(number) {
    return this.#held.get(number);
  }

  /**
   * @param {number} number
   * @returns {boolean} false: the broker has taken it back
   */
  acknowledge(number) {
    return this.#end(number, ({ channel, message }) => channel.ack(message));
  }

  /**
   * Gives it back at once, as if this worker had been lost.
   *
   * @param {number} number
   * @returns {boolean} false: the broker has taken it back before
   */
  release(number) {
    return this.#end(number, ({ channel, message }) => channel.nack(message, false, true));
  }

  /** @param {Channel} channel */
  isAnyOf(channel) {
    return [...this.#held.values()].some((delivery) => delivery.channel === channel);
  }

  /** @returns {number[]} everything that was held; the connection is lost */
  clear() {
    const numbers = [...this.#held.keys()];
    this.#held.clear();
    return numbers;
  }

  /**
   * @param {number} stalledMs how long the event loop has been blocked
   * @returns {number[]} those whose task must have reached its hard time limit
   */
  overdue(stalledMs) {
    return [...this.#held].filter(([, { limitMs }]) => limitMs > 0 && stalledMs > limitMs).map(([number]) => number);
  }

  /** @returns {string} `name[id]` of each */
  get names() {
    const names = [...this.#held.values()].map(({ message }) => {
      const { task, id } = message.properties.headers ?? {};
      return `${task ?? "a task"}[${id ?? "?"}]`;
    });
    return names.join(", ") || "no task";
  }

  /**
   * @param {number} number
   * @param {(delivery: HeldDelivery) => void} end
   */
  #end(number, end) {
    const delivery = this.#held.get(number);
    if (delivery === undefined) return false;
    this.#held.delete(number);
    try {
      end(delivery);
      return true;
    } catch {
      return false; // the channel is closed: the broker has it again
    }
  }
}
