/**
 * Time limits of running tasks: at the soft one `self.signal` aborts, at the hard one the task fails, whatever it does
 * later. One timer checks all of them; there is none per task.
 *
 * An event loop cannot be interrupted: the limits of a task that computes without a pause take effect only once it
 * pauses.
 */

import { TimeLimitExceeded } from "../errors.js";
import { taskFields } from "./log-fields.js";
import { nameOf } from "./request.js";

const CHECK_MS = 200;

/** @typedef {{ execution: import("./execution.js").Execution, softMs: number, hardMs: number }} Watched */

export class TimeLimits {
  #log;
  /** @type {Map<import("./execution.js").Execution, Watched>} */
  #watched = new Map();
  #timer = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);

  /** @param {import("../worker/observers/log.js").Logger} log */
  constructor(log) {
    this.#log = log;
  }

  /** Watches an execution that has just started, and has a limit. @param {import("./execution.js").Execution} execution */
  watch(execution) {
    const [timeLimit, softTimeLimit] = execution.request.timeLimits;
    const [softMs, hardMs] = [(softTimeLimit || Infinity) * 1000, (timeLimit || Infinity) * 1000];
    this.#watched.set(execution, { execution, softMs, hardMs });
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS).unref();
  }

  /** @param {import("./execution.js").Execution} execution that has ended */
  forget(execution) {
    this.#watched.delete(execution);
  }

  #check() {
    if (this.#watched.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    for (const watched of this.#watched.values()) {
      const elapsedMs = performance.now() - watched.execution.startedAtMs;
      if (elapsedMs >= watched.hardMs) this.#hard(watched);
      else if (elapsedMs >= watched.softMs) this.#soft(watched);
    }
  }

  /** @param {Watched} watched */
  #soft(watched) {
    const { execution, softMs } = watched;
    const limitS = softMs / 1000;
    watched.softMs = Infinity;
    this.#log.warn(
      taskFields(execution.request),
      `Soft time limit (${limitS}s) exceeded for ${nameOf(execution.request)}`,
    );
    execution.abortSoftly();
  }

  /** @param {Watched} watched */
  #hard({ execution, hardMs }) {
    const limitS = hardMs / 1000;
    this.#watched.delete(execution);
    this.#log.error(
      taskFields(execution.request),
      `Hard time limit (${limitS}s) exceeded for ${nameOf(execution.request)}`,
    );
    execution.cutOff(new TimeLimitExceeded(limitS));
  }
}
