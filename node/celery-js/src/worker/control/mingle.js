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
/** After this time the worker goes on without the answers: the server may accept connections, and answer nothing. */
const GIVE_UP_S = 5;

/** @typedef {{ revoked?: unknown, clock?: unknown } | null} Answer null: this worker's own */

export class Mingle {
  #settings;
  #hostname;
  #revocations;
  #clock;
  #log;
  #closed;
  #hasSynced = false;
  #isInterrupted = false;
  /** Ends the question that is being asked. */
  #giveUp = (/** @type {Error} */ _reason) => {};

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

  /**
   * @returns {Promise<void>} once all have answered, or a second has passed, or five in which the server answers nothing; never
   *   rejects: tasks are run in any case
   */
  async sync() {
    // After an outage, the log already has a line about it.
    const level = this.#hasSynced ? "debug" : "info";
    this.#log.debug("mingle: searching for neighbors");
    try {
      const answers = (await this.#ask()).filter((answer) => answer !== null);
      for (const answer of answers) this.#learn(answer);
      this.#log[level](answers.length > 0 ? `mingle: sync with ${answers.length} nodes` : "mingle: all alone");
    } catch (error) {
      if (this.#isInterrupted) return;
      this.#log.warn(`mingle: the other workers could not be asked for revoked tasks: ${toError(error).message}`);
    }
    this.#hasSynced = true;
  }

  /** Makes a pending `sync` end: the worker is stopped. */
  interrupt() {
    this.#isInterrupted = true;
    this.#giveUp(new Error("the worker is stopped"));
  }

  /**
   * Called when commands arrive again after an outage: commands in between are lost, but the neighbours may know them.
   */
  syncAgain() {
    if (this.#hasSynced && !this.#closed.aborted) void this.sync();
  }

  /** @returns {Promise<Answer[]>} */
  async #ask() {
    const queue = createReplyQueue(this.#settings, replyExchange(this.#settings.controlExchange));
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    /** @type {Promise<never>} */
    const givenUp = new Promise((_, reject) => {
      this.#giveUp = reject;
      timer = setTimeout(() => reject(new Error(`no answer within ${GIVE_UP_S} s`)), GIVE_UP_S * 1000);
    });
    try {
      return await Promise.race([this.#answers(queue), givenUp]);
    } finally {
      clearTimeout(timer);
      await queue.close();
    }
  }

  /**
   * @param {import("../../transport/transport.js").ReplyQueue} queue
   * @returns {Promise<Answer[]>}
   */
  async #answers(queue) {
    const exchange = controlExchange(this.#settings.controlExchange);
    await queue.open();
    const untilMs = Date.now() + ANSWERS_WITHIN_S * 1000;
    const heardBy = await queue.ask(exchange, this.#question(queue, untilMs));
    /** @type {Answer[]} */
    const answers = [];
    for (let left = heardBy; left > 0 && Date.now() < untilMs; left -= 1) {
      const raw = await queue.next((untilMs - Date.now()) / 1000);
      if (raw !== null) answers.push(...Object.values(decodeReply(raw).replies).map(answerOf));
    }
    return answers;
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
