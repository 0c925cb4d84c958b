/**
 * Follow-ups of a finished task (celery.backends.base: mark_as_done, mark_as_failure, mark_as_revoked): the chord that it
 * is a part of, the rest of its chain, its errbacks. All of them are done before the task's message is acknowledged,
 * or in one step with that.
 */

import { setTimeout as delay } from "node:timers/promises";
import { OperationalError } from "../../errors.js";
import { formatTraceback, toError } from "../../protocol/exceptions.js";
import { FAILURE, REVOKED, SUCCESS } from "../../protocol/states.js";
import { isForbidden } from "../../transport/errors.js";
import { messageFields, taskFields } from "../request.js";
import { Carrier, isForQueue } from "./carrier.js";

/** The pause before the server is asked again. */
const RETRY_MS = 1_000;

/**
 * @typedef {import("../execution.js").Execution} Execution
 * @typedef {import("../../tasks/current.js").CurrentTask} CurrentTask
 * @typedef {import("../../protocol/message.js").TaskMessage} TaskMessage
 * @typedef {import("../disposition.js").Disposition} Disposition
 *
 * @typedef {<T>(operation: () => Promise<T>) => Promise<T>} Persist rejects with a lasting error, or once the worker has
 *   stopped
 */

export class FollowUps {
  #parts;

  /**
   * @param {object} parts
   * @param {import("../../worker/model/types.js").WorkerApp} parts.app
   * @param {import("./callbacks.js").Callbacks} parts.callbacks
   * @param {import("./chords.js").Chords} parts.chords
   * @param {(taskId: string, result: string) => Promise<boolean>} parts.store
   * @param {boolean} parts.canCarry whether a message can travel with a result and an acknowledgement
   * @param {import("../../worker/observers/log.js").Logger} parts.log
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * Stores the result, then sends the follow-ups and reports a part of a chord. Each of them may read the result. A single
   * message is left to the caller, to go in one step with the result.
   *
   * @param {Execution} execution
   * @param {unknown} value as it is stored
   * @param {Disposition} disposition
   * @param {import("./callbacks.js").Followers} followers
   * @returns {Promise<Disposition>} what is left to do
   */
  async followSuccess(execution, value, disposition, followers) {
    const { message } = execution.request;
    if (this.#isCarried(execution, disposition, followers))
      return this.#carry(execution, value, disposition, followers);
    const left = await this.storeResult(message, disposition);
    await this.#arrival(execution, followers.send(value), followers);
    await this.#isolate(message, "The chord", () =>
      this.#parts.chords.reportPart(partOf(message), SUCCESS, value, execution),
    );
    return left;
  }

  /**
   * @param {Execution} execution
   * @param {Disposition} disposition
   * @param {import("./callbacks.js").Followers} followers
   */
  #isCarried({ request, hasEndHooks }, { kind, result }, { onlyId }) {
    if (!this.#parts.canCarry || onlyId === null || hasEndHooks || request.acknowledged) return false;
    return kind === "settle" && result !== "" && request.message.embed.chord === null;
  }

  /**
   * @param {Execution} execution
   * @param {unknown} value
   * @param {Disposition} disposition
   * @param {import("./callbacks.js").Followers} followers
   * @returns {Promise<Disposition>} with the message, unless it cannot be made or does not go straight into a queue
   */
  async #carry(execution, value, disposition, followers) {
    const carrier = new Carrier(String(followers.onlyId), this.#parts.app.publisher);
    const sending = followers.send(value, carrier);
    const publication = await Promise.race([carrier.loaded, sending.catch(() => null)]);
    if (publication && isForQueue(publication)) {
      const delivered = this.#arrival(execution, sending, followers);
      return { ...disposition, carried: { publication, carrier, delivered } };
    }
    const left = await this.storeResult(execution.request.message, disposition);
    if (publication) carrier.sendApart(publication);
    await this.#arrival(execution, sending, followers);
    return left;
  }

  /**
   * Waits until the follow-ups have arrived.
   *
   * @param {Execution} execution
   * @param {Promise<void>} sending
   * @param {import("./callbacks.js").Followers} followers
   * @returns {Promise<void>} also once those that could not be sent have failed
   */
  async #arrival(execution, sending, followers) {
    try {
      await sending;
    } catch (thrown) {
      const error = toError(thrown);
      if (error.name === "AbortError") throw error;
      await this.#unsendable(execution, error, followers);
    }
  }

  /**
   * The task's success is public by now, so its follow-ups fail instead: those that could not be sent call their errbacks,
   * and the rest of the chain never runs.
   *
   * @param {Execution} execution
   * @param {Error} error
   * @param {import("./callbacks.js").Followers} followers
   */
  async #unsendable(execution, error, { unsent, rest }) {
    const { message } = execution.request;
    const { id, name } = message;
    const { chords, log } = this.#parts;
    log.error({ ...taskFields(execution.request), error }, `The follow-ups of ${name}[${id}] could not be sent`);
    const failure = { error, execution, traceback: formatTraceback(error) };
    /** @type {readonly string[]} */
    let called = [];
    for (const follower of unsent) {
      await this.#isolate(message, "A follow-up", async () => {
        called = await chords.downstream.failBody(follower, { ...failure, called });
      });
    }
    await this.#isolate(message, "The rest", () =>
      chords.downstream.failChain(rest.toReversed(), { ...failure, called }),
    );
  }

  /**
   * Stores the failure, and then calls the errbacks and fails what waits for the task.
   *
   * @param {Execution} execution
   * @param {Error} error
   * @param {Disposition} disposition
   * @returns {Promise<Disposition>} what is left to do
   */
  followFailure(execution, error, disposition) {
    return this.#followFailure(execution.request.message, execution, error, disposition);
  }

  /**
   * The same for a message that never became a task.
   *
   * @param {TaskMessage} message
   * @param {Error} error
   * @returns {Promise<unknown>}
   */
  followUnrunnable(message, error) {
    return this.#followFailure(message, this.#unrun(message), error, { kind: "bury", result: "" });
  }

  /**
   * @param {TaskMessage} message
   * @param {CurrentTask} run
   * @param {Error} error
   * @param {Disposition} disposition
   * @returns {Promise<Disposition>}
   */
  async #followFailure(message, run, error, disposition) {
    const { callbacks, chords } = this.#parts;
    const { errbacks, chain, chord } = message.embed;
    if (errbacks === null && chain === null && chord === null) return disposition;
    const { id, rootId } = message;
    const left = await this.storeResult(message, disposition);
    const traceback = run.neverRan ? null : formatTraceback(error);
    await this.#isolate(message, "The errbacks", () => {
      // These children were not stored with the task, so the bodies that fail with it must not list them either.
      const apart = { ...callbacks.copyForSending(run), children: [] };
      return callbacks.callErrbacks({ ...run.context, id, rootId, errbacks, traceback }, error, apart);
    });
    await this.#isolate(message, "The rest of the chain", () =>
      chords.downstream.failChain(chain, { error, execution: run, traceback }),
    );
    await this.#isolate(message, "The chord", () => chords.reportPart(partOf(message), FAILURE, error, run));
    return left;
  }

  /**
   * @param {TaskMessage} message that has expired, or was revoked
   * @param {Error} error
   * @param {Disposition} disposition
   * @returns {Promise<Disposition>} what is left to do
   */
  async followRevocation(message, error, disposition) {
    if (message.embed.chord === null) return disposition;
    const left = await this.storeResult(message, disposition);
    const { chords } = this.#parts;
    await this.#isolate(message, "The chord", () =>
      chords.reportPart(partOf(message), REVOKED, error, this.#unrun(message)),
    );
    return left;
  }

  /**
   * Logs an error of one follow-up, such as a sender's invalid signature. The task's own message must still be completed.
   *
   * @param {TaskMessage} message
   * @param {string} what
   * @param {() => Promise<void>} followUp
   */
  async #isolate(message, what, followUp) {
    try {
      await followUp();
    } catch (thrown) {
      if (/** @type {Error} */ (thrown)?.name === "AbortError") throw thrown; // the worker stops: the message goes back
      const { id, name } = message;
      this.#parts.log.error(
        { ...messageFields(message), error: thrown },
        `${what} of ${name}[${id}] could not be handled`,
      );
    }
  }

  /**
   * Stores the result now.
   *
   * @param {TaskMessage} message
   * @param {Disposition} disposition
   * @returns {Promise<Disposition>} what is left to do
   */
  async storeResult(message, disposition) {
    if (disposition.result === "") return disposition;
    // A result that cannot be stored stays in the disposition, which keeps the message.
    return (await this.#parts.store(message.id, disposition.result)) ? { ...disposition, result: "" } : disposition;
  }

  /**
   * @param {TaskMessage} message
   * @returns {CurrentTask}
   */
  #unrun({ id, rootId, deliveryInfo }) {
    return { context: { id, rootId, deliveryInfo }, children: [], sends: [], app: this.#parts.app, neverRan: true };
  }
}

/** @param {TaskMessage} message */
const partOf = ({ id, group, groupIndex, embed: { chord } }) => ({ id, group, groupIndex, chord });

/**
 * Repeats a follow-up until the server has it. The task has run, and failing it because the server is away for a while
 * would be wrong. Nothing is repeated once the worker has stopped: the message is still there, and runs again.
 *
 * @param {AbortSignal} closed aborts once the worker has stopped
 * @param {import("../../worker/observers/log.js").Logger} log
 * @returns {Persist}
 */
export function createPersist(closed, log) {
  return async (operation) => {
    for (let attempt = 1; ; attempt += 1) {
      closed.throwIfAborted();
      try {
        return await operation();
      } catch (error) {
        if (!(error instanceof OperationalError)) throw error;
        if (isForbidden(error)) {
          const problem = `Follow-ups cannot be sent until this user has permission: ${error.message}`;
          if (attempt === 1) log.warn({ error }, problem);
        } else if (!error.isTemporary) throw error;
        await delay(RETRY_MS, undefined, { signal: closed }).catch(() => {});
      }
    }
  };
}
