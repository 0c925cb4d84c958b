/**
 * Receives remote control in the connection's thread, from an exclusive queue of this worker (`kombu.pidbox.Node`). A `ping` is
 * answered here, even while the event loop is blocked. Every other command goes to the main thread.
 */
import { decodeCommand, encodeReply, isAddressedTo } from "../../protocol/pidbox.js";
import { isLocked, plain } from "./errors.js";
import { toEnvelope } from "./message.js";

/** Celery's `control_queue_ttl` and `control_queue_expires`. */
const TTL_MS = 300_000;
const EXPIRES_MS = 10_000;
/** The pause before listening again: the broker may not know yet that this worker's last connection is gone. */
const AGAIN_MS = 2_000;

/** @typedef {import("../../protocol/pidbox.js").Command} Command */

export class Mailbox {
  #options;
  #clock = 0;
  /** @type {import("./driver.js").Model | null} */
  #model = null;

  /**
   * @param {object} options
   * @param {string} options.hostname the worker's
   * @param {string} options.exchange of the commands
   * @param {(address: import("../../protocol/pidbox.js").ReplyAddress, text: string) => Promise<boolean>} options.reply
   * @param {(command: Command) => void} options.onCommand called with each command for this worker, except pings
   * @param {() => void} options.onSubscribed called whenever it starts to receive commands
   * @param {(problem: string) => void} options.onProblem
   * @param {(fault: string) => void} options.onMalformed called with the fault of a message that is not a command
   */
  constructor(options) {
    this.#options = options;
  }

  /** Listens on a connection, for as long as that lasts. @param {import("./driver.js").Model} model */
  listen(model) {
    this.#model = model;
    model.once("close", () => {
      if (this.#model === model) this.#model = null;
    });
    void this.#subscribe(model, true);
  }

  /**
   * @param {import("./driver.js").Model} model
   * @param {boolean} isFirst
   */
  async #subscribe(model, isFirst) {
    const { hostname, exchange, onSubscribed, onProblem } = this.#options;
    try {
      const channel = await model.createChannel();
      channel.on("error", () => {});
      channel.once("close", () => this.#later(model));
      const queue = `${hostname}.${exchange}`;
      await channel.assertExchange(exchange, "fanout", { durable: false });
      await channel.assertQueue(queue, {
        durable: false,
        exclusive: true,
        autoDelete: true,
        arguments: { "x-expires": EXPIRES_MS, "x-message-ttl": TTL_MS },
      });
      await channel.bindQueue(queue, exchange, "");
      await channel.consume(queue, (message) => message && this.#hear(toEnvelope(message, queue)), { noAck: true });
      onSubscribed();
    } catch (error) {
      const refusal = /** @type {Error} */ (error);
      // After a lost connection this is usual for a moment.
      if (this.#model === model && isFirst && !isLocked(refusal))
        onProblem(`Remote control is not heard: ${plain(refusal.message)}`);
    }
  }

  /** @param {import("./driver.js").Model} model */
  #later(model) {
    setTimeout(() => {
      if (this.#model === model) void this.#subscribe(model, false);
    }, AGAIN_MS);
  }

  /** @param {string} raw */
  #hear(raw) {
    try {
      const command = decodeCommand(raw);
      this.#clock = Math.max(this.#clock, command.clock) + 1;
      if (!isAddressedTo(command, this.#options.hostname)) return;
      if (command.method === "ping") void this.#answerPing(command);
      else this.#options.onCommand(command);
    } catch (error) {
      this.#options.onMalformed(/** @type {Error} */ (error).message);
    }
  }

  /** @param {Command} command */
  async #answerPing({ replyTo, ticket }) {
    if (replyTo === null) return;
    const text = encodeReply(this.#options.hostname, { ok: "pong" }, { replyTo, ticket, clock: this.#clock });
    // During an outage the sender gets no answer; the log already has a line about it.
    await this.#options.reply(replyTo, text).catch(() => {});
  }
}
