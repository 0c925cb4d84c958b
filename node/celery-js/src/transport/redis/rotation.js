/**
 * The queues of a worker in turn, as `take.lua` takes from the first ones first. What a call needs is put together for each call: all
 * orders of 1,000 queues would fill the memory.
 */

/** @typedef {{ name: string, text: string, dead: string, lists: string[] }} QueueKeys a queue, its name as JSON, and its keys */

export class Rotation {
  #keys;
  /** @type {QueueKeys[]} */
  #queues = [];
  #turns = 0;

  /** @param {import("./keys.js").Keys} keys */
  constructor(keys) {
    this.#keys = keys;
  }

  /** @param {readonly string[]} queues */
  set(queues) {
    const { dead, queue, steps } = this.#keys;
    this.#queues = queues.map((name) => ({
      name,
      text: JSON.stringify(name),
      dead: dead(name),
      lists: steps.map((step) => queue(name, step)),
    }));
  }

  /** Lets the next queue be the first. */
  turn() {
    this.#turns += 1;
  }

  /** @returns {{ queues: string[], texts: string[], keys: string[] }} the queues in turn, and the keys of `take.lua` for that order */
  current() {
    const { unacked, unackedIndex, leases, deliveries, steps } = this.#keys;
    const start = this.#turns % this.#queues.length;
    const all = start === 0 ? this.#queues : [...this.#queues.slice(start), ...this.#queues.slice(0, start)];
    const keys = [unacked, unackedIndex, leases, deliveries];
    for (const { dead } of all) keys.push(dead);
    for (const step of steps.keys()) for (const { lists } of all) keys.push(lists[step]);
    return { queues: all.map(({ name }) => name), texts: all.map(({ text }) => text), keys };
  }
}
