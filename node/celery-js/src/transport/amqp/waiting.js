/** Deliveries from the broker that no `take` has returned yet, by queue, in order. */

/** @typedef {import("../transport.js").Delivery} Delivery */

export class WaitingDeliveries {
  /** @type {Map<string, Delivery[]>} */
  #queues = new Map();
  #turn = 0;
  /** How many there are. */
  size = 0;

  /** @param {Delivery} delivery */
  add(delivery) {
    const deliveries = this.#queues.get(delivery.queue);
    if (deliveries === undefined) this.#queues.set(delivery.queue, [delivery]);
    else deliveries.push(delivery);
    this.size += 1;
  }

  /**
   * @param {number} limit
   * @param {readonly string[]} queues
   * @returns {Delivery[]} from each queue in turn
   */
  take(limit, queues) {
    /** @type {Delivery[]} */
    const found = [];
    for (let empty = 0; found.length < limit && this.size > 0 && empty < queues.length; ) {
      const delivery = this.#queues.get(queues[this.#turn++ % queues.length])?.shift();
      if (delivery === undefined) empty += 1;
      else {
        found.push(delivery);
        this.size -= 1;
        empty = 0;
      }
    }
    return found;
  }

  /**
   * @param {string} queue
   * @returns {Delivery[]} those of the queue, which are forgotten
   */
  removeQueue(queue) {
    const deliveries = this.#queues.get(queue) ?? [];
    this.#queues.delete(queue);
    this.size -= deliveries.length;
    return deliveries;
  }

  /** @returns {Delivery[]} all of them, which are forgotten */
  clear() {
    return [...this.#queues.keys()].flatMap((queue) => this.removeQueue(queue));
  }

  /** @param {ReadonlySet<number>} numbers of deliveries that the broker has taken back */
  forget(numbers) {
    for (const [queue, deliveries] of this.#queues) {
      const kept = deliveries.filter(({ number }) => !numbers.has(number));
      this.size -= deliveries.length - kept.length;
      this.#queues.set(queue, kept);
    }
  }
}
