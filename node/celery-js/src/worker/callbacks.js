/**
 * What follows a task: its callbacks (`link`) and the next task of its chain when it succeeded, its errbacks (`link_error`)
 * when it failed (celery.app.trace._dispatch_callbacks_and_chain, celery.backends.base._call_task_errbacks).
 */
import { OperationalError } from "../errors.js";

/** How long to wait before a follower that could not be sent is sent again. */
const RETRY_MS = 1_000;

/**
 * @typedef {import("./request.js").Request} Request
 * @typedef {import("./execution.js").Execution} Execution
 */

export class Callbacks {
  #app;

  /** @param {import("./types.js").WorkerApp} app */
  constructor(app) {
    this.#app = app;
  }

  /** @param {Request} request @returns {boolean} whether anything follows its success */
  has({ message }) {
    return message.embed.callbacks !== null || message.embed.chain !== null;
  }

  /**
   * @param {Request} request
   * @param {unknown} value what the task returned
   * @param {Execution} execution what is sent here becomes the task's children
   */
  async succeeded({ message }, value, execution) {
    const { callbacks, chain } = message.embed;
    const lineage = this.#lineage(message);
    const sends = (callbacks ?? []).map((signature) => this.#apply(signature, value, lineage));
    if (chain !== null && chain.length > 0) {
      // Celery keeps the rest of a chain in reverse: the next task is the last one.
      sends.push(this.#apply(chain[chain.length - 1], value, { ...lineage, chain: chain.slice(0, -1) }));
    }
    execution.children.push(...(await Promise.all(sends)));
  }

  /** @param {Request} request @param {Error} _error */
  async failed({ message }, _error) {
    const lineage = this.#lineage(message);
    await Promise.all((message.embed.errbacks ?? []).map((signature) => this.#apply(signature, message.id, lineage)));
  }

  /**
   * Sends until the broker has it: the task has run, and failing it now because the broker is away would be wrong.
   *
   * @param {unknown} signature
   * @param {unknown} argument put before its own arguments, unless it is immutable
   * @param {object} options
   */
  async #apply(signature, argument, options) {
    const follower = this.#app.signature(/** @type {object} */ (signature));
    for (;;) {
      try {
        return await follower.applyAsync([argument], options);
      } catch (error) {
        if (!(error instanceof OperationalError && error.isTemporary)) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** @param {import("../protocol/message.js").TaskMessage} message */
  #lineage({ id, rootId, priority }) {
    const inherit = this.#app.settings.taskInheritParentPriority;
    return { parentId: id, rootId: rootId ?? id, ...(inherit && { priority }) };
  }
}
