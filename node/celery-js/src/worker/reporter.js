/** What the worker's parts report, put into sentences of its log. */
import { describe } from "../transport/redis/replies.js";

export class Reporter {
  #log;
  #server;
  #isDown = false;

  /** @param {import("./log.js").Logger} log @param {string} server its URL without the password */
  constructor(log, server) {
    this.#log = log;
    this.#server = server;
  }

  /** Says so once, however many attempts follow. */
  onDown = (/** @type {Error} */ error, /** @type {number} */ retryInMs) => {
    if (this.#isDown) return;
    this.#isDown = true;
    const next = (retryInMs / 1000).toFixed(2);
    this.#log.error(
      `Cannot connect to ${this.#server}: ${describe(error)}. Trying again in ${next} s, until it answers`,
    );
  };

  onUp = () => {
    if (this.#isDown) this.#log.info(`Connected to ${this.#server}`);
    this.#isDown = false;
  };

  onRefused = (/** @type {Error} */ error) => {
    this.#log.error(`The server refused a command, which is tried again: ${error.message}`);
  };

  onLeasesLost = (/** @type {number[]} */ numbers) => {
    this.#log.warn(
      `${numbers.length} lease(s) ran out while the server could not be reached; their tasks may run twice`,
    );
  };

  onGone = (/** @type {string[]} */ taskIds) => {
    for (const taskId of taskIds) {
      this.#log.warn(
        { taskId },
        `Task ${taskId} had no message left to acknowledge: its lease had run out, it may run twice`,
      );
    }
  };

  onUnsettled = (/** @type {Error} */ error) => {
    this.#log.error(`Results were not stored, and their tasks run again once their leases end: ${error.message}`);
  };

  onRestored = (/** @type {import("../transport/redis/sweeper.js").Swept[]} */ swept) => {
    for (const { queue, taskId, why } of swept) {
      if (why === "lost")
        this.#log.warn({ taskId }, `Task ${taskId} was put back into ${queue}: its worker's lease ran out`);
    }
  };

  onSweepError = (/** @type {string} */ message) => {
    this.#log.warn(`A sweep failed and will be tried again: ${message}`);
  };
}
