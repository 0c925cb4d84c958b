/**
 * Exchanges revoked tasks with the other workers of a cluster (celery.worker.consumer.mingle), by Celery's command
 * `hello`. Guarantee: the revocations that a neighbour knew when this worker started are known here before a task is
 * taken. A single worker does not wait, because the server reports how many received the question.
 */
import { toError } from "../../protocol/exceptions.js";
import { controlExchange, decodeReply, encodeCommand, replyExchange } from "../../protocol/pidbox.js";
import { createReplyQueue } from "../../transport/transport.js";

/** How long Celery waits for its neighbours: one of them may be frozen or busy. */
const ANSWERS_WITHIN_S = 1;

/** @typedef {{ revoked?: unknown, clock?: unknown } | null} Answer null: this worker's own */

export class Mingle {
  #settings;
  #hostname;
  #revocations;
  #clock;
  #log;
  #closed;
  #hasSynced = false;

  /**
   * @param {object} options
   * @param {import("../../settings.js").Settings} options.settings
   * @param {string} options.hostname
   * @param {import("../model/revocations.js").Revocations} options.revocations
   * @param {import("../../protocol/clock.js").LamportClock} options.clock
   * @param {import("../observers/log.js").Logger} options.log
   * @param {AbortSignal} options.closed once the worker has stopped, no worker is asked any more
   */
  constructor({ settings, hostname, revocations, clock, log, closed }) {
    this.#settings = settings;
    this.#hostname = hostname;
    this.#revocations = revocations;
    this.#clock = clock;
    this.#log = log;
    this.#closed = closed;
  }

  /** @returns {Promise<void>} once all have answered, or a second has passed; never rejects: tasks are run in any case */
  async sync() {
    // After an outage, the log already has a line about it.
    const level = this.#hasSynced ? "debug" : "info";
    this.#log.debug("mingle: searching for neighbors");
    try {
      const answers = (await this.#ask()).filter((answer) => answer !== null);
      for (const answer of answers) this.#learn(answer);
      this.#log[level](answers.length > 0 ? `mingle: sync with ${answers.length} nodes` : "mingle: all alone");
    } catch (error) {
      this.#log.warn(`mingle: the other workers could not be asked for revoked tasks: ${toError(error).message}`);
    }
    this.#hasSynced = true;
  }

  /**
   * Called when commands arrive again after an outage: commands in between are lost, but the neighbours may know them.
   */
  syncAgain() {
    if (this.#hasSynced && !this.#closed.aborted) void this.sync();
  }

  /** @returns {Promise<Answer[]>} */
  async #ask() {
    const { controlExchange: namespace } = this.#settings;
    const queue = createReplyQueue(this.#settings, replyExchange(namespace));
    try {
      await queue.open();
      const untilMs = Date.now() + ANSWERS_WITHIN_S * 1000;
      const heardBy = await queue.ask(controlExchange(namespace), this.#question(queue, untilMs));
      /** @type {Answer[]} */
      const answers = [];
      for (let left = heardBy; left > 0 && Date.now() < untilMs; left -= 1) {
        const raw = await queue.next((untilMs - Date.now()) / 1000);
        if (raw !== null) answers.push(...Object.values(decodeReply(raw).replies).map(answerOf));
      }
      return answers;
    } finally {
      await queue.close();
    }
  }

  /**
   * @param {import("../../transport/transport.js").ReplyQueue} replyTo
   * @param {number} untilMs
   */
  #question(replyTo, untilMs) {
    const args = { from_node: this.#hostname, revoked: this.#revocations.ids };
    // The answers' queue has no other use; kombu uses the ticket to tell answers apart.
    const command = { method: "hello", arguments: args, replyTo, ticket: replyTo.routingKey };
    const headers = { clock: this.#clock.forward(), expires: untilMs / 1000 };
    return encodeCommand(command, headers, controlExchange(this.#settings.controlExchange));
  }

  /** @param {NonNullable<Answer>} answer */
  #learn({ revoked, clock }) {
    this.#clock.adjust(Number(clock) || 0);
    this.#revocations.merge(revoked);
  }
}

/**
 * @param {unknown} value of a reply
 * @returns {Answer} null also for an error
 */
const answerOf = (value) => (typeof value === "object" && value !== null && "revoked" in value ? value : null);
