/**
 * What a task's own handlers (Celery's `before_start`, `on_success` and so on) and the receivers of signals are told of its
 * execution, in the order of celery.app.trace. The handlers after a task are called once its outcome is stored, and before
 * its message is acknowledged: a worker that dies among them runs the task again.
 *
 * Who is told of nothing is asked for nothing: `announcesStart` and `observesEnd` are all that such a task costs.
 */
import { Reject } from "../errors.js";
import { formatTraceback, toError } from "../protocol/exceptions.js";
import { FAILURE, IGNORED, REJECTED, RETRY, SUCCESS } from "../protocol/states.js";
import { signals } from "../signals.js";
import { runInExecution } from "../tasks/current.js";
import { nameOf } from "./request.js";

/**
 * @typedef {Pick<import("./request.js").Request, "message" | "task" | "timeLimits">} Request
 * @typedef {import("../tasks/current.js").Execution & Pick<import("./execution.js").Execution, "ended" | "self" | "sends">} Execution `self` is
 *   what handlers have as `this`
 * @typedef {import("../worker/model/types.js").RegisteredTask} RegisteredTask
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
  #log;
  #stored;
  #onHandlerError;

  /**
   * @param {object} parts
   * @param {import("../worker/observers/log.js").Logger} parts.log
   * @param {(message: Request["message"], disposition: Disposition) => Promise<Disposition>} parts.stored stores a result, and returns what is
   *   left of the disposition
   * @param {(error: unknown, sentence: string, taskId: string) => void} [parts.onHandlerError] what becomes of what a handler
   *   throws that cannot change the outcome any more; default the log
   */
  constructor({ log, stored, onHandlerError }) {
    this.#log = log;
    this.#stored = stored;
    this.#onHandlerError =
      onHandlerError ??
      ((error, sentence, taskId) => {
        log.error({ taskId, err: toError(error) }, sentence);
      });
  }

  /** @param {RegisteredTask} task @returns {boolean} whether anybody is told before it starts */
  announcesStart({ beforeStart }) {
    return Boolean(beforeStart) || signals.taskPrerun.receivers.length > 0;
  }

  /** @param {RegisteredTask} task @returns {boolean} whether anybody is told when it has ended */
  observesEnd({ onSuccess, onFailure, onRetry, afterReturn }) {
    return (
      signals.taskPostrun.receivers.length > 0 ||
      signals.taskSuccess.receivers.length > 0 ||
      signals.taskFailure.receivers.length > 0 ||
      signals.taskRetry.receivers.length > 0 ||
      Boolean(onSuccess || onFailure || onRetry || afterReturn)
    );
  }

  /**
   * Tells of the start, and starts. What `beforeStart` throws is what the task threw.
   *
   * @param {Request} request
   * @param {Execution} execution
   * @param {() => void} track stores STARTED
   * @param {() => unknown} call calls the task
   * @returns {unknown} what `call` returns, or a promise of it
   */
  start(request, execution, track, call) {
    const { id, args, kwargs } = request.message;
    const prerun = this.#signal("taskPrerun", request, execution, () => ({ taskId: id, args, kwargs }));
    // A task that has failed meanwhile, at its time limit, does not start any more.
    const callIfWanted = () => (execution.ended ? undefined : call());
    return after(prerun, () => {
      track();
      return after(this.#call(request, execution, "beforeStart", [id, args, kwargs]), callIfWanted);
    });
  }

  /**
   * @param {Request} request
   * @param {Execution} execution
   * @param {unknown} value
   * @param {number} runtimeS
   * @param {Disposition} disposition
   * @returns {Promise<Disposition>} what is left to do
   */
  async succeeded(request, execution, value, runtimeS, disposition) {
    const { id, args, kwargs } = request.message;
    const left = await this.#stored(request.message, disposition);
    let rejected = await this.#safely(request, execution, "onSuccess", [value, id, args, kwargs]);
    if (rejected === null) {
      await this.#signal("taskSuccess", request, execution, () => ({ result: value, runtime: runtimeS }));
      rejected = await this.#safely(request, execution, "afterReturn", [SUCCESS, value, id, args, kwargs, null]);
    }
    await this.#postrun(request, execution, SUCCESS, value);
    if (rejected === null) return left;
    return rejected.requeue ? { kind: "requeue", result: "" } : { kind: "bury", reason: "rejected", result: "" };
  }

  /**
   * @param {Request} request
   * @param {Execution} execution
   * @param {Error} error
   * @param {Disposition} disposition
   * @returns {Promise<Disposition>} what is left to do
   * @throws what `onFailure` throws: it takes the place of the task's own error
   */
  async failed(request, execution, error, disposition) {
    const left = await this.#stored(request.message, disposition);
    const { id, args, kwargs } = request.message;
    /** @type {[string | null, unknown]} what `taskPostrun` is told where `onFailure` throws, as in Celery */
    let outcome = [null, null];
    try {
      await this.notifyFailure(request, execution, error);
      outcome = [FAILURE, error];
      await this.#safely(request, execution, "afterReturn", [FAILURE, error, id, args, kwargs, null]);
    } finally {
      await this.#postrun(request, execution, ...outcome);
    }
    return left;
  }

  /** @param {Request} request @param {Execution} execution @param {Error} error @throws what `onFailure` throws */
  async notifyFailure(request, execution, error) {
    const { id, args, kwargs } = request.message;
    await this.#call(request, execution, "onFailure", [error, id, args, kwargs, exceptionInfo(error)]);
    await this.#failure(request, execution, error);
  }

  /**
   * @param {Request} request
   * @param {Execution} execution
   * @param {import("../errors.js").Retry} signal
   * @param {Disposition} disposition
   * @returns {Promise<Disposition>} what is left to do
   * @throws what `onRetry` throws: the task fails with it, though the retry was sent
   */
  async retried(request, execution, signal, disposition) {
    const left = await this.#stored(request.message, disposition);
    const { id, args, kwargs } = request.message;
    const einfo = exceptionInfo(signal);
    /** @type {[string | null, unknown]} */
    let outcome = [null, null];
    try {
      await this.#call(request, execution, "onRetry", [signal.exc, id, args, kwargs, einfo]);
      await this.#signal("taskRetry", request, execution, () => ({
        request: execution.request,
        reason: signal,
        einfo,
      }));
      outcome = [RETRY, signal];
    } finally {
      await this.#postrun(request, execution, ...outcome);
    }
    return left;
  }

  /** @param {Request} request @param {Execution} execution @param {unknown} signal the `Ignore` @param {Disposition} disposition */
  async ignored(request, execution, signal, disposition) {
    await this.#postrun(request, execution, IGNORED, signal);
    return disposition;
  }

  /** @param {Request} request @param {Execution} execution @param {Reject} signal @param {Disposition} disposition */
  async rejected(request, execution, signal, disposition) {
    await this.#postrun(request, execution, REJECTED, signal);
    if (!signal.requeue) await this.#failure(request, execution, signal);
    return disposition;
  }

  /** Tells of a handler, or a part of this runtime, that broke. @param {Request} request @param {Execution} execution @param {Error} error */
  async internalError(request, execution, error) {
    const { id, args, kwargs } = request.message;
    await this.#signal("taskInternalError", request, execution, () => {
      const { traceback } = exceptionInfo(error);
      const einfo = { ...exceptionInfo(error), internal: true };
      return { taskId: id, args, kwargs, request: execution.request, exception: error, traceback, einfo };
    });
  }

  /** @param {Request} request @param {Execution} execution @param {Error} error */
  #failure(request, execution, error) {
    const { id, args, kwargs } = request.message;
    return this.#signal("taskFailure", request, execution, () => {
      const einfo = exceptionInfo(error);
      return { taskId: id, exception: error, args, kwargs, traceback: einfo.traceback, einfo };
    });
  }

  /** @param {Request} request @param {Execution} execution @param {string | null} state @param {unknown} retval */
  async #postrun(request, execution, state, retval) {
    const { id, args, kwargs } = request.message;
    await this.#signal("taskPostrun", request, execution, () => ({ taskId: id, args, kwargs, retval, state }));
    // What the handlers have sent must arrive before the message is acknowledged, like what the task has sent.
    await Promise.allSettled(execution.sends);
  }

  /**
   * @param {keyof typeof signals} name
   * @param {Request} request
   * @param {Execution} execution
   * @param {() => Record<string, unknown>} payload
   * @returns {Promise<void> | undefined}
   */
  #signal(name, request, execution, payload) {
    const signal = signals[name];
    if (signal.receivers.length === 0) return undefined;
    const { id: taskId } = request.message;
    const report = (/** @type {unknown} */ error, /** @type {string} */ sentence) =>
      this.#log.error({ taskId, err: error }, `${sentence} for ${nameOf(request)}`);
    return runInExecution(execution, () => signal.send(request.task, { task: execution.self, ...payload() }, report));
  }

  /**
   * @param {Request} request
   * @param {Execution} execution
   * @param {"beforeStart" | "onSuccess" | "onFailure" | "onRetry" | "afterReturn"} name
   * @param {unknown[]} args
   * @returns {unknown} what the handler returns
   */
  #call(request, execution, name, args) {
    /** @type {Handler | null | undefined} */
    const handler = request.task[name];
    if (!handler) return undefined;
    const returned = runInExecution(execution, () => handler.apply(execution.self, args));
    return execution.ended ? this.#inTime(request, name, returned) : returned;
  }

  /** The outcome stands, whatever the handler throws. @param {Request} request @param {Execution} execution @param {"onSuccess" | "afterReturn"} name @param {unknown[]} args @returns {Promise<Reject | null>} the `Reject` that it threw */
  async #safely(request, execution, name, args) {
    try {
      await this.#call(request, execution, name, args);
    } catch (thrown) {
      if (thrown instanceof Reject) return thrown;
      this.#onHandlerError(thrown, `Task ${nameOf(request)} ${name} handler raised`, request.message.id);
    }
    return null;
  }

  /**
   * A handler after the task may take as long as the task: its slot must not be lost to one that never ends.
   *
   * @param {Request} request
   * @param {string} name
   * @param {unknown} returned
   */
  #inTime(request, name, returned) {
    const [hardS] = request.timeLimits;
    if (!hardS || !(returned instanceof Promise)) return returned;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => {
        const taskId = request.message.id;
        this.#log.error({ taskId }, `Hard time limit (${hardS}s) exceeded by ${name} of ${nameOf(request)}`);
        resolve(undefined);
      }, hardS * 1000);
    });
    return Promise.race([returned, late]).finally(() => clearTimeout(timer));
  }
}

/** @param {Error} error @returns {ExceptionInfo} */
const exceptionInfo = (error) => ({
  type: error.constructor,
  exception: error,
  traceback: formatTraceback(error),
  internal: false,
});

/** Goes on now, or when a promise is fulfilled. @param {unknown} step @param {() => unknown} next @returns {unknown} */
function after(step, next) {
  return step instanceof Promise ? step.then(next) : next();
}
