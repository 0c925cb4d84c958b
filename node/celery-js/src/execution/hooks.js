/**
 * Calls a task's own handlers (Celery's `before_start`, `on_success` and so on) and the receivers of signals, in the
 * order of celery.app.trace. Handlers after a task are called between storing its outcome and acknowledging its message:
 * if the worker dies meanwhile, the task runs again. Without handlers and receivers, a task pays for two checks:
 * `execution.hasStartHooks` and `execution.hasEndHooks`.
 */

import { Reject } from "../errors.js";
import { formatTraceback, toError } from "../protocol/exceptions.js";
import { FAILURE, IGNORED, REJECTED, RETRY, SUCCESS } from "../protocol/states.js";
import { MAX_TIMER_MS } from "../protocol/time.js";
import { signals } from "../signals.js";
import { taskStorage } from "../tasks/current.js";
import { nameOf, taskFields } from "./request.js";

/**
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {import("./disposition.js").Disposition} Disposition
 * @typedef {import("../tasks/options.js").Handler} Handler
 *
 * @typedef {object} ExceptionInfo billiard's, which handlers and receivers know as `einfo`
 * @property {Function} type the error's class
 * @property {Error} exception
 * @property {string} traceback
 * @property {boolean} internal
 */

export class Hooks {
  #storeResult;
  #onHandlerError;

  /**
   * @param {object} parts
   * @param {(message: import("../protocol/message.js").TaskMessage, disposition: Disposition) => Promise<Disposition>} parts.storeResult
   *   stores a result, and returns what is left of the disposition
   * @param {(error: unknown, sentence: string, execution: Execution) => void} [parts.onHandlerError] called with
   *   an error of a handler that can no longer change the outcome; default: logs it
   */
  constructor({ storeResult, onHandlerError = logHandlerError }) {
    this.#storeResult = storeResult;
    this.#onHandlerError = onHandlerError;
  }

  /**
   * Announces the start, then starts. An error of `beforeStart` counts as the task's own.
   *
   * @param {Execution} execution
   * @param {() => void} track stores STARTED
   * @param {() => unknown} call calls the task
   * @returns {unknown} what `call` returns, or a promise of it
   */
  start(execution, track, call) {
    const { id, args, kwargs } = execution.request.message;
    const prerun = this.#signal("taskPrerun", execution, () => ({ taskId: id, args, kwargs }));
    // A task that has reached its time limit meanwhile does not start.
    const callIfWanted = () => (execution.ended ? undefined : call());
    return after(prerun, () => {
      track();
      // A thread calls `beforeStart` itself, with the task's own `self`.
      return after(execution.request.pool === "threads" ? null : execution.announceStart(), callIfWanted);
    });
  }

  /**
   * @param {Execution} execution
   * @param {unknown} value
   * @param {number} runtimeS
   * @param {Disposition} disposition
   * @returns {Promise<Disposition>} what is left to do
   */
  async announceSuccess(execution, value, runtimeS, disposition) {
    const { id, args, kwargs } = execution.request.message;
    const left = await this.#storeResult(execution.request.message, disposition);
    let rejected = await this.#safely(execution, "onSuccess", [value, id, args, kwargs]);
    if (rejected === null) {
      await this.#signal("taskSuccess", execution, () => ({ result: value, runtime: runtimeS }));
      rejected = await this.#safely(execution, "afterReturn", [SUCCESS, value, id, args, kwargs, null]);
    }
    await this.#postrun(execution, SUCCESS, value);
    if (rejected === null) return left;
    return rejected.requeue ? { kind: "requeue", result: "" } : { kind: "bury", reason: "rejected", result: "" };
  }

  /**
   * @param {Execution} execution
   * @param {Error} error
   * @param {Disposition} disposition
   * @returns {Promise<Disposition>} what is left to do
   * @throws what `onFailure` throws; it replaces the task's own error
   */
  async announceFailure(execution, error, disposition) {
    const left = await this.#storeResult(execution.request.message, disposition);
    const { id, args, kwargs } = execution.request.message;
    /** @type {[string | null, unknown]} what `taskPostrun` gets when `onFailure` throws, as in Celery */
    let outcome = [null, null];
    try {
      await this.notifyFailure(execution, error);
      outcome = [FAILURE, error];
      await this.#safely(execution, "afterReturn", [FAILURE, error, id, args, kwargs, null]);
    } finally {
      await this.#postrun(execution, ...outcome);
    }
    return left;
  }

  /**
   * @param {Execution} execution
   * @param {Error} error
   * @throws what `onFailure` throws
   */
  async notifyFailure(execution, error) {
    const { id, args, kwargs } = execution.request.message;
    await this.#call(execution, "onFailure", [error, id, args, kwargs, exceptionInfo(error)]);
    await this.#failure(execution, error);
  }

  /**
   * @param {Execution} execution
   * @param {import("../errors.js").Retry} retry
   * @param {Disposition} disposition
   * @returns {Promise<Disposition>} what is left to do
   * @throws what `onRetry` throws: the task fails with it, though the retry was sent
   */
  async announceRetry(execution, retry, disposition) {
    const left = await this.#storeResult(execution.request.message, disposition);
    const { id, args, kwargs } = execution.request.message;
    const einfo = exceptionInfo(retry);
    /** @type {[string | null, unknown]} */
    let outcome = [null, null];
    try {
      await this.#call(execution, "onRetry", [retry.exc, id, args, kwargs, einfo]);
      await this.#signal("taskRetry", execution, () => ({
        request: execution.context,
        reason: retry,
        einfo,
      }));
      outcome = [RETRY, retry];
    } finally {
      await this.#postrun(execution, ...outcome);
    }
    return left;
  }

  /**
   * @param {Execution} execution
   * @param {unknown} ignore the `Ignore`
   * @param {Disposition} disposition
   */
  async announceIgnore(execution, ignore, disposition) {
    await this.#postrun(execution, IGNORED, ignore);
    return disposition;
  }

  /**
   * @param {Execution} execution
   * @param {Reject} reject
   * @param {Disposition} disposition
   */
  async announceReject(execution, reject, disposition) {
    await this.#postrun(execution, REJECTED, reject);
    if (!reject.requeue) await this.#failure(execution, reject);
    return disposition;
  }

  /**
   * Reports a broken handler or a broken part of this runtime.
   *
   * @param {Execution} execution
   * @param {Error} error
   */
  async announceInternalError(execution, error) {
    const { id, args, kwargs } = execution.request.message;
    await this.#signal("taskInternalError", execution, () => {
      const { traceback } = exceptionInfo(error);
      const einfo = { ...exceptionInfo(error), internal: true };
      return { taskId: id, args, kwargs, request: execution.context, exception: error, traceback, einfo };
    });
  }

  /**
   * @param {Execution} execution
   * @param {Error} error
   */
  #failure(execution, error) {
    const { id, args, kwargs } = execution.request.message;
    return this.#signal("taskFailure", execution, () => {
      const einfo = exceptionInfo(error);
      return { taskId: id, exception: error, args, kwargs, traceback: einfo.traceback, einfo };
    });
  }

  /**
   * @param {Execution} execution
   * @param {string | null} state
   * @param {unknown} retval
   */
  async #postrun(execution, state, retval) {
    const { id, args, kwargs } = execution.request.message;
    await this.#signal("taskPostrun", execution, () => ({ taskId: id, args, kwargs, retval, state }));
    // The handlers' messages must arrive before the task's message is acknowledged, like the task's own.
    await Promise.allSettled(execution.sends);
  }

  /**
   * @param {keyof typeof signals} name
   * @param {Execution} execution
   * @param {() => Record<string, unknown>} payload
   * @returns {Promise<void> | undefined}
   */
  #signal(name, execution, payload) {
    const [signal, { request, services }] = [signals[name], execution];
    if (signal.receivers.length === 0) return undefined;
    const report = (/** @type {unknown} */ error, /** @type {string} */ sentence) =>
      services.log.error({ ...taskFields(request), error }, `${sentence} for ${nameOf(request)}`);
    return taskStorage.run(execution, () => signal.send(request.task, { task: execution.self, ...payload() }, report));
  }

  /**
   * @param {Execution} execution
   * @param {"onSuccess" | "onFailure" | "onRetry" | "afterReturn"} name
   * @param {unknown[]} args
   */
  #call(execution, name, args) {
    /** @type {Handler | null | undefined} */
    const handler = execution.request.task[name];
    if (!handler) return undefined;
    const returned = taskStorage.run(execution, () => handler.apply(execution.self, args));
    return execution.ended ? this.#inTime(execution, name, returned) : returned;
  }

  /**
   * The outcome stands, whatever the handler throws.
   *
   * @param {Execution} execution
   * @param {"onSuccess" | "afterReturn"} name
   * @param {unknown[]} args
   * @returns {Promise<Reject | null>} the `Reject` that it threw
   */
  async #safely(execution, name, args) {
    try {
      await this.#call(execution, name, args);
    } catch (thrown) {
      if (thrown instanceof Reject) return thrown;
      this.#onHandlerError(thrown, `Task ${nameOf(execution.request)} ${name} handler raised`, execution);
    }
    return null;
  }

  /**
   * A handler after the task may take as long as the task. One that never ends must not block the slot.
   *
   * @param {Execution} execution
   * @param {string} name
   * @param {unknown} returned
   */
  #inTime({ request, services }, name, returned) {
    const [hardS] = request.timeLimits;
    if (!hardS || hardS * 1000 > MAX_TIMER_MS || !(returned instanceof Promise)) return returned;
    let timer = /** @type {NodeJS.Timeout | undefined} */ (undefined);
    const late = new Promise((resolve) => {
      timer = setTimeout(() => {
        const sentence = `Hard time limit (${hardS}s) exceeded by ${name} of ${nameOf(request)}`;
        services.log.error(taskFields(request), sentence);
        resolve(undefined);
      }, hardS * 1000);
    });
    return Promise.race([returned, late]).finally(() => clearTimeout(timer));
  }
}

/**
 * @param {unknown} error
 * @param {string} sentence
 * @param {Execution} execution
 */
function logHandlerError(error, sentence, { request, services }) {
  services.log.error({ ...taskFields(request), error: toError(error) }, sentence);
}

/**
 * @param {Error} error
 * @returns {ExceptionInfo}
 */
const exceptionInfo = (error) => ({
  type: error.constructor,
  exception: error,
  traceback: formatTraceback(error),
  internal: false,
});

/**
 * Continues now, or once a promise is fulfilled.
 *
 * @param {unknown} step
 * @param {() => unknown} next
 * @returns {unknown}
 */
function after(step, next) {
  return step instanceof Promise ? step.then(next) : next();
}
