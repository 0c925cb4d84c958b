/**
 * Runs one task and decides what becomes of it (celery.app.trace.build_tracer). In this order, which loses nothing:
 * the task runs, what it sent is on its way, its callbacks are sent, and only then are the result stored and the message
 * acknowledged, together.
 */
import { className } from "../class-name.js";
import { Ignore, OperationalError, Reject, Retry, TaskPredicate } from "../errors.js";
import { toError } from "../protocol/exceptions.js";
import { saferepr } from "../protocol/repr.js";
import { bindArguments } from "../tasks/binding.js";
import { runInExecution } from "../tasks/current.js";
import { endingOfFailure, isPutBackWhenLost } from "./acks.js";
import { Execution } from "./execution.js";
import { Hooks } from "./hooks.js";
import { TimeLimits } from "./limits.js";
import { label, seconds } from "./log.js";
import { automaticRetry, matches } from "./retry.js";
import { createSelf } from "./self.js";

/**
 * @typedef {import("./request.js").Request} Request
 *
 * @typedef {object} Ending what is to be done with the message
 * @property {"settle" | "requeue" | "bury"} kind
 * @property {string} result meta to store, "" for none
 * @property {string} [reason] of a burial
 */

/** How long a task rests that goes back because its retry could not be sent. */
const RESEND_PAUSE_MS = 1_000;

export class Executor {
  #app;
  #hostname;
  #log;
  #outcomes;
  #callbacks;
  #aftermath;
  #services;
  #limits;
  #hooks;
  /** @type {(execution: Execution) => object} */
  #makeSelf;

  /**
   * @param {object} options
   * @param {import("./types.js").WorkerApp} options.app
   * @param {string} options.hostname
   * @param {import("./log.js").Logger} options.log
   * @param {import("./outcomes.js").Outcomes} options.outcomes
   * @param {import("./callbacks.js").Callbacks} options.callbacks
   * @param {import("./aftermath.js").Aftermath} options.aftermath
   * @param {import("./endings.js").Endings} options.endings
   */
  constructor({ app, hostname, log, outcomes, callbacks, aftermath, endings }) {
    this.#app = app;
    this.#hostname = hostname;
    this.#log = log;
    this.#outcomes = outcomes;
    this.#callbacks = callbacks;
    this.#aftermath = aftermath;
    this.#services = { outcomes, endings };
    this.#makeSelf = (execution) => createSelf(execution.delivery.task, execution, this.#services, log);
    this.#limits = new TimeLimits(log);
    this.#hooks = new Hooks({
      log,
      stored: (message, ending) => aftermath.stored(message, ending),
    });
  }

  /**
   * Runs a task. One that returns no promise ends here and now: every promise costs a busy worker time.
   *
   * @param {Request} request
   * @returns {Ending | Promise<Ending>}
   */
  execute(request) {
    const execution = new Execution(this.#app, request, this.#hostname, this.#makeSelf);
    const startedAt = performance.now();
    try {
      const value = this.#start(request, execution);
      if (isThenable(value)) return this.#await(request, execution, value, startedAt);
      return this.#returned(request, execution, value, startedAt);
    } catch (thrown) {
      return this.#ended(request, execution, thrown);
    }
  }

  /** @param {Request} request @param {Execution} execution @returns {unknown} what the task returns */
  #start(request, execution) {
    if (this.#hooks.announcesStart(request.task)) {
      const track = () => this.#track(request, execution);
      return this.#hooks.start(request, execution, track, () => this.#call(request, execution));
    }
    this.#track(request, execution);
    return this.#call(request, execution);
  }

  /** @param {Request} request @param {Execution} execution */
  #track({ message, task }, execution) {
    const started = this.#outcomes.started(message, task.options);
    // It must be stored before what comes after it, and is waited for with whatever else the task sends.
    if (started !== "") execution.sends.push(this.#services.endings.store(message.id, started));
  }

  /**
   * Waits for a task's promise, or for whoever fails it before that: a time limit, a stray error. What comes later is dropped.
   *
   * @param {Request} request @param {Execution} execution @param {PromiseLike<unknown>} pending @param {number} startedAt
   * @returns {Promise<Ending>}
   */
  #await(request, execution, pending, startedAt) {
    this.#limits.watch(execution);
    return new Promise((resolve) => {
      const fail = (/** @type {unknown} */ thrown) => {
        if (!execution.ended) resolve(this.#ended(request, execution, thrown));
      };
      execution.reject = fail;
      pending.then((value) => {
        if (execution.ended) return;
        try {
          resolve(this.#returned(request, execution, value, startedAt));
        } catch (unusable) {
          fail(unusable);
        }
      }, fail);
    });
  }

  /** @param {Request} request @param {Execution} execution @param {unknown} value @param {number} startedAt @returns {Ending | Promise<Ending>} */
  #returned(request, execution, value, startedAt) {
    const hasFollowers = execution.sends.length > 0 || this.#callbacks.has(request);
    if (hasFollowers || this.#hooks.observesEnd(request.task)) {
      return this.#followed(request, execution, value, startedAt);
    }
    const ending = this.#succeed(request, execution, value, startedAt);
    this.#end(execution);
    return ending;
  }

  /** @param {Request} request @param {Execution} execution @param {unknown} value @param {number} startedAt @returns {Promise<Ending>} */
  async #followed(request, execution, value, startedAt) {
    try {
      await Promise.all(execution.sends);
      await this.#callbacks.succeeded(request, value, execution);
      const ending = this.#succeed(request, execution, value, startedAt);
      this.#end(execution);
      const { message, task } = request;
      const hasChord = message.embed.chord !== null;
      const left = hasChord ? await this.#aftermath.succeeded(message, value, ending, execution) : ending;
      if (!this.#hooks.observesEnd(task)) return left;
      const runtimeS = (performance.now() - startedAt) / 1000;
      return await this.#hooks.succeeded(request, execution, value, runtimeS, left);
    } catch (thrown) {
      return this.#ended(request, execution, thrown);
    }
  }

  /** @param {Execution} execution that nothing can fail any more */
  #end(execution) {
    execution.ended = true;
    this.#limits.forget(execution);
  }

  /** Binds the arguments and calls the function, in the context that sub-tasks and stray errors are attributed by. @param {Request} request @param {Execution} execution */
  #call(request, execution) {
    const { message, task } = request;
    const bound = bindArguments(task.parameters, message.args, message.kwargs, task.name);
    const args = task.options.bind ? [execution.self, ...bound] : bound;
    return runInExecution(execution, () => task.fn(...args));
  }

  /** @param {Request} request @param {Execution} execution @param {unknown} value @param {number} startedAt @returns {Ending} */
  #succeed(request, execution, value, startedAt) {
    const { message, task } = request;
    const result = this.#outcomes.success(message, task.options, value, execution.children);
    this.#logSuccess(request, value, performance.now() - startedAt);
    return { kind: "settle", result };
  }

  /** @param {Request} request @param {Execution} execution @param {unknown} thrown @returns {Promise<Ending>} */
  async #ended(request, execution, thrown) {
    this.#end(execution);
    try {
      const signal = this.#signalOf(request, execution, thrown);
      if (signal instanceof TaskPredicate) return await this.#obey(request, execution, signal);
      return await this.#failed(request, execution, toError(signal));
    } catch (error) {
      return this.#failed(request, execution, toError(error));
    }
  }

  /** What the task threw, or the `Retry` that `autoretryFor` makes of it. @param {Request} request @param {Execution} execution @param {unknown} thrown */
  #signalOf(request, execution, thrown) {
    const { task, message } = request;
    // Celery retries a Reject that `autoretryFor` covers.
    if (thrown instanceof Ignore || thrown instanceof Retry || execution.timedOut) return thrown;
    const options = automaticRetry(task, thrown, message.retries);
    if (options === null) return thrown;
    try {
      return execution.self.retry({ ...options, throw: false });
    } catch (exhausted) {
      return exhausted;
    }
  }

  /** @param {Request} request @param {Execution} execution @param {TaskPredicate} signal @returns {Promise<Ending>} */
  async #obey(request, execution, signal) {
    const { message, task } = request;
    const name = label(task.name, message.id);
    const refused = signal instanceof Reject ? null : await this.#whyNotSent(execution);
    if (refused instanceof OperationalError && !request.acknowledged) {
      const what = signal instanceof Retry ? "sent again" : "replaced";
      this.#log.error(
        { taskId: message.id },
        `Task ${name} could not be ${what}, and goes back to its queue: ${refused.message}`,
      );
      await new Promise((resolve) => setTimeout(resolve, RESEND_PAUSE_MS));
      return { kind: "requeue", result: "" };
    }
    if (refused) return this.#failed(request, execution, refused);
    if (signal instanceof Retry) {
      this.#log.info({ taskId: message.id }, `Task ${name} retry: ${signal.message}`);
      return this.#retried(request, execution, signal);
    }
    if (signal instanceof Reject) {
      this.#log.warn({ taskId: message.id }, `Task ${name} ${signal.message}`);
      return this.#hooks.rejected(request, execution, signal, await this.#rejected(request, execution, signal));
    }
    if (signal instanceof Ignore) this.#log.info({ taskId: message.id }, `Task ${name} ignored`);
    return this.#hooks.ignored(request, execution, signal, { kind: "settle", result: "" });
  }

  /** @param {Request} request @param {Execution} execution @param {Retry} signal @returns {Promise<Ending>} */
  async #retried(request, execution, signal) {
    const { message, task } = request;
    /** @type {Ending} */
    const ending = { kind: "settle", result: this.#outcomes.retry(message, task.options, signal.exc) };
    if (!this.#hooks.observesEnd(task)) return ending;
    try {
      return await this.#hooks.retried(request, execution, signal, ending);
    } catch (broken) {
      const error = toError(broken);
      return this.#handlerThrew(request, execution, error, (/** @type {Ending} */ failed) =>
        this.#aftermath.failed(message, error, failed, execution),
      );
    }
  }

  /** @param {Request} request @param {Execution} execution @param {Reject} signal @returns {Promise<Ending>} */
  async #rejected({ message, task }, execution, signal) {
    if (signal.requeue) return { kind: "requeue", result: "" };
    const result = this.#outcomes.failure(message, task.options, signal);
    return this.#aftermath.failed(message, signal, { kind: "bury", reason: "rejected", result }, execution);
  }

  /** @param {Execution} execution @returns {Promise<Error | null>} why one of its messages could not be sent */
  async #whyNotSent({ sends }) {
    const outcomes = await Promise.allSettled(sends);
    const refused = outcomes.find(({ status }) => status === "rejected");
    return refused ? toError(/** @type {PromiseRejectedResult} */ (refused).reason) : null;
  }

  /** The ending of an execution that broke this runtime rather than itself: a failure all the same. @param {Request} request @param {unknown} error @returns {Ending} */
  broken(request, error) {
    const { message } = request;
    this.#log.fatal(
      { taskId: message.id, err: error },
      `Task ${label(message.name, message.id)} could not be ended as it should`,
    );
    const result = this.#outcomes.unrunnable(message.id, null, toError(error));
    return endingOfFailure(request, toError(error), result, this.#app.settings);
  }

  /** @param {Request} request @param {Execution} execution @param {Error} error @returns {Promise<Ending>} */
  async #failed(request, execution, error) {
    const { message, task } = request;
    await Promise.allSettled(execution.sends);
    if (isPutBackWhenLost(request, error, this.#app.settings)) return { kind: "requeue", result: "" };
    const expected = matches(error, task.options.throws);
    const sentence = `Task ${label(task.name, message.id)} raised ${expected ? "expected" : "unexpected"}: ${className(error)}(${JSON.stringify(error.message)})`;
    if (expected) this.#log.info({ taskId: message.id }, sentence);
    else this.#log.error({ taskId: message.id, err: error }, sentence);
    const result = this.#outcomes.failure(message, task.options, error, execution.children);
    const ending = endingOfFailure(request, error, result, this.#app.settings);
    const left = await this.#aftermath.failed(message, error, ending, execution);
    if (!this.#hooks.observesEnd(task)) return left;
    try {
      return await this.#hooks.failed(request, execution, error, left);
    } catch (broken) {
      return this.#handlerThrew(request, execution, toError(broken), async (failed) => failed);
    }
  }

  /**
   * The ending of a task whose `onRetry` or `onFailure` threw: it fails with that (Celery's internal error).
   *
   * @param {Request} request
   * @param {Execution} execution
   * @param {Error} error
   * @param {(ending: Ending) => Promise<Ending>} tellOthers returns what is left to do
   * @returns {Promise<Ending>}
   */
  async #handlerThrew(request, execution, error, tellOthers) {
    const { message, task } = request;
    this.#log.error({ taskId: message.id, err: error }, `Task ${label(task.name, message.id)} handler raised`);
    await this.#hooks.internalError(request, execution, error);
    const result = this.#outcomes.failure(message, task.options, error, execution.children);
    const left = await tellOthers(endingOfFailure(request, error, result, this.#app.settings));
    await this.#hooks.tellOfFailure(request, execution, error).catch((/** @type {unknown} */ again) => {
      this.#log.error({ taskId: message.id, err: again }, `Task ${label(task.name, message.id)} handler raised again`);
    });
    return left;
  }

  /** @param {Request} request @param {unknown} value @param {number} runtimeMs */
  #logSuccess({ message, task }, value, runtimeMs) {
    if (!this.#log.isLevelEnabled("info")) return;
    const text = saferepr(value ?? null);
    const runtimeS = runtimeMs / 1000;
    this.#log.info(
      { taskId: message.id, runtimeS },
      `Task ${label(task.name, message.id)} succeeded in ${seconds(runtimeMs)}: ${text}`,
    );
  }
}

/** @param {unknown} value @returns {value is PromiseLike<unknown>} */
const isThenable = (value) =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
