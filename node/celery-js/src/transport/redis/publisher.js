/**
 * Puts messages into queues. Guarantee: once `publish` has resolved, the message is in its list on the server; when it has
 * rejected, it may be there only if the server's answer was lost (the error says so by naming the lost connection).
 *
 * Messages that are published in one turn of the event loop travel together, one `LPUSH` a list, in their order.
 */
import { EncodeError, OperationalError } from "../../errors.js";
import { repeated } from "../publish-policy.js";
import { boundQueues, declareQueue } from "./bindings.js";
import { ClientConnection } from "./client-connection.js";
import { refusalOfKey } from "./keys.js";
import { forget } from "./reply-check.js";

/** Most messages and characters in one command, so that none keeps the server busy for long. */
const BATCH_MESSAGES = 1_000;
const BATCH_CHARACTERS = 4 * 1024 * 1024;
/** What the names of the queues of `kombu.common.Broadcast` begin with. */
const BROADCAST = "bcast.";
/** Queues that are remembered as checked. */
const MAX_CHECKED = 1_000;

/**
 * @typedef {import("../transport.js").Publication} Publication
 * @typedef {import("../transport.js").Publisher} Publisher
 * @typedef {import("../publish-policy.js").PublishPolicy} PublishPolicy
 * @typedef {<T>(command: (client: import("./reply-check.js").CheckedRedis) => Promise<T>) => Promise<T>} Run sends a command, as often as it takes
 * @typedef {{ texts: string[], characters: number, sent: Promise<void> }} Batch one command in the making
 */

/** @implements {Publisher} */
export class RedisPublisher {
  #connection;
  #keys;
  #messageSizeLimit;
  /** @type {Map<string, Batch>} list, and policy if any -> the batch that still takes messages */
  #open = new Map();
  /** @type {Set<Promise<void>>} */
  #pending = new Set();
  /** Queues whose keys are known to be lists. @type {Set<string>} */
  #checked = new Set();

  /**
   * @param {object} options
   * @param {import("./url.js").RedisAddress} options.address
   * @param {import("./keys.js").Keys} options.keys
   * @param {number} options.timeoutMs how long sending may take, connecting and repeating included (`taskPublishTimeout`)
   * @param {number} [options.connectTimeoutMs]
   * @param {number} [options.messageSizeLimit] bytes
   * @param {string} [options.name] shown by `CLIENT LIST`
   * @param {{ warn: (message: string) => void } | null} [options.log] for warnings about lost connections
   */
  constructor({
    address,
    keys,
    timeoutMs,
    connectTimeoutMs,
    messageSizeLimit = Infinity,
    name = "celery-js-publisher",
    log,
  }) {
    this.#keys = keys;
    this.#messageSizeLimit = messageSizeLimit;
    this.#connection = new ClientConnection({
      address,
      name,
      timeoutMs,
      connectTimeoutMs,
      onDown: (error, retryInMs) =>
        log?.warn(`cannot reach ${address.display}: ${error.message}; next try in ${retryInMs / 1000} s`),
    });
  }

  /**
   * Sends one message. It waits for a lost connection and sends the message again, as Celery's `task_publish_retry` does;
   * if only the answer was lost, the message is then in its list twice.
   *
   * @param {Publication} publication
   * @returns {Promise<void>} when the server has it; messages that travel together share one
   * @throws {OperationalError} when the server cannot be reached in time or refuses the message; when no queue is bound
   * @throws {EncodeError} when the message is larger than `messageSizeLimit`, or the queue's key is the delivery protocol's
   */
  publish(publication) {
    const { exchange, exchangeType = "direct", routingKey, priority = 0, text, retryPolicy = null } = publication;
    if (exchange !== "" || exchangeType === "fanout") return this.#publishToExchange(publication);
    try {
      this.check(text);
      checkName(routingKey);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#push(this.#keys.queue(routingKey, priority), text, retryPolicy);
  }

  /** @param {Publication} publication @returns {Promise<void>} */
  async #publishToExchange({ exchange, exchangeType, routingKey, priority = 0, text, retryPolicy = null }) {
    this.check(text);
    if (exchangeType === "fanout") return this.#broadcast(exchange, routingKey, text, retryPolicy);
    const run = this.#runner(retryPolicy);
    const members = await this.#track(run((client) => client.smembers(this.#keys.bindings(exchange))));
    const queues = boundQueues(members, routingKey);
    // No one takes from these lists: kombu's Broadcast gets its messages by publish/subscribe.
    if (queues.some((queue) => queue.startsWith(BROADCAST))) {
      throw new OperationalError(
        `exchange '${exchange}' is a Broadcast of Python workers: send to it with exchangeType 'fanout'`,
      );
    }
    if (queues.length === 0) {
      throw new OperationalError(`no queue is bound to exchange '${exchange}' for the routing key '${routingKey}'`);
    }
    queues.forEach(checkName);
    await Promise.all(queues.map((queue) => this.#push(this.#keys.queue(queue, priority), text, retryPolicy)));
  }

  /**
   * Binds a queue, by default to the exchange of the same name, as Celery's workers do at start, so that kombu's producers find it.
   *
   * @param {string} queue
   * @param {import("./bindings.js").Place} [place]
   * @returns {Promise<void>}
   * @throws {OperationalError} when the server cannot be reached in time
   */
  async declareQueue(queue, place) {
    await this.#track(this.#connection.run((client) => declareQueue(client, this.#keys, queue, place)));
  }

  /**
   * Asks once for each queue whether its key holds a list, or nothing yet.
   *
   * @param {Iterable<string>} queues
   * @returns {Promise<void>}
   * @throws {EncodeError} naming the queue whose key has another use (`unacked`, a result) and can never take a message
   * @throws {OperationalError} when the server cannot be reached in time
   */
  async checkQueues(queues) {
    const unknown = [...queues].filter((queue) => !this.#checked.has(queue));
    if (unknown.length === 0) return;
    unknown.forEach(checkName);
    const ask = (/** @type {import("./reply-check.js").CheckedRedis} */ client) =>
      Promise.all(unknown.map((queue) => client.type(this.#keys.queue(queue, 0))));
    const types = await this.#track(this.#connection.run(ask));
    const wrong = types.findIndex((type) => type !== "list" && type !== "none");
    if (wrong !== -1) {
      throw new EncodeError(
        `the message can never be sent: the key of queue '${unknown[wrong]}' is a ${types[wrong]}, not a list`,
      );
    }
    if (this.#checked.size > MAX_CHECKED) this.#checked.clear();
    for (const queue of unknown) this.#checked.add(queue);
  }

  /** @returns {Promise<void>} once no message is being sent any more, successful or not */
  async drain() {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  /** Waits for messages that are being sent, then closes the connection. @returns {Promise<void>} */
  async close() {
    await this.drain();
    this.#connection.close();
  }

  /**
   * @param {string} text of a message
   * @throws {EncodeError} when it is larger than `messageSizeLimit`
   */
  check(text) {
    // A character has one to three bytes, so short texts need no exact count.
    if (text.length * 3 <= this.#messageSizeLimit) return;
    const bytes = Buffer.byteLength(text);
    if (bytes > this.#messageSizeLimit) {
      throw new EncodeError(
        `the message has ${bytes} bytes, which is more than messageSizeLimit=${this.#messageSizeLimit}`,
      );
    }
  }

  /**
   * @param {string} exchange
   * @param {string} routingKey
   * @param {string} text
   * @param {Readonly<PublishPolicy> | null} policy
   */
  async #broadcast(exchange, routingKey, text, policy) {
    const channel = this.#keys.fanout(exchange, routingKey);
    const run = this.#runner(policy);
    await this.#track(run((client) => client.publish(channel, text)));
  }

  /**
   * @param {Readonly<PublishPolicy> | null} policy
   * @returns {Run}
   */
  #runner(policy) {
    if (policy === null) return (command) => this.#connection.run(command);
    return (command) => repeated(policy, () => this.#connection.runOnce(command));
  }

  /**
   * @param {string} list
   * @param {string} text
   * @param {Readonly<PublishPolicy> | null} policy
   * @returns {Promise<void>}
   */
  #push(list, text, policy) {
    // Messages in one command share a policy.
    const key = policy === null ? list : `${list}\n${policyKey(policy)}`;
    let batch = this.#open.get(key);
    if (batch === undefined || isFull(batch)) {
      batch = this.#startBatch(list, policy);
      this.#open.set(key, batch);
    }
    batch.texts.push(text);
    batch.characters += text.length;
    return batch.sent;
  }

  /**
   * @param {string} list
   * @param {Readonly<PublishPolicy> | null} policy
   * @returns {Batch}
   */
  #startBatch(list, policy) {
    if (this.#open.size === 0) setImmediate(() => this.#open.clear());
    /** @type {string[]} */
    const texts = [];
    const sent = this.#track(
      nextTurn().then(async () => {
        try {
          await this.#runner(policy)((client) => client.lpush(list, ...texts));
        } finally {
          forget(texts);
        }
      }),
    );
    return { texts, characters: 0, sent };
  }

  /**
   * @template T
   * @param {Promise<T>} work
   * @returns {Promise<T>} the same, remembered by `drain` until it is over
   */
  #track(work) {
    const tracked = work.then(
      () => void this.#pending.delete(tracked),
      () => void this.#pending.delete(tracked),
    );
    this.#pending.add(tracked);
    return work;
  }
}

/**
 * A message in such a key would stop all workers.
 *
 * @param {string} queue
 * @throws {EncodeError} for a name that no queue may have
 */
function checkName(queue) {
  const refusal = refusalOfKey(queue);
  if (refusal !== null) throw new EncodeError(`the message can never be sent: ${refusal}`);
}

/** @param {Batch} batch */
function isFull({ texts, characters }) {
  return texts.length >= BATCH_MESSAGES || characters >= BATCH_CHARACTERS;
}

/** @param {Readonly<PublishPolicy>} policy */
function policyKey({ retryErrors, ...numbers }) {
  return JSON.stringify([numbers, retryErrors?.map(({ name }) => name)]);
}

/** @returns {Promise<void>} at the end of this turn of the event loop */
function nextTurn() {
  return new Promise((resolve) => void setImmediate(resolve));
}
