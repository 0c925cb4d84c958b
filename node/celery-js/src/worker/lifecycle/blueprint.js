/**
 * Starts steps in order and stops them in reverse (celery.bootsteps.Blueprint). Guarantee: every started step is stopped
 * once, however the start ended and even if another stop failed.
 */
import { OperationalError } from "../../errors.js";

/**
 * @typedef {object} Step
 * @property {string} name used in errors and the log
 * @property {() => unknown} [start] may be async; the next step is started once it is done
 * @property {() => unknown} [interrupt] makes a pending `start` fail; called when the worker is stopped meanwhile
 * @property {() => unknown} [stop] may be async; called also when its own `start` has failed
 */

export class Blueprint {
  #steps;
  #log;
  /** The steps that were started, or whose start was tried. @type {Step[]} */
  #started = [];
  #starting = /** @type {Promise<void>} */ (Promise.resolve());
  #stopping = /** @type {Promise<void> | null} */ (null);

  /**
   * @param {readonly Step[]} steps in the order of their start
   * @param {Pick<import("../observers/log.js").Logger, "error">} log
   */
  constructor(steps, log) {
    this.#steps = steps;
    this.#log = log;
  }

  /**
   * @returns {Promise<void>} once all steps are started
   * @throws a step's error, prefixed with the step's name, once the started steps are stopped again
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

  /**
   * Stops the started steps, the last one first. Idempotent.
   *
   * @returns {Promise<void>} once all are stopped; failures are logged
   */
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
        // After a stop, the error of a step comes from its closed connection, so the stop is reported.
        throw this.#stopping ? stoppedEarly(error) : named(step, error);
      }
    }
  }

  async #stopAll() {
    // A start that continued would begin something that is never stopped.
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
    // Last, because the log may be a custom one and may fail as well.
    for (const [{ name }, error] of failures) {
      this.#log.error({ error }, `Cannot stop ${name}: ${textOf(error)}`);
    }
  }
}

/**
 * @param {Step} step
 * @param {unknown} error
 * @returns {Error} the same one, so that it keeps its class and its stack
 */
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
