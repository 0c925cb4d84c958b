/**
 * The dead letters of a RabbitMQ broker, for its operators. AMQP cannot show messages without taking them. This connection holds
 * them, and when it closes, the broker requeues those that were not retried or deleted.
 */
import { ImproperlyConfigured, OperationalError } from "../../errors.js";
import { readDeadLetter } from "../dead-letter.js";
import { describe } from "../errors.js";
import { Confirms } from "./confirms.js";
import { AmqpConnection } from "./connection.js";
import { DEAD_HEADER, deadQueue } from "./dead-queue.js";
import { plain } from "./errors.js";
import { again, toEnvelope } from "./message.js";
import { unlessSilent } from "./silence.js";
import { countMessages } from "./topology.js";

/** Letters that are handed over at a time. */
const PAGE = 100;
/** The most that a consumer may hold: the size of AMQP's field. */
const MAX_PREFETCH = 65_535;
/** How long the next letter is waited for: another operator may have taken it. */
const SILENCE_MS = 1_000;
const NO_HEARTBEAT = 0;

/**
 * @typedef {import("../transport.js").DeadLetter} DeadLetter
 * @typedef {import("../transport.js").DeadLetters} DeadLetters
 * @typedef {import("./driver.js").AmqpMessage} AmqpMessage
 * @typedef {import("./driver.js").Channel} Channel
 * @typedef {{ model: import("./driver.js").Model, channel: Channel, confirms: Confirms }} Link
 */

/** @implements {DeadLetters} */
export class AmqpDeadLetters {
  #timeoutMs;
  /** @type {AmqpConnection<Link>} */
  #connection;
  #isHeld = false;
  /** What was taken of each queue, oldest first. @type {Map<string, Promise<DeadLetter[]>>} */
  #taken = new Map();
  /** @type {WeakMap<DeadLetter, AmqpMessage>} */
  #messages = new WeakMap();

  /**
   * Connects with the first call.
   *
   * @param {{ addresses: readonly import("./url.js").AmqpAddress[], timeoutMs: number, connectTimeoutMs: number }} options
   */
  constructor({ addresses, timeoutMs, connectTimeoutMs }) {
    this.#timeoutMs = timeoutMs;
    this.#connection = new AmqpConnection({
      addresses,
      name: "celery-js:dead",
      heartbeatS: NO_HEARTBEAT,
      connectTimeoutMs,
      isLazy: true,
      endsWhenRefused: () => true,
      setUp: async (model) => {
        const channel = await model.createChannel();
        channel.on("error", () => {});
        return { model, channel, confirms: new Confirms(await model.createConfirmChannel()) };
      },
    });
  }

  /** @type {DeadLetters["queues"]} */
  async queues() {
    throw new OperationalError(
      "RabbitMQ does not list its queues for clients: name them with --queue, or an app with -A",
    );
  }

  /** @type {DeadLetters["newestFirst"]} */
  async *newestFirst(queue) {
    yield* [...(await this.#lettersOf(queue))].reverse();
  }

  /** @type {DeadLetters["eachPage"]} */
  async eachPage(queue, act) {
    const all = [...(await this.#lettersOf(queue))];
    for (let from = 0; from < all.length; from += PAGE) await act(all.slice(from, from + PAGE));
  }

  /** @type {DeadLetters["retry"]} */
  retry(letters) {
    return this.#end(letters, async (link, letter, message) => {
      const { content, options } = again(message);
      const { [DEAD_HEADER]: _, ...headers } = options.headers;
      await link.confirms.publish(
        { exchange: "", routingKey: letter.queue },
        { content, options: { ...options, headers } },
      );
    });
  }

  /** @type {DeadLetters["delete"]} */
  delete(letters) {
    return this.#end(letters, async () => {});
  }

  close() {
    void this.#connection.close();
    if (this.#isHeld) this.#connection.release();
    this.#isHeld = false;
  }

  /**
   * @param {DeadLetter[]} letters
   * @param {(link: Link, letter: DeadLetter, message: AmqpMessage) => Promise<void>} send done before the letter is removed
   * @returns {Promise<number>}
   */
  async #end(letters, send) {
    let count = 0;
    for (const letter of letters) {
      const message = this.#messages.get(letter);
      if (message === undefined) continue;
      await this.#clearly(async (link) => {
        await send(link, letter, message);
        link.channel.ack(message);
      });
      this.#messages.delete(letter);
      const taken = await this.#lettersOf(letter.queue);
      taken.splice(taken.indexOf(letter), 1);
      count += 1;
    }
    // A channel answers in order: the broker has done all of it by then.
    if (count > 0) await this.#clearly(({ channel }) => channel.checkQueue(deadQueue(letters[0].queue)));
    return count;
  }

  /**
   * @param {string} queue
   * @returns {Promise<DeadLetter[]>} the letters that were there when this was first called
   */
  #lettersOf(queue) {
    const found = this.#taken.get(queue);
    if (found !== undefined) return found;
    const taken = this.#clearly((link) => this.#take(link, queue));
    this.#taken.set(queue, taken);
    return taken;
  }

  /**
   * @param {Link} link
   * @param {string} queue
   */
  async #take({ model, channel }, queue) {
    const name = deadQueue(queue);
    const count = Math.min((await countMessages(model, name)) ?? 0, MAX_PREFETCH);
    const messages = count === 0 ? [] : await takeAll(channel, name, count);
    return messages.map((message) => {
      const letter = letterOf(queue, message);
      this.#messages.set(letter, message);
      return letter;
    });
  }

  /**
   * @template T
   * @param {(link: Link) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #clearly(work) {
    if (!this.#isHeld) this.#connection.hold();
    this.#isHeld = true;
    try {
      const link = await this.#connection.ready(this.#timeoutMs);
      return await unlessSilent(link.model, this.#timeoutMs, work(link));
    } catch (cause) {
      if (cause instanceof OperationalError || cause instanceof ImproperlyConfigured) throw cause;
      const message = plain(describe(/** @type {Error} */ (cause)));
      throw new OperationalError(`${this.#connection.display}: ${message}`, { cause });
    }
  }
}

/**
 * @param {Channel} channel
 * @param {string} queue
 * @param {number} count
 * @returns {Promise<AmqpMessage[]>}
 */
async function takeAll(channel, queue, count) {
  /** @type {AmqpMessage[]} */
  const messages = [];
  let end = () => {};
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const ended = new Promise((resolve) => {
    end = () => resolve(undefined);
  });
  const waitOn = () => {
    clearTimeout(timer);
    timer = setTimeout(end, SILENCE_MS);
  };
  await channel.prefetch(count);
  waitOn();
  const { consumerTag } = await channel.consume(
    queue,
    (message) => {
      if (message !== null) messages.push(message);
      if (messages.length >= count) end();
      else waitOn();
    },
    { noAck: false },
  );
  await ended;
  clearTimeout(timer);
  await channel.cancel(consumerTag);
  return messages;
}

/**
 * @param {string} queue
 * @param {AmqpMessage} message
 * @returns {DeadLetter}
 */
function letterOf(queue, message) {
  const { [DEAD_HEADER]: header, ...headers } = message.properties.headers ?? {};
  const bare = { ...message, properties: { ...message.properties, headers } };
  return readDeadLetter(queue, Buffer.from(`${header ?? "{}"}\n${toEnvelope(bare, queue)}`));
}
