/** Turns reports of the worker's parts into log lines: a few for an outage, however long it lasts. */
import { describe, isOfServer } from "../../transport/errors.js";
import { LineLimit, MALFORMED } from "./line-limit.js";
import { OutageLog } from "./outage-log.js";
import { ServerOutage } from "./server-outage.js";

export class Reporter {
  #log;
  #server;
  /** The server is away, or refuses all clients. */
  #outage;
  /** The server refuses one command because of its content. */
  #refusals;
  #sweeps;
  #results;
  /** What else does not work, by its kind. @type {Map<string, OutageLog>} */
  #troubles = new Map();
  /** Of remote control: a client may broadcast any number of messages. */
  #controlLines;
  /** Why events are not sent, until that is logged. @type {string | null} */
  #eventsRefusal = null;
  #areEventsRefused = false;
  /** Whether `onTaken` has something to report; usually it has not. */
  awaitsTake = false;

  /**
   * @param {import("./log.js").Logger} log
   * @param {string} server its URL without the password
   */
  constructor(log, server) {
    this.#log = log;
    this.#server = server;
    const connection = `Connected to ${server}`;
    const commands = `${server} accepts commands again`;
    const sweeps = "Sweeps work again";
    const over = { connection, keeper: connection, commands, sweeps };
    this.#outage = new ServerOutage(new OutageLog({ log, over: connection }), over);
    this.#refusals = new OutageLog({ log, over: commands });
    this.#results = new OutageLog({ log, over: "Results are stored again" });
    this.#sweeps = new OutageLog({ log, over: sweeps });
    this.#controlLines = new LineLimit(log);
  }

  /** @param {readonly import("./server-outage.js").Proof[]} proofs that the server answers, of all connections */
  prove(proofs) {
    this.#outage.prove(proofs);
  }

  onDown = (/** @type {Error} */ error, /** @type {number} */ retryInMs) => {
    this.awaitsTake = true;
    this.#outage.failed("connection", this.#unreachable(describe(error), retryInMs));
  };

  /** The same for the connection that renews leases. */
  onKeeperDown = (/** @type {Error} */ error, /** @type {number} */ retryInMs) => {
    this.#outage.failed("keeper", this.#unreachable(describe(error), retryInMs));
  };

  onKeeperUp = () => this.#outage.well("keeper");

  onTakeFailed = (/** @type {Error} */ error) => {
    const line = `Cannot take messages: ${describe(error)}. Trying again until the server allows it`;
    this.awaitsTake = true;
    this.#outage.failed("connection", line);
  };

  /** Called after each successful `take`. Only that shows that the server works, because replicas accept connections too. */
  onTaken = () => {
    this.#outage.well("connection");
    if (this.#eventsRefusal !== null && !this.#outage.isOngoing) {
      this.#log.warn(`Events are not sent: ${this.#eventsRefusal}`);
      this.#eventsRefusal = null;
    }
    this.awaitsTake = this.#eventsRefusal !== null;
  };

  onRefused = (/** @type {Error} */ error) => {
    const line = `The server refused a command; trying again: ${error.message}`;
    if (isOfServer(error)) this.#outage.failed("commands", line);
    // During an outage it was already logged, with the same reason.
    else if (!this.#outage.isOngoing) this.#refusals.failed(line);
  };

  onAccepted = () => {
    this.#outage.well("commands");
    this.#refusals.end();
  };

  onTrouble = (/** @type {{ kind: string, line: string, over: string }} */ { kind, line, over }) => {
    const trouble = this.#troubles.get(kind) ?? new OutageLog({ log: this.#log, over });
    this.#troubles.set(kind, trouble);
    trouble.failed(line);
  };

  onTroubleOver = (/** @type {string} */ kind) => this.#troubles.get(kind)?.end();

  /** Logged once, and only after a later successful `take`, which shows that there is no general outage. */
  onEventsRefused = (/** @type {Error} */ error) => {
    if (this.#outage.isOngoing) return this.onEventsAccepted();
    if (!this.#areEventsRefused) {
      this.#eventsRefusal = error.message;
      this.awaitsTake = true;
    }
    this.#areEventsRefused = true;
  };

  onEventsAccepted = () => {
    this.#areEventsRefused = false;
    this.#eventsRefusal = null;
  };

  onNotStored = (/** @type {Error} */ error, /** @type {string} */ taskId) => {
    this.#results.failed(`The result of ${taskId} cannot be stored; trying again: ${describe(error)}`, {
      task_id: taskId,
    });
  };

  onStored = () => this.#results.end();

  onLeasesLost = (/** @type {string[]} */ tags, /** @type {string[]} */ running) => {
    const here = running.length > 0 ? `; still running here: ${running.join(", ")}` : "";
    this.#log.warn(`${tags.length} lease(s) ran out, so other workers may run their tasks${here}`);
  };

  onGone = (/** @type {string} */ taskId, /** @type {"acknowledge" | "put back"} */ what) => {
    this.#log.warn(
      { task_id: taskId },
      `Task ${taskId} had no message left to ${what}: its lease had run out, so another worker may run it too`,
    );
  };

  onUnsettled = (/** @type {Error} */ error) => {
    this.#log.error(`Results were not stored, and their tasks run again once their leases end: ${error.message}`);
  };

  onRestored = (/** @type {import("../../transport/transport.js").Swept[]} */ swept) => {
    for (const { queue, taskId, why } of swept) {
      if (why === "lost")
        this.#log.warn(
          { task_id: taskId, queue },
          `Task ${taskId} was put back into ${queue}: its worker's lease ran out`,
        );
    }
  };

  onMalformed = (/** @type {string} */ fault) => {
    this.#controlLines.log("error", MALFORMED, {}, `A broadcast is ignored: ${fault}`);
  };

  onSweep = (/** @type {Error | null} */ error) => {
    if (error === null) {
      this.#outage.well("sweeps");
      return this.#sweeps.end();
    }
    const line = `A sweep failed and will be tried again: ${error.message}`;
    if (isOfServer(error)) this.#outage.failed("sweeps", line);
    else if (!this.#outage.isOngoing) this.#sweeps.failed(line);
  };

  /**
   * @param {string} reason
   * @param {number} retryInMs
   */
  #unreachable(reason, retryInMs) {
    const next = (retryInMs / 1000).toFixed(2);
    return `Cannot connect to ${this.#server}: ${reason}. Trying again in ${next} s, until it answers`;
  }
}
