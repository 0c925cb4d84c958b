/**
 * Obeys remote control (`celery.worker.pidbox.Pidbox`, `kombu.pidbox.Node`): one command after the other, in order of
 * arrival. An error is the command's answer and does not affect the next command.
 */
import { exceptionRepr, toError } from "../../protocol/exceptions.js";
import { encodeReply } from "../../protocol/pidbox.js";
import { pythonRepr } from "../../protocol/repr.js";
import { clipped } from "../../validation/clip.js";
import { LineLimit } from "../observers/line-limit.js";
import { NO_REPLY } from "./no-reply.js";
import { checkArguments } from "./panel.js";

/** @typedef {import("../../protocol/pidbox.js").Command} Command */

/** How much of an unknown command's name, and of an error's message, a log line shows. */
const SHOWN = 200;

export class ControlNode {
  #state;
  #panel;
  #isLimited;
  #lines;
  /** @type {Promise<void>} */
  #last = Promise.resolve();

  /**
   * @param {object} options
   * @param {import("./state.js").ControlState} options.state
   * @param {import("./panel.js").Panel} options.panel
   * @param {boolean} options.isLimited whether only inspections are obeyed
   */
  constructor({ state, panel, isLimited }) {
    this.#state = state;
    this.#panel = panel;
    this.#isLimited = isLimited;
    this.#lines = new LineLimit(state.log);
  }

  /** @param {Command} command that is for this worker */
  receive(command) {
    this.#state.clock.adjust(command.clock);
    this.#last = this.#last.then(() => this.#obey(command));
  }

  /** @param {Command} command */
  async #obey(command) {
    const { log, hostname, transport, clock } = this.#state;
    const { method, replyTo, ticket } = command;
    const reply = await this.#answer(method, command.arguments);
    if (replyTo === null || reply === NO_REPLY) return;
    const notSent = (/** @type {unknown} */ error) =>
      // During an outage the sender gets no answer; the log already has a line about it.
      log.debug({ error }, `The answer to ${method} was not sent: ${toError(error).message}`);
    try {
      const text = encodeReply(hostname, reply, { replyTo, ticket, clock: clock.forward() });
      // Not awaited: the next command need not wait until the sender listens.
      void transport.reply(replyTo, text).catch(notSent);
    } catch (error) {
      notSent(error);
    }
  }

  /**
   * @param {string} method
   * @param {Record<string, unknown>} args
   * @returns {Promise<unknown>}
   */
  async #answer(method, args) {
    const { log } = this.#state;
    log.debug({ args }, `Remote control: ${method}`);
    try {
      const command = this.#panel.get(method);
      if (command === undefined) {
        const shown = pythonRepr(method).slice(0, SHOWN);
        this.#lines.log("error", "unknown control commands", {}, `No such control command: ${shown}`);
        return { error: `KeyError(${pythonRepr(method)})` };
      }
      if (this.#isLimited && command.type !== "inspect") {
        const line = `The control command ${method} is refused: workerEnableRemoteControl is "inspect"`;
        this.#lines.log("warn", "refused control commands", {}, line);
        return { error: `${method} is refused: this worker only takes inspections` };
      }
      checkArguments(command, args);
      return (await command.run(this.#state, args)) ?? null;
    } catch (thrown) {
      const error = toError(thrown);
      const kind = `errors of the control command ${method}`;
      this.#lines.log("error", kind, { error }, `Control command error: ${method}: ${clipped(error.message, SHOWN)}`);
      return { error: exceptionRepr(error) };
    }
  }
}
