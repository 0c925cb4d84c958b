/** Warns of tasks that may run for longer than the broker lets a worker hold their messages, because they would run twice. */
import { nameOf } from "../../execution/request.js";

export class LongTasks {
  #consequence;
  #log;
  /** The tasks that were warned of, each once. @type {Set<string>} */
  #known = new Set();

  /**
   * @param {import("../../transport/transport.js").HoldLimit | null} holdLimit of the broker
   * @param {import("../observers/log.js").Logger} log
   */
  constructor(holdLimit, log) {
    /** Longer time limits are warned of, in seconds. */
    this.limitS = holdLimit?.seconds ?? Infinity;
    this.#consequence = holdLimit?.consequence ?? "";
    this.#log = log;
  }

  /**
   * At the start of a worker, for the limits of its app and of each task.
   *
   * @param {Pick<import("../model/types.js").WorkerApp, "settings" | "tasks">} app
   */
  warnAtStart({ settings: { taskTimeLimit }, tasks }) {
    if ((taskTimeLimit ?? 0) > this.limitS) this.#warn(`taskTimeLimit is ${taskTimeLimit} s`);
    const long = tasks.names().flatMap((name) => {
      const { timeLimit = null } = tasks.get(name).options;
      if ((timeLimit ?? taskTimeLimit ?? 0) <= this.limitS) return [];
      this.#known.add(name);
      return timeLimit === null ? [] : [`${name} has a time limit of ${timeLimit} s`];
    });
    if (long.length > 0) this.#warn(long.join(", "));
  }

  /** @param {import("../../execution/request.js").Request} request with a longer time limit, which its sender may have set */
  warnOf(request) {
    const { name } = request.task;
    if (this.#known.has(name)) return;
    this.#known.add(name);
    this.#warn(`${nameOf(request)} has a time limit of ${request.timeLimits[0]} s`);
  }

  /** @param {string} fact */
  #warn(fact) {
    this.#log.warn(`${fact}, and ${this.#consequence}`);
  }
}
