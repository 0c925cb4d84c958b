/**
 * A broker and a result backend in this process: all that a second broker has to be for a worker. It can neither park
 * messages nor store results, as its capabilities say.
 */

/**
 * @typedef {import("../../src/transport/transport.js").Delivery} Delivery
 * @typedef {import("../../src/transport/transport.js").Consumer} Consumer
 */

export class MemoryBroker {
  /** The next message first. @type {Map<string, string[]>} */
  queues = new Map();
  /** By their tags: what the worker has taken and not ended. @type {Map<string, Delivery>} */
  held = new Map();
  /** @type {Array<{ queue: string, raw: string, reason: string }>} */
  dead = [];
  /** @type {Map<string, string>} */
  results = new Map();
  /** What the worker did, in order. @type {string[]} */
  operations = [];
  /** Called with the worker's settlements before they are done: to refuse them, for instance. */
  onSettle = (/** @type {readonly import("../../src/transport/transport.js").Settlement[]} */ _items) => {};

  /** @param {string} queue @returns {string[]} */
  queue(queue) {
    const messages = this.queues.get(queue) ?? [];
    this.queues.set(queue, messages);
    return messages;
  }

  /** @returns {import("../../src/transport/transport.js").Transport} */
  get transport() {
    const notHere = () => {
      throw new Error("no such thing in memory");
    };
    return {
      schemes: ["memory"],
      urlParameters: [],
      createPublisher: () => this.#publisher(),
      createConsumer: (_settings, _hostname, hooks) => new MemoryConsumer(this, hooks),
      createListener: notHere,
      createReplyQueue: notHere,
      createDeadLetters: notHere,
      purgeQueues: notHere,
      connectionInfo: () => ({ transport: "memory" }),
    };
  }

  /** @returns {import("../../src/backend/backend.js").BackendKind} */
  get backend() {
    const store = {
      key: (/** @type {string} */ taskId) => taskId,
      storeText: async (/** @type {string} */ taskId, /** @type {string} */ text) =>
        void this.results.set(taskId, text),
      ready: async () => {},
      close: async () => {},
    };
    const create = () =>
      /** @type {import("../../src/backend/backend.js").ResultBackend} */ (/** @type {unknown} */ (store));
    return { schemes: ["memory"], urlParameters: [], create };
  }

  /** @returns {import("../../src/transport/transport.js").Publisher} */
  #publisher() {
    return {
      publish: async ({ routingKey, text }) => void this.queue(routingKey).push(text),
      checkQueues: async () => {},
      check: () => {},
      declareQueue: async () => {},
      drain: async () => {},
      close: async () => {},
    };
  }
}

/** @implements {Consumer} */
class MemoryConsumer {
  #broker;
  #hooks;
  #taken = 0;
  #wake = () => {};

  capabilities = { canPark: false, canStoreResultsWithSettle: false, holdLimit: null };
  answeredAtMs = 0;
  nowMs = Date.now;
  isConnected = true;
  declares = { exchangeType: "direct", queueArguments: null };
  /** @type {string[]} */
  queues = [];

  /** @param {MemoryBroker} broker @param {Partial<import("../../src/transport/transport.js").ConsumerHooks>} hooks */
  constructor(broker, hooks) {
    this.#broker = broker;
    this.#hooks = hooks;
  }

  async watch() {
    return null;
  }

  /** @param {string[]} queues */
  async start(queues) {
    this.queues = queues;
    this.#hooks.onUp?.();
    return [];
  }

  async startRenewing() {}

  /** @param {number} limit */
  async take(limit) {
    this.answeredAtMs = performance.now();
    const deliveries = this.queues.flatMap((queue) =>
      this.#broker
        .queue(queue)
        .splice(0, limit)
        .map((raw) => this.#delivery(queue, raw)),
    );
    return { deliveries, undecodable: 0 };
  }

  /** @param {string} queue @param {string} raw @returns {Delivery} */
  #delivery(queue, raw) {
    this.#taken += 1;
    const delivery = { number: this.#taken, tag: `memory:${this.#taken}`, queue, workersLost: 0, raw };
    this.#broker.held.set(delivery.tag, delivery);
    return delivery;
  }

  async wait() {
    await new Promise((resolve) => {
      this.#wake = () => resolve(null);
      setTimeout(resolve, 10);
    });
  }

  wake() {
    this.#wake();
  }

  async reconnected() {}

  async answers() {}

  /** @param {string} queue */
  async addQueue(queue) {
    this.queues = [...this.queues, queue];
  }

  /** @param {string} queue */
  cancelQueue(queue) {
    this.queues = this.queues.filter((each) => each !== queue);
  }

  async stopTaking() {}

  hold() {}

  release() {}

  /** @param {readonly import("../../src/transport/transport.js").Settlement[]} items @param {() => void} [onSent] */
  async settle(items, onSent) {
    this.#broker.onSettle(items);
    onSent?.();
    const held = items.flatMap(({ delivery }) => delivery ?? []);
    return { gone: await this.#end("settle", held, () => {}), unsent: [] };
  }

  /** @param {readonly import("../../src/transport/transport.js").Requeue[]} items */
  async requeue(items) {
    const deliveries = items.map(({ delivery }) => delivery);
    return this.#end("requeue", deliveries, ({ queue, raw }) => void this.#broker.queue(queue).push(raw));
  }

  /** @returns {Promise<Delivery[]>} */
  async park() {
    throw new Error("this broker cannot park");
  }

  /** @param {readonly import("../../src/transport/transport.js").Burial[]} items */
  async bury(items) {
    return this.#end(
      "bury",
      items.map(({ delivery }) => delivery),
      ({ queue, raw }, i) => void this.#broker.dead.push({ queue, raw, reason: items[i].reason }),
    );
  }

  /** @param {Delivery} delivery */
  async markStarted({ tag }) {
    return this.#broker.held.has(tag);
  }

  async reply() {
    return false;
  }

  async broadcast() {}

  close() {
    this.#wake();
  }

  async stop() {
    this.close();
  }

  /**
   * @param {string} operation
   * @param {Delivery[]} deliveries
   * @param {(delivery: Delivery, i: number) => void} end called for each that is still held
   * @returns {Delivery[]} the others
   */
  #end(operation, deliveries, end) {
    this.#broker.operations.push(operation);
    return deliveries.filter((delivery, i) => {
      const isHeld = this.#broker.held.delete(delivery.tag);
      if (isHeld) end(delivery, i);
      return !isHeld;
    });
  }
}
