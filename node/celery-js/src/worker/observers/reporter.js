/** What the worker's parts report, put into sentences of its log: a few for an outage, however long it lasts. */
import { describe } from "../../transport/redis/replies.js";
import { OutageLog } from "./outage-log.js";

export class Reporter {
  #log;
  #server;
  /** The server is away, or gives no messages. */
  #outage;
  /** It gives messages, and refuses something else. */
  #refusals;
  #sweeps;
  #results;

  /** @param {import("./log.js").Logger} log @param {string} server its URL without the password */
  constructor(log, server) {
    this.#log = log;
    this.#server = server;
    this.#outage = new OutageLog({ log, over: `Connected to ${server}` });
    this.#refusals = new OutageLog({ log, over: `${server} accepts commands again` });
    this.#results = new OutageLog({ log, over: "Results are stored again" });
    this.#sweeps = new OutageLog({ log, over: "Sweeps work again" });
  }

  onDown = (/** @type {Error} */ error, /** @type {number} */ retryInMs) => {
    const next = (retryInMs / 1000).toFixed(2);
    this.#outage.failed(
      `Cannot connect to ${this.#server}: ${describe(error)}. Trying again in ${next} s, until it answers`,
    );
  };

  onTakeFailed = (/** @type {Error} */ error) => {
    this.#outage.failed(`Cannot take messages: ${describe(error)}. Trying again until the server gives them`);
  };

  /** Only a message that could be taken, or none, shows that the server serves: a replica accepts connections too. */
  onTaken = () => this.#outage.end();

  onRefused = (/** @type {Error} */ error) => {
    // Told already, with the same reason.
    if (this.#outage.isOngoing) return;
    this.#refusals.failed(`The server refused a command, which is tried again: ${error.message}`);
  };

  onAccepted = () => this.#refusals.end();

  onNotStored = (/** @type {Error} */ error, /** @type {string} */ taskId) => {
    this.#results.failed(`The result of ${taskId} cannot be stored, and is tried again: ${describe(error)}`, {
      taskId,
    });
  };

  onStored = () => this.#results.end();

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

  onRestored = (/** @type {import("../../transport/redis/sweeper.js").Swept[]} */ swept) => {
    for (const { queue, taskId, why } of swept) {
      if (why === "lost")
        this.#log.warn({ taskId }, `Task ${taskId} was put back into ${queue}: its worker's lease ran out`);
    }
  };

  onSweep = (/** @type {string | null} */ message) => {
    if (message === null) this.#sweeps.end();
    else if (!this.#outage.isOngoing) this.#sweeps.failed(`A sweep failed and will be tried again: ${message}`);
  };
}
