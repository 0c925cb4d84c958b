/** Receives remote control in the connection's thread, from an exclusive queue of this worker (`kombu.pidbox.Node`). */
import { CommandReceiver } from "../command-receiver.js";
import { isLocked, plain } from "./errors.js";
import { toEnvelope } from "./message.js";

/** Celery's `control_queue_ttl` and `control_queue_expires`. */
const TTL_MS = 300_000;
const EXPIRES_MS = 10_000;
/** The pause before listening again: the broker may still see this worker's last connection as open. */
const AGAIN_MS = 2_000;

export class Mailbox {
  #options;
  #commands;
  /** @type {import("./driver.js").Model | null} */
  #model = null;

  /**
   * @param {import("../command-receiver.js").MailboxOptions} options
   * @param {(address: import("../../protocol/pidbox.js").ReplyAddress, text: string) => Promise<boolean>} reply
   */
  constructor(options, reply) {
    this.#options = options;
    // During an outage the sender gets no answer; the log already has a line about it.
    this.#commands = new CommandReceiver(options, (address, text) => reply(address, text).catch(() => {}));
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
      await channel.consume(queue, (message) => message && this.#commands.receive(toEnvelope(message, queue)), {
        noAck: true,
      });
      onSubscribed();
    } catch (error) {
      const refusal = /** @type {Error} */ (error);
      // After a lost connection this is usual for a moment.
      if (this.#model === model && isFirst && !isLocked(refusal))
        onProblem(`Remote control receives no commands: ${plain(refusal.message)}`);
    }
  }

  /** @param {import("./driver.js").Model} model */
  #later(model) {
    setTimeout(() => {
      if (this.#model === model) void this.#subscribe(model, false);
    }, AGAIN_MS);
  }
}
