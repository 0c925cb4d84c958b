/**
 * Sends messages to RabbitMQ. Guarantee: once `publish` has resolved, the broker has confirmed the message; when it has rejected,
 * the message may be there only if the confirmation was lost (the error says so by naming the lost connection).
 *
 * A queue is declared before the first message for it, as Celery's producers do: a message for a queue without a worker yet is kept.
 */
import { setTimeout as delay } from "node:timers/promises";
import { EncodeError, ImproperlyConfigured, OperationalError } from "../../errors.js";
import { isoToEpochMs } from "../../protocol/time.js";
import { describe, Refusal } from "../errors.js";
import { repeated } from "../publish-policy.js";
import { Confirms } from "./confirms.js";
import { AmqpConnection } from "./connection.js";
import { delayedPlace } from "./delays.js";
import { isMissing, translated, Unroutable } from "./errors.js";
import { toAmqp } from "./message.js";
import { confirmsOf } from "./sending.js";
import { declareTaskQueue, onOwnChannel, prepareDelays } from "./topology.js";

const REPEAT_PAUSE_MS = 100;
const REPEAT_MAX_PAUSE_MS = 1_000;
/** An idle sender needs no heartbeat: a missing confirmation reveals a lost connection. */
const NO_HEARTBEAT = 0;

/**
 * @typedef {import("../transport.js").Publication} Publication
 * @typedef {import("../transport.js").Publisher} Publisher
 * @typedef {import("./topology.js").TaskQueue} TaskQueue
 *
 * @typedef {object} Link what there is on one connection
 * @property {import("./driver.js").Model} model
 * @property {Confirms} confirms
 * @property {Map<string, Promise<TaskQueue>>} queues those that are declared, by their names
 * @property {Map<string, Promise<boolean>>} delayed whether messages for a queue can wait in the broker
 * @property {Map<string, Promise<unknown>>} exchanges
 *
 * @typedef {object} PublisherOptions
 * @property {readonly import("./url.js").AmqpAddress[]} addresses
 * @property {import("./topology.js").QueueKind} queueKind
 * @property {string} eventExchange
 * @property {number} timeoutMs how long sending may take, connecting and repeating included (`taskPublishTimeout`)
 * @property {number} [connectTimeoutMs]
 * @property {number} [messageSizeLimit] bytes
 * @property {{ warn: (message: string) => void } | null} [log]
 */

/** @implements {Publisher} */
export class AmqpPublisher {
  #options;
  /** @type {AmqpConnection<Link>} */
  #connection;
  /** @type {Set<Promise<unknown>>} */
  #pending = new Set();

  /** @param {PublisherOptions} options */
  constructor(options) {
    this.#options = options;
    const { addresses, connectTimeoutMs, timeoutMs, log } = options;
    this.#connection = new AmqpConnection({
      addresses,
      name: "celery-js-publisher",
      heartbeatS: NO_HEARTBEAT,
      connectTimeoutMs: Math.min(connectTimeoutMs ?? timeoutMs, timeoutMs),
      isLazy: true,
      endsWhenRefused: () => true,
      setUp: async (model) => ({
        model,
        confirms: new Confirms(await model.createConfirmChannel()),
        queues: new Map(),
        delayed: new Map(),
        exchanges: new Map(),
      }),
      onDown: (error, retryInMs) =>
        log?.warn(`cannot reach ${this.#connection.display}: ${error.message}; next try in ${retryInMs / 1000} s`),
    });
  }

  /**
   * Waits for a lost connection and sends the message again, as Celery's `task_publish_retry` does; if only the confirmation
   * was lost, the message is then in its queue twice.
   *
   * @type {Publisher["publish"]}
   */
  async publish({ exchange, exchangeType = "direct", routingKey, priority, text, retryPolicy = null }) {
    this.check(text);
    const message = toAmqp(text, priority);
    const send =
      exchangeType === "fanout"
        ? (/** @type {Link} */ link) => this.#broadcast(link, exchange, routingKey, message)
        : exchange === ""
          ? (/** @type {Link} */ link) => this.#toQueue(link, routingKey, message)
          : (/** @type {Link} */ link) => toExchange(link, { exchange, routingKey }, message);
    if (retryPolicy === null) return this.#run(send);
    return repeated(retryPolicy, () => this.#run(send, { isOnce: true }));
  }

  /** @type {Publisher["check"]} */
  check(text) {
    const { messageSizeLimit = Infinity } = this.#options;
    // A character has one to three bytes, so short texts need no exact count.
    if (text.length * 3 <= messageSizeLimit) return;
    const bytes = Buffer.byteLength(text);
    if (bytes > messageSizeLimit) {
      throw new EncodeError(`the message has ${bytes} bytes, which is more than messageSizeLimit=${messageSizeLimit}`);
    }
  }

  /** @type {Publisher["checkQueues"]} */
  async checkQueues(queues) {
    const names = [...queues];
    if (names.length > 0) await this.#run((link) => Promise.all(names.map((name) => this.#declared(link, name))));
  }

  /** @type {Publisher["declareQueue"]} */
  async declareQueue(queue, binding) {
    await this.#run((link) => declareTaskQueue(link.model, queue, this.#options.queueKind, binding));
  }

  /** @type {Publisher["drain"]} */
  async drain() {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  /** @type {Publisher["close"]} */
  async close() {
    await this.drain();
    await this.#connection.close();
  }

  /**
   * @param {Link} link
   * @param {string} queue
   * @param {import("./message.js").Outgoing} message
   */
  async #toQueue(link, queue, message) {
    await this.#declared(link, queue);
    const { eta } = message.options.headers;
    const etaMs = typeof eta === "string" && eta !== "" ? isoToEpochMs(eta) : 0;
    const later = etaMs > 0 ? delayedPlace((etaMs - Date.now()) / 1000, queue) : null;
    const place = later !== null && (await this.#canDelay(link, queue)) ? later : { exchange: "", routingKey: queue };
    try {
      await link.confirms.publish(place, message);
    } catch (error) {
      // The queue was deleted meanwhile: the next attempt declares it again.
      if (error instanceof Unroutable) {
        link.queues.delete(queue);
        link.delayed.delete(queue);
        error.isTemporary = true;
      }
      throw error;
    }
  }

  /**
   * @param {Link} link
   * @param {string} exchange of commands or events
   * @param {string} routingKey
   * @param {import("./message.js").Outgoing} message
   */
  async #broadcast(link, exchange, routingKey, message) {
    const isOfEvents = exchange === this.#options.eventExchange;
    await once(link.exchanges, exchange, () =>
      onOwnChannel(link.model, (channel) =>
        channel.assertExchange(exchange, isOfEvents ? "topic" : "fanout", { durable: isOfEvents }),
      ),
    );
    await link.confirms.publish({ exchange, routingKey }, message, { isMandatory: false });
  }

  /**
   * @param {Link} link
   * @param {string} queue
   * @returns {Promise<TaskQueue>}
   */
  #declared(link, queue) {
    return once(link.queues, queue, () => declareTaskQueue(link.model, queue, this.#options.queueKind));
  }

  /**
   * @param {Link} link
   * @param {string} queue
   * @returns {Promise<boolean>}
   */
  #canDelay(link, queue) {
    return once(link.delayed, queue, async () => prepareDelays(link.model, [await this.#declared(link, queue)]));
  }

  /**
   * @template T
   * @param {(link: Link) => Promise<T>} send called once per attempt
   * @param {{ isOnce?: boolean }} [options]
   * @returns {Promise<T>}
   */
  async #run(send, { isOnce = false } = {}) {
    const work = this.#attempts(send, isOnce);
    this.#pending.add(work);
    this.#connection.hold();
    try {
      return await work;
    } finally {
      this.#pending.delete(work);
      this.#connection.release();
    }
  }

  /**
   * @template T
   * @param {(link: Link) => Promise<T>} send
   * @param {boolean} isOnce
   * @returns {Promise<T>}
   */
  async #attempts(send, isOnce) {
    const { timeoutMs } = this.#options;
    const endsAtMs = performance.now() + timeoutMs;
    for (let pauseMs = REPEAT_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, REPEAT_MAX_PAUSE_MS)) {
      try {
        return await this.#attempt(send, endsAtMs);
      } catch (cause) {
        const error = this.#refused(/** @type {Error} */ (cause));
        if (isOnce || !error.isTemporary || performance.now() + pauseMs >= endsAtMs) throw error;
      }
      await delay(pauseMs * (0.5 + Math.random() / 2));
    }
  }

  /**
   * @template T
   * @param {(link: Link) => Promise<T>} send
   * @param {number} endsAtMs
   * @returns {Promise<T>}
   */
  async #attempt(send, endsAtMs) {
    const leftMs = () => Math.max(1, Math.ceil(endsAtMs - performance.now()));
    const link = await this.#connection.ready(leftMs());
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    /** @type {Promise<never>} */
    const expiry = new Promise((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`no answer within ${this.#options.timeoutMs / 1000} s`));
        this.#connection.reconnect("no answer");
      }, leftMs());
    });
    try {
      return await Promise.race([confirmsOf(link).then(() => send(link)), expiry]);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * @param {Error} cause of a failed attempt
   * @returns {Error & { isTemporary?: boolean }}
   */
  #refused(cause) {
    const { display } = this.#connection;
    const known = translated(cause, display);
    if (known instanceof EncodeError || known instanceof OperationalError || known instanceof ImproperlyConfigured) {
      return known;
    }
    const error = new OperationalError(`cannot reach ${display}: ${describe(cause)}`, { cause });
    error.isTemporary = true;
    return error;
  }
}

/**
 * @param {Link} link
 * @param {{ exchange: string, routingKey: string }} place an exchange named by the caller, which must exist
 * @param {import("./message.js").Outgoing} message
 */
async function toExchange(link, place, message) {
  const { exchange } = place;
  await once(link.exchanges, exchange, async () => {
    try {
      // On a separate channel: a refusal would close the one that others use.
      await onOwnChannel(link.model, (channel) => channel.checkExchange(exchange));
    } catch (error) {
      if (!isMissing(error)) throw error;
      throw new Refusal(`there is no exchange '${exchange}'`, { cause: error, scope: "command" });
    }
  });
  await link.confirms.publish(place, message);
}

/**
 * @template T
 * @param {Map<string, Promise<T>>} known
 * @param {string} name
 * @param {() => Promise<T>} make called once per name and connection, and again after a failure
 * @returns {Promise<T>}
 */
function once(known, name, make) {
  const found = known.get(name);
  if (found !== undefined) return found;
  const made = make();
  known.set(name, made);
  made.catch(() => known.delete(name));
  return made;
}
