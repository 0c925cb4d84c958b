/**
 * Receives remote control on the keeper's thread, over a separate connection.
 *
 * A command that comes while the connection is down is lost, as with every worker of a Celery cluster on Redis.
 */
import { CommandReceiver } from "../command-receiver.js";
import { RedisConnection } from "./connection.js";
import { isReplyError } from "./replies.js";
import { sendReply } from "./reply.js";

/**
 * How often it is pinged: a half-open connection receives nothing and reports nothing. The echo of the keeper does not notice one
 * that falls silent before it has subscribed.
 */
const PROBE_MS = 5_000;
/** The pause before retrying when the server does not let this user listen. */
const REFUSED_PAUSE_MS = 60_000;

/**
 * @typedef {object} Place
 * @property {import("./url.js").RedisAddress} address
 * @property {import("./keys.js").Keys} keys
 * @property {RedisConnection} connection that answers are sent over
 */

export class KeeperMailbox {
  #options;
  #subscriber;
  #channel;
  /** Why the server does not let us listen, once that was reported. */
  #refusal = "";

  /**
   * @param {import("../command-receiver.js").MailboxOptions & Place} options
   */
  constructor(options) {
    this.#options = options;
    const channel = options.keys.fanout(options.exchange);
    this.#subscriber = new RedisConnection({
      address: options.address,
      name: `${options.hostname}:control`,
      onUp: () => this.#subscribe(),
    });
    this.#channel = channel;
    const commands = new CommandReceiver(options, (address, text) => this.#reply(address, text));
    this.#subscriber.client.on("message", (_channel, raw) => commands.receive(raw));
  }

  /** Listens until the thread ends, and again after each lost connection. */
  start() {
    this.#subscriber.ready().catch(() => {});
    setInterval(() => {
      if (this.#subscriber.client.isReady) this.#subscriber.client.ping().catch(() => {});
    }, PROBE_MS);
  }

  #subscribe() {
    this.#subscriber.client.subscribe(this.#channel).then(this.#options.onSubscribed, (/** @type {Error} */ error) => {
      if (!isReplyError(error)) return this.#subscriber.reconnect();
      if (this.#refusal !== error.message)
        this.#options.onProblem(`Remote control receives no commands: ${error.message}`);
      this.#refusal = error.message;
      setTimeout(() => {
        if (this.#subscriber.client.isReady) this.#subscribe();
      }, REFUSED_PAUSE_MS);
    });
  }

  /** @param {import("../../protocol/pidbox.js").ReplyAddress} address @param {string} text */
  async #reply(address, text) {
    const { connection, keys } = this.#options;
    try {
      await sendReply(connection.client, keys, address, text);
    } catch (error) {
      // During an outage the sender gets no answer; the log already has a line about it.
      if (isReplyError(error)) this.#options.onProblem(`Cannot answer a ping: ${error.message}`);
    }
  }
}
