/**
 * Publishes with the broker's confirmation. Guarantee: once `publish` has resolved, the message is in a queue, of a quorum queue
 * on a majority of its replicas; when it has rejected with `Unroutable` or a refusal, it is in none.
 */
import { EncodeError, OperationalError } from "../../errors.js";
import { Refusal } from "../errors.js";
import { codeOf, isTooLong, translated, Unroutable } from "./errors.js";

/**
 * @typedef {import("./driver.js").Channel} Channel
 * @typedef {import("./message.js").Outgoing} Outgoing
 * @typedef {{ exchange: string, routingKey: string, content: Buffer, isReturned: boolean }} Pending
 */

export class Confirms {
  #channel;
  /** Unconfirmed messages, oldest first; the broker may return them. @type {Set<Pending>} */
  #pending = new Set();
  /** Why the channel was closed. @type {Error | null} */
  #closed = null;

  /** @param {Channel} channel made by `createConfirmChannel`, not used by any other code */
  constructor(channel) {
    this.#channel = channel;
    channel.on("error", (/** @type {Error} */ error) => {
      this.#closed = error;
    });
    channel.on("close", () => {
      this.#closed ??= new Error("the connection was lost");
    });
    channel.on("return", (/** @type {import("./driver.js").AmqpMessage} */ message) => this.#onReturn(message));
  }

  /** @returns {boolean} false: the broker has closed the channel, after a refusal or with the connection */
  get isOpen() {
    return this.#closed === null;
  }

  /**
   * @param {{ exchange: string, routingKey: string }} place
   * @param {Outgoing} message
   * @param {{ isMandatory?: boolean }} [options] false: it may reach no queue
   * @returns {Promise<void>}
   * @throws {Unroutable} when no queue takes it
   * @throws {Refusal} when the broker refuses it, temporarily for a queue that is full
   * @throws {EncodeError} when its headers or its properties cannot be encoded
   */
  publish({ exchange, routingKey }, { content, options }, { isMandatory = true } = {}) {
    return new Promise((resolve, reject) => {
      if (this.#closed !== null) return reject(translated(this.#closed));
      /** @type {Pending} */
      const pending = { exchange, routingKey, content, isReturned: false };
      if (isMandatory) this.#pending.add(pending);
      const done = (/** @type {Error | null} */ error) => {
        this.#pending.delete(pending);
        if (error) reject(this.#failure(error, routingKey));
        else if (pending.isReturned)
          reject(new Unroutable(`no queue is bound to exchange '${exchange}' for the routing key '${routingKey}'`));
        else resolve(undefined);
      };
      try {
        this.#channel.publish(exchange, routingKey, content, { ...options, mandatory: isMandatory }, done);
      } catch (error) {
        this.#pending.delete(pending);
        reject(this.#thrown(/** @type {Error} */ (error)));
      }
    });
  }

  /** @param {import("./driver.js").AmqpMessage} message that the broker gives back, before it confirms it */
  #onReturn({ fields, content }) {
    for (const pending of this.#pending) {
      const isSame = pending.exchange === fields.exchange && pending.routingKey === fields.routingKey;
      if (!isSame || pending.isReturned || !pending.content.equals(content)) continue;
      pending.isReturned = true;
      return;
    }
  }

  /**
   * @param {Error} error
   * @param {string} routingKey
   */
  #failure(error, routingKey) {
    if (/nacked/.test(error.message)) {
      return new Refusal(`the broker did not accept a message for '${routingKey}': a queue is full or not available`, {
        scope: "server",
      });
    }
    return translated(this.#closed !== null && codeOf(this.#closed) !== 0 ? this.#closed : error);
  }

  /** @param {Error} error thrown by amqplib before anything was sent */
  #thrown(error) {
    if (!isTooLong(error) && (error.name === "IllegalOperationError" || /closed|closing/i.test(error.message))) {
      const lost = new OperationalError(error.message, { cause: error });
      lost.isTemporary = true;
      return lost;
    }
    return new EncodeError(`the message can never be sent: its headers do not fit into a frame (${error.message})`, {
      cause: error,
    });
  }
}
