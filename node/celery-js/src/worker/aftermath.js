/**
 * What a task's end means to others (celery.backends.base: mark_as_done, mark_as_failure, mark_as_revoked): the chord that it
 * is a part of, the rest of its chain, its errbacks. All of it is done before the task's message is acknowledged.
 */
import { FAILURE, REVOKED, SUCCESS } from "../protocol/states.js";

/**
 * @typedef {import("../tasks/current.js").Execution} Execution
 * @typedef {import("../protocol/message.js").TaskMessage} TaskMessage
 * @typedef {import("./executor.js").Ending} Ending
 */

export class Aftermath {
  #parts;

  /**
   * @param {object} parts
   * @param {import("./types.js").WorkerApp} parts.app
   * @param {import("./callbacks.js").Callbacks} parts.callbacks
   * @param {import("./chords.js").Chords} parts.chords
   * @param {(taskId: string, result: string) => Promise<boolean>} parts.store
   * @param {import("./log.js").Logger} parts.log
   */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * Reports a part of a chord. Its result is stored before that: whoever sends the body may read it.
   *
   * @param {TaskMessage} message
   * @param {unknown} value as it is stored
   * @param {Ending} ending
   * @param {Execution} execution
   * @returns {Promise<Ending>} what is left to do
   */
  async succeeded(message, value, ending, execution) {
    const left = await this.stored(message, ending);
    await this.#parts.chords.ended(partOf(message), SUCCESS, value, execution);
    return left;
  }

  /**
   * @param {TaskMessage} message
   * @param {Error} error
   * @param {Ending} ending
   * @param {Execution} [execution] none for a task that never ran
   * @returns {Promise<Ending>} what is left to do
   */
  async failed(message, error, ending, execution = this.#unrun(message)) {
    const { callbacks, chords, log } = this.#parts;
    const { errbacks, chain, chord } = message.embed;
    if (errbacks === null && chain === null && chord === null) return ending;
    const { id, name, rootId } = message;
    const left = chord === null ? ending : await this.stored(message, ending);
    try {
      await callbacks.failed({ ...execution.request, id, rootId, errbacks }, error, execution);
    } catch (thrown) {
      log.error({ taskId: id, err: thrown }, `The errbacks of ${name}[${id}] could not be sent`);
    }
    await this.#isolated(message, "The rest of the chain", () => chords.failChain(chain, error, execution));
    await this.#isolated(message, "The chord", () => chords.ended(partOf(message), FAILURE, error, execution));
    return left;
  }

  /** @param {TaskMessage} message that has expired, or was revoked @param {Error} error */
  async revoked(message, error) {
    const { chords } = this.#parts;
    await this.#isolated(message, "The chord", () =>
      chords.ended(partOf(message), REVOKED, error, this.#unrun(message)),
    );
  }

  /**
   * What a sender wrote there may be no signature at all: the task's own message has to leave all the same.
   *
   * @param {TaskMessage} message @param {string} what @param {() => Promise<void>} tell
   */
  async #isolated({ id, name }, what, tell) {
    try {
      await tell();
    } catch (thrown) {
      if (/** @type {Error} */ (thrown)?.name === "AbortError") throw thrown; // the worker stops: the message goes back
      this.#parts.log.error({ taskId: id, err: thrown }, `${what} of ${name}[${id}] could not be told`);
    }
  }

  /** Stores the result now. @param {TaskMessage} message @param {Ending} ending @returns {Promise<Ending>} what is left to do */
  async stored(message, ending) {
    if (ending.result === "") return ending;
    // One that cannot be stored is left to the ending, which keeps the message.
    return (await this.#parts.store(message.id, ending.result)) ? { ...ending, result: "" } : ending;
  }

  /** @param {TaskMessage} message @returns {Execution} */
  #unrun({ id, rootId, deliveryInfo }) {
    return { request: { id, rootId, deliveryInfo }, children: [], sends: [], app: this.#parts.app };
  }
}

/** @param {TaskMessage} message */
const partOf = ({ id, group, groupIndex, embed: { chord } }) => ({ id, group, groupIndex, chord });
