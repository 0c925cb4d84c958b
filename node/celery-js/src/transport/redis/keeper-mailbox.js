/**
 * Receives remote control on the keeper's thread, over a connection of its own. A `ping` is answered here, even while the
 * event loop is blocked. Every other command goes to the main thread.
 *
 * A command that comes while the connection is down is lost, as with every worker of a Celery cluster on Redis.
 */
import { decodeCommand, encodeReply, isAddressedTo } from "../../protocol/pidbox.js";
import { RedisConnection } from "./connection.js";
import { isReplyError } from "./replies.js";
import { sendReply } from "./reply.js";

/** How often a silent connection is pinged: a half-open one receives nothing and reports nothing. */
const PROBE_MS = 5_000;
/** The pause before retrying when the server does not let this user listen. */
const REFUSED_PAUSE_MS = 60_000;

/** @typedef {import("../../protocol/pidbox.js").Command} Command */

export class KeeperMailbox {
  #options;
  #ear;
  #channel;
  /** Why the server does not let us listen, once that was reported. */
  #refusal = "";
  #clock = 0;

  /**
   * @param {object} options
   * @param {import("./url.js").RedisAddress} options.address
   * @param {import("./keys.js").Keys} options.keys
   * @param {string} options.hostname the worker's
   * @param {string} options.exchange of the commands
   * @param {RedisConnection} options.connection that answers are sent over
   * @param {(command: Command) => void} options.onCommand called with each command for this worker, except pings
   * @param {() => void} options.onSubscribed called whenever it starts to receive commands
   * @param {(problem: string) => void} options.onProblem
   * @param {(fault: string) => void} options.onMalformed called with the fault of a message that is not a command
   */
  constructor(options) {
    this.#options = options;
    const channel = options.keys.fanout(options.exchange);
    this.#ear = new RedisConnection({
      address: options.address,
      name: `${options.hostname}:control`,
      onUp: () => this.#subscribe(),
    });
    this.#channel = channel;
    this.#ear.client.on("message", (_channel, raw) => this.#hear(raw));
  }

  /** Listens from now on, until the thread ends, whatever becomes of the connection. */
  start() {
    this.#ear.ready().catch(() => {});
    setInterval(() => {
      if (this.#ear.client.isReady) this.#ear.client.ping().catch(() => {});
    }, PROBE_MS);
  }

  #subscribe() {
    this.#ear.client.subscribe(this.#channel).then(this.#options.onSubscribed, (/** @type {Error} */ error) => {
      if (!isReplyError(error)) return this.#ear.reconnect();
      if (this.#refusal !== error.message) this.#options.onProblem(`Remote control is not heard: ${error.message}`);
      this.#refusal = error.message;
      setTimeout(() => {
        if (this.#ear.client.isReady) this.#subscribe();
      }, REFUSED_PAUSE_MS);
    });
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
    const { connection, keys, hostname } = this.#options;
    try {
      const text = encodeReply(hostname, { ok: "pong" }, { replyTo, ticket, clock: this.#clock });
      await sendReply(connection.client, keys, replyTo, text);
    } catch (error) {
      // During an outage the sender gets no answer; the log already has a line about it.
      if (isReplyError(error)) this.#options.onProblem(`Cannot answer a ping: ${error.message}`);
    }
  }
}
