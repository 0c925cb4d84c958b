/**
 * Handles remote control messages in a worker's mailbox thread, on any broker. It answers `ping` itself, even while the event
 * loop is blocked, and passes every other command to the main thread.
 */
import { decodeCommand, encodeReply, isAddressedTo } from "../protocol/pidbox.js";

/**
 * @typedef {import("../protocol/pidbox.js").Command} Command
 * @typedef {import("../protocol/pidbox.js").ReplyAddress} ReplyAddress
 *
 * @typedef {object} MailboxOptions
 * @property {string} hostname the worker's
 * @property {string} exchange of the commands
 * @property {(command: Command) => void} onCommand called with each command for this worker, except pings
 * @property {() => void} onSubscribed called whenever it starts to receive commands
 * @property {(problem: string) => void} onProblem
 * @property {(fault: string) => void} onMalformed called with the fault of a message that is not a command
 */

export class CommandReceiver {
  #options;
  #reply;
  #clock = 0;

  /**
   * @param {Pick<MailboxOptions, "hostname" | "onCommand" | "onMalformed">} options
   * @param {(address: ReplyAddress, text: string) => Promise<unknown>} reply sends an answer; it handles its own errors
   */
  constructor(options, reply) {
    this.#options = options;
    this.#reply = reply;
  }

  /** @param {string} raw a message of the exchange of commands, which may be for another worker, or invalid */
  receive(raw) {
    const { hostname, onCommand, onMalformed } = this.#options;
    try {
      const command = decodeCommand(raw);
      this.#clock = Math.max(this.#clock, command.clock) + 1;
      if (!isAddressedTo(command, hostname)) return;
      if (command.method === "ping") this.#answerPing(command);
      else onCommand(command);
    } catch (error) {
      onMalformed(/** @type {Error} */ (error).message);
    }
  }

  /** @param {Command} command */
  #answerPing({ replyTo, ticket }) {
    if (replyTo === null) return;
    const text = encodeReply(this.#options.hostname, { ok: "pong" }, { replyTo, ticket, clock: this.#clock });
    void this.#reply(replyTo, text);
  }
}
