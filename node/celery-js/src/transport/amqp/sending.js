/**
 * Sending from a worker's connection thread: answers to remote control, events, and messages that move elsewhere. It has a
 * connection of its own, because RabbitMQ in an alarm (memory, disk) reads nothing more of a connection that has published: over the
 * one that consumes, it would read no acknowledgements either, and the backlog behind the alarm would never shrink.
 */
import { OperationalError } from "../../errors.js";
import { describe } from "../errors.js";
import { Confirms } from "./confirms.js";
import { AmqpConnection } from "./connection.js";
import { declareDeadQueue } from "./dead-queue.js";
import { isMissing, Unroutable } from "./errors.js";
import { toAmqp } from "./message.js";
import { onOwnChannel } from "./topology.js";

/** How often a blocked connection is reported again. */
const REMIND_MS = 10_000;
/** The broker is in an alarm, or does not accept this connection. */
const UNSENT = {
  kind: "sending",
  line: "The broker takes no messages of this worker; events wait, as do messages that are put back or buried",
  over: "The broker takes messages of this worker again",
};

/**
 * @typedef {import("./driver.js").Channel} Channel
 * @typedef {import("./driver.js").Model} Model
 *
 * @typedef {object} Link what there is on one connection
 * @property {Model} model
 * @property {Channel} plain for what needs no confirmation
 * @property {Confirms} confirms
 * @property {Map<string, Promise<string>>} deadQueues
 * @property {Set<string>} exchanges those that are declared
 *
 * @typedef {object} SendingOptions
 * @property {readonly import("./url.js").AmqpAddress[]} addresses
 * @property {string} workerName
 * @property {number} heartbeatS
 * @property {number} connectTimeoutMs
 * @property {string} eventExchange
 * @property {{ limit: number, maxAgeMs: number }} deadLetters
 * @property {import("./errors.js").Troubles} troubles
 * @property {() => boolean} isConsuming false: the broker is away, which is reported elsewhere
 */

/** @param {Pick<Link, "model" | "confirms">} link whose channel may have been closed by a refusal */
export async function confirmsOf(link) {
  if (!link.confirms.isOpen) link.confirms = new Confirms(await link.model.createConfirmChannel());
  return link.confirms;
}

export class Sending {
  #options;
  /** @type {AmqpConnection<Link>} */
  #connection;
  /** @type {NodeJS.Timeout | undefined} */
  #reminder;
  /** Why the broker takes nothing. */
  #block = "";

  /** @param {SendingOptions} options */
  constructor(options) {
    this.#options = options;
    const { addresses, workerName, heartbeatS, connectTimeoutMs, troubles } = options;
    this.#connection = new AmqpConnection({
      addresses,
      name: `${workerName}:sending`,
      heartbeatS,
      connectTimeoutMs,
      isLazy: true,
      setUp: (model) => this.#setUp(model),
      onUp: () => troubles.end(UNSENT.kind),
      onDown: () => this.#unblock(),
    });
  }

  /**
   * @param {{ exchange: string, routingKey: string }} place
   * @param {import("./message.js").Outgoing} message
   * @returns {Promise<void>} once it is confirmed; during an alarm, that takes as long as the alarm
   */
  async publish(place, message) {
    await (await confirmsOf(await this.#ready())).publish(place, message);
  }

  /** @param {string} queue @returns {Promise<string>} its dead queue, once that exists */
  async deadQueue(queue) {
    const link = await this.#ready();
    const found = link.deadQueues.get(queue);
    if (found !== undefined) return found;
    const made = declareDeadQueue(link.model, queue, this.#options.deadLetters);
    link.deadQueues.set(queue, made);
    made.catch(() => link.deadQueues.delete(queue));
    return made;
  }

  /**
   * Kombu declares the exchange of the answers with each answer.
   *
   * @param {import("../../protocol/pidbox.js").ReplyAddress} address
   * @param {string} text
   * @returns {Promise<boolean>} false: the asker has gone
   */
  async reply({ exchange, routingKey }, text) {
    const link = await this.#unblocked();
    await declareOnce(link, exchange, "direct", false);
    try {
      await (await confirmsOf(link)).publish({ exchange, routingKey }, toAmqp(text));
      return true;
    } catch (error) {
      if (error instanceof Unroutable || isMissing(error)) return false;
      throw error;
    }
  }

  /**
   * @param {string} exchange
   * @param {string} routingKey
   * @param {string} text
   */
  async broadcast(exchange, routingKey, text) {
    const isOfEvents = exchange === this.#options.eventExchange;
    const link = await this.#unblocked();
    await declareOnce(link, exchange, isOfEvents ? "topic" : "fanout", isOfEvents);
    const { content, options } = toAmqp(text);
    link.plain.publish(exchange, routingKey, content, options);
  }

  /** @returns {Promise<void>} */
  async close() {
    this.#unblock();
    await this.#connection.close();
  }

  /** @returns {Promise<Link>} */
  async #ready() {
    try {
      return await this.#connection.ready(this.#options.connectTimeoutMs);
    } catch (error) {
      if (this.#options.isConsuming()) this.#noteUnsent(describe(/** @type {Error} */ (error)));
      throw error;
    }
  }

  /**
   * @returns {Promise<Link>}
   * @throws {OperationalError} during an alarm: what is written would wait in the socket, and more and more of it
   */
  async #unblocked() {
    const link = await this.#ready();
    if (this.#block === "") return link;
    throw new OperationalError(`${this.#connection.display} takes no messages: ${this.#block}`);
  }

  /** @param {Model} model @returns {Promise<Link>} */
  async #setUp(model) {
    model.on("blocked", (/** @type {string} */ reason) => {
      this.#unblock();
      this.#block = reason || "an alarm";
      const remind = () => this.#noteUnsent(this.#block);
      remind();
      this.#reminder = setInterval(remind, REMIND_MS);
    });
    model.on("unblocked", () => {
      this.#unblock();
      this.#options.troubles.end(UNSENT.kind);
    });
    const plainChannel = await model.createChannel();
    plainChannel.on("error", () => this.#connection.reconnect("a channel was closed"));
    const confirms = new Confirms(await model.createConfirmChannel());
    return { model, plain: plainChannel, confirms, deadQueues: new Map(), exchanges: new Set() };
  }

  /** @param {string} reason */
  #noteUnsent(reason) {
    this.#options.troubles.note({ ...UNSENT, line: `${UNSENT.line}: ${reason}` });
  }

  #unblock() {
    clearInterval(this.#reminder);
    this.#block = "";
  }
}

/**
 * @param {Link} link
 * @param {string} exchange
 * @param {string} type
 * @param {boolean} durable
 */
async function declareOnce(link, exchange, type, durable) {
  if (exchange === "" || link.exchanges.has(exchange)) return;
  await onOwnChannel(link.model, (channel) => channel.assertExchange(exchange, type, { durable }));
  link.exchanges.add(exchange);
}
