/**
 * Runs one task and decides what becomes of it (celery.app.trace.build_tracer). In this order, which loses nothing:
 * the task runs, what it sent is on its way, its callbacks are sent, and only then are the result stored and the message
 * acknowledged, together.
 */
import { className } from "../class-name.js";
import {
  Ignore,
  OperationalError,
  Reject,
  Retry,
  TaskPredicate,
  TaskRevokedError,
  Terminated,
  WorkerLostError,
} from "../errors.js";
import { toError } from "../protocol/exceptions.js";
import { saferepr } from "../protocol/repr.js";
import { bindArguments } from "../tasks/binding.js";
import { runInExecution } from "../tasks/current.js";
import { Execution } from "./execution.js";
import { TimeLimits } from "./limits.js";
import { label, seconds } from "./log.js";
import { automaticRetry, matches } from "./retry.js";
import { createSelf } from "./self.js";

/**
 * @typedef {import("./request.js").Request} Request
 *
 * @typedef {object} Ending what is to be done with the message
 * @property {"settle" | "requeue" | "bury" | "leave"} kind "leave": to its lease, as if this worker had been lost
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
  #threads;
  #zombies;

  /**
   * @param {object} options
   * @param {import("./types.js").WorkerApp} options.app
   * @param {string} options.hostname
   * @param {import("./log.js").Logger} options.log
   * @param {import("./outcomes.js").Outcomes} options.outcomes
   * @param {import("./callbacks.js").Callbacks} options.callbacks
   * @param {import("./aftermath.js").Aftermath} options.aftermath
   * @param {import("./endings.js").Endings} options.endings
   * @param {import("./pools/threads.js").ThreadPool | null} options.threads
   * @param {import("./pools/zombies.js").Zombies} options.zombies
   */
  constructor({ app, hostname, log, outcomes, callbacks, aftermath, endings, threads, zombies }) {
    this.#app = app;
    this.#hostname = hostname;
    this.#log = log;
    this.#outcomes = outcomes;
    this.#callbacks = callbacks;
    this.#aftermath = aftermath;
    this.#services = { outcomes, endings };
    this.#limits = new TimeLimits(log);
    this.#threads = threads;
    this.#zombies = zombies;
  }

  /**
   * Runs a task. One that returns no promise ends here and now: every promise costs a busy worker time.
   *
   * @param {Request} request
   * @returns {Ending | Promise<Ending>}
   */
  execute(request) {
    const execution = new Execution(this.#app, request, this.#hostname);
    const startedAt = execution.startedAtMs;
    request.execution = execution;
    try {
      const started = this.#outcomes.started(request.message, request.task.options);
      // It must be stored before what comes after it, and is waited for with whatever else the task sends.
      if (started !== "") execution.sends.push(this.#services.endings.store(request.message.id, started));
      const value = this.#call(request, execution);
      if (isThenable(value)) return this.#await(request, execution, value, startedAt);
      return this.#returned(request, execution, value, startedAt);
    } catch (thrown) {
      return this.#ended(request, execution, thrown);
    }
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
      execution.reject = (thrown) => {
        if (execution.ended) return;
        if (!execution.returned) this.#abandon(execution, thrown);
        fail(thrown);
      };
      pending.then(
        (value) => {
          execution.returned = true;
          if (execution.ended) return this.#zombies.delete(execution);
          try {
            resolve(this.#returned(request, execution, value, startedAt));
          } catch (unusable) {
            fail(unusable);
          }
        },
        (thrown) => {
          execution.returned = true;
          if (execution.ended) this.#zombies.delete(execution);
          else fail(thrown);
        },
      );
    });
  }

  /** What runs on while its task has ended: a thread is ended with it, the event loop cannot be. @param {Execution} execution @param {unknown} reason */
  #abandon(execution, reason) {
    if (execution.runner !== null) return execution.runner.kill();
    this.#zombies.add(execution);
    execution.abortWith(reason);
  }

  /** @param {Request} request @param {Execution} execution @param {unknown} value @param {number} startedAt @returns {Ending | Promise<Ending>} */
  #returned(request, execution, value, startedAt) {
    if (execution.sends.length > 0 || this.#callbacks.has(request)) {
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
      const { message } = request;
      return message.embed.chord === null ? ending : await this.#aftermath.succeeded(message, value, ending, execution);
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
    if (request.pool === "threads")
      return /** @type {import("./pools/threads.js").ThreadPool} */ (this.#threads).run(execution);
    const { message, task } = request;
    const bound = bindArguments(task.parameters, message.args, message.kwargs, task.name);
    const args = task.options.bind ? [createSelf(task, execution, this.#services, this.#log), ...bound] : bound;
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
      if (execution.isCutOff && signal instanceof Terminated) return await this.#terminated(request, execution);
      if (signal instanceof TaskPredicate) return await this.#obey(request, execution, signal);
      return await this.#failed(request, execution, toError(signal));
    } catch (error) {
      return this.#failed(request, execution, toError(error));
    }
  }

  /** What the task threw, or the `Retry` that `autoretryFor` makes of it. @param {Request} request @param {Execution} execution @param {unknown} thrown */
  #signalOf({ task, message }, execution, thrown) {
    if (thrown instanceof TaskPredicate || execution.isCutOff) return thrown;
    const options = automaticRetry(task, thrown, message.retries);
    if (options === null) return thrown;
    try {
      return createSelf(task, execution, this.#services, this.#log).retry({ ...options, throw: false });
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
      return { kind: "settle", result: this.#outcomes.retry(message, task.options, signal.exc) };
    }
    if (signal instanceof Reject) {
      this.#log.warn({ taskId: message.id }, `Task ${name} ${signal.message}`);
      if (signal.requeue) return { kind: "requeue", result: "" };
      const result = this.#outcomes.failure(message, task.options, signal);
      return this.#aftermath.failed(message, signal, { kind: "bury", reason: "rejected", result }, execution);
    }
    if (signal instanceof Ignore) this.#log.info({ taskId: message.id }, `Task ${name} ignored`);
    return { kind: "settle", result: "" };
  }

  /** As Celery's `Request._announce_revoked`. @param {Request} request @param {Execution} execution @returns {Promise<Ending>} */
  async #terminated({ message, task }, execution) {
    await Promise.allSettled(execution.sends);
    this.#log.warn({ taskId: message.id }, `Task ${label(task.name, message.id)} was terminated`);
    const result = this.#outcomes.revoked(message, task.options, "terminated");
    if (message.embed.chord !== null) await this.#aftermath.revoked(message, new TaskRevokedError("terminated"));
    return { kind: "settle", result };
  }

  /** @param {Execution} execution @returns {Promise<Error | null>} why one of its messages could not be sent */
  async #whyNotSent({ sends }) {
    const outcomes = await Promise.allSettled(sends);
    const refused = outcomes.find(({ status }) => status === "rejected");
    return refused ? toError(/** @type {PromiseRejectedResult} */ (refused).reason) : null;
  }

  /** The ending of an execution that broke this runtime rather than itself: a failure all the same. @param {Request} request @param {unknown} error @returns {Ending} */
  broken({ message, task }, error) {
    this.#log.fatal(
      { taskId: message.id, err: error },
      `Task ${label(message.name, message.id)} could not be ended as it should`,
    );
    return endingOfFailure(task, toError(error), this.#outcomes.unrunnable(message.id, null, toError(error)));
  }

  /** @param {Request} request @param {Execution} execution @param {Error} error @returns {Promise<Ending>} */
  async #failed(request, execution, error) {
    const { message, task } = request;
    await Promise.allSettled(execution.sends);
    if (error instanceof WorkerLostError && execution.isCutOff && leavesToLease(request)) {
      this.#log.error({ taskId: message.id }, `Task ${label(task.name, message.id)} comes back: ${error.message}`);
      return { kind: "leave", result: "" };
    }
    const expected = matches(error, task.options.throws);
    const sentence = `Task ${label(task.name, message.id)} raised ${expected ? "expected" : "unexpected"}: ${className(error)}(${JSON.stringify(error.message)})`;
    if (expected) this.#log.info({ taskId: message.id }, sentence);
    else this.#log.error({ taskId: message.id, err: error }, sentence);
    const result = this.#outcomes.failure(message, task.options, error, execution.children);
    return this.#aftermath.failed(message, error, endingOfFailure(task, error, result), execution);
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

/** @param {import("./types.js").RegisteredTask} task that has failed for good @param {Error} error @param {string} result @returns {Ending} */
const endingOfFailure = ({ options }, error, result) =>
  options.deadLetterOnFailure ? { kind: "bury", reason: className(error), result } : { kind: "settle", result };

/** Whether the task of a lost thread runs again, as that of a lost worker does. @param {Request} request */
const leavesToLease = ({ task: { options }, acknowledged }) => options.rejectOnWorkerLost === true && !acknowledged;

/** @param {unknown} value @returns {value is PromiseLike<unknown>} */
const isThenable = (value) =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
