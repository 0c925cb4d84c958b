/** The main thread, as seen from a thread that runs tasks: sends it questions and receives its answers. */
import { parentPort } from "node:worker_threads";
import { onAbort } from "../../backend/on-abort.js";
import { currentTask } from "../../tasks/current.js";
import { unpackError } from "../../worker/pools/crossing.js";

/** @typedef {import("../../worker/pools/crossing.js").Crossed} Crossed */
/** @typedef {{ number: number, value?: Crossed, error?: import("../../worker/pools/crossing.js").CrossingError }} Answer */
/** @typedef {(op: string, args: unknown[], signal?: AbortSignal) => Promise<Crossed>} Ask rejects with what the main thread's call throws */

/** @param {import("../../worker/pools/thread.js").ThreadMessage} message */
export const post = (message) => parentPort?.postMessage(message);

/** The number of the delivery whose task asks. It may be an earlier task, which has left code running. */
const asker = () => {
  const execution = /** @type {Partial<import("../../execution/execution.js").Execution> | null} */ (currentTask());
  return execution?.request?.delivery.number ?? null;
};

export class MainThread {
  #number = 0;
  /** @type {Map<number, { resolve: (value: Crossed) => void, reject: (error: unknown) => void, forgetSignal?: () => void }>} */
  #asked = new Map();

  /**
   * Sends the question before it returns, so that it arrives even if the task then blocks its thread.
   *
   * @param {string} op see worker/pools/thread-services.js
   * @param {unknown[]} args that structured clone can copy
   * @param {AbortSignal} [signal] ends the waiting with its reason
   * @returns {Promise<Crossed>}
   */
  ask = (op, args, signal) => {
    signal?.throwIfAborted();
    this.#number += 1;
    const number = this.#number;
    post({ ask: { number, of: asker(), op, args } });
    return new Promise((resolve, reject) => {
      const cancel = () => {
        this.#asked.delete(number);
        post({ cancel: number });
        reject(signal?.reason);
      };
      this.#asked.set(number, { resolve, reject, forgetSignal: signal && onAbort(signal, cancel) });
    });
  };

  /**
   * @param {string} op
   * @param {unknown[]} args
   */
  send(op, args) {
    post({ ask: { number: 0, of: asker(), op, args } });
  }

  /** @param {Answer} answer */
  receive({ number, value, error }) {
    const asked = this.#asked.get(number);
    this.#asked.delete(number);
    asked?.forgetSignal?.();
    if (error) asked?.reject(unpackError(error));
    else asked?.resolve(value);
  }
}
