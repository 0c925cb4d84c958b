/**
 * Starts steps in order and stops them in reverse (celery.bootsteps.Blueprint). Guarantee: whatever was started is stopped, once,
 * however the start ended and whichever other stop failed.
 */
import { OperationalError } from "../../errors.js";

/**
 * @typedef {object} Step
 * @property {string} name that errors and the log call it by
 * @property {() => unknown} [start] may be async; the next step is started once it is done
 * @property {() => unknown} [interrupt] ends a `start` that waits, so that it fails; called when it is to be stopped meanwhile
 * @property {() => unknown} [stop] may be async; called also when its own `start` has failed
 */

export class Blueprint {
  #steps;
  #log;
  /** Those that were started, or whose start has been tried. @type {Step[]} */
  #started = [];
  #starting = /** @type {Promise<void>} */ (Promise.resolve());
  #stopping = /** @type {Promise<void> | null} */ (null);

  /** @param {readonly Step[]} steps in the order of their start @param {Pick<import("../observers/log.js").Logger, "error">} log */
  constructor(steps, log) {
    this.#steps = steps;
    this.#log = log;
  }

  /**
   * @returns {Promise<void>} once all steps are started
   * @throws what a step threw, its message beginning with the step's name, once those that were started are stopped again
   * @throws {OperationalError} when it is stopped before that
   */
  async start() {
    this.#starting = this.#startAll();
    try {
      await this.#starting;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Stops what was started, the last one first. Idempotent. @returns {Promise<void>} once all are stopped; failures are logged */
  stop() {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #startAll() {
    for (const step of this.#steps) {
      if (this.#stopping) throw stoppedEarly();
      this.#started.push(step);
      try {
        await step.start?.();
      } catch (error) {
        // Whatever a step says whose connection was closed under it: that is why.
        throw this.#stopping ? stoppedEarly(error) : named(step, error);
      }
    }
  }

  async #stopAll() {
    // A start that goes on would begin what nobody stops.
    this.#started.at(-1)?.interrupt?.();
    await this.#starting.catch(() => {});
    /** @type {Array<[Step, unknown]>} */
    const failures = [];
    for (const step of this.#started.reverse()) {
      try {
        await step.stop?.();
      } catch (error) {
        failures.push([step, error]);
      }
    }
    // Last: the log may be somebody else's, and fail as well.
    for (const [{ name }, error] of failures) {
      this.#log.error({ err: error }, `Cannot stop ${name}: ${textOf(error)}`);
    }
  }
}

/** @param {Step} step @param {unknown} error @returns {Error} the same one, so that it keeps its class and its stack */
function named({ name }, error) {
  const message = `Cannot start ${name}: ${textOf(error)}`;
  if (!(error instanceof Error)) return new OperationalError(message, { cause: error });
  error.message = message;
  return error;
}

/** @param {unknown} [cause] */
const stoppedEarly = (cause) => new OperationalError("the worker was stopped before it had started", { cause });

/** @param {unknown} error */
const textOf = (error) => (error instanceof Error ? error.message : String(error));
