/**
 * Runs a task for a worker, on the event loop or in a thread, and decides what to do with its message. A task that
 * returns no promise ends within the call that starts it, because every promise costs a busy worker time.
 */
import { loads } from "../protocol/json.js";
import { encodeReturned } from "../protocol/result-encoder.js";
import { tracer } from "../telemetry/open-telemetry.js";
import { Execution } from "./execution.js";
import { FailureHandler } from "./failure-handler.js";
import { Hooks } from "./hooks.js";
import { traced } from "./task-span.js";
import { TimeLimits } from "./time-limits.js";

/**
 * @typedef {import("./request.js").Request} Request
 * @typedef {import("./disposition.js").Disposition} Disposition
 *
 * @typedef {import("./execution.js").Services & { observers: TaskObservers }} WorkerServices
 * @typedef {import("../worker/observers/task-observers.js").TaskObservers} TaskObservers
 *
 * @typedef {object} ExecutorParts
 * @property {WorkerServices} services
 * @property {import("./follow-ups/callbacks.js").Callbacks} callbacks
 * @property {import("./follow-ups/follow-ups.js").FollowUps} followUps
 * @property {import("../worker/pools/threads.js").ThreadPool | null} threads null when no task runs in a thread
 * @property {import("../worker/pools/zombies.js").Zombies} zombies
 */

export class Executor {
  #parts;
  #services;
  #observers;
  #limits;
  #hooks;
  #failureHandler;
  /** Asked once: a program registers OpenTelemetry's SDK before it makes its worker. */
  #isTraced = tracer() !== null;

  /** @param {ExecutorParts} parts */
  constructor(parts) {
    const { services, followUps } = parts;
    this.#parts = parts;
    this.#services = services;
    this.#observers = services.observers;
    this.#limits = new TimeLimits(services.log);
    this.#hooks = new Hooks({ storeResult: (message, disposition) => followUps.storeResult(message, disposition) });
    this.#failureHandler = new FailureHandler({ services, followUps, hooks: this.#hooks });
  }

  /**
   * @param {Request} request
   * @returns {Disposition | Promise<Disposition>}
   */
  execute(request) {
    const execution = new Execution(request, this.#services);
    request.execution = execution;
    return this.#isTraced ? traced(execution, () => this.#execute(execution)) : this.#execute(execution);
  }

  /**
   * @param {Execution} execution
   * @returns {Disposition | Promise<Disposition>}
   */
  #execute(execution) {
    const { request } = execution;
    if (this.#observers.isOn) this.#observers.notify("started", request);
    try {
      const value = this.#start(execution);
      return isThenable(value) ? this.#await(execution, value) : this.#handleReturn(execution, value);
    } catch (thrown) {
      return this.#handleError(execution, thrown);
    }
  }

  /**
   * Returns the disposition when this runtime broke, not the task. That counts as a failure too.
   *
   * @param {Request} request
   * @param {unknown} error
   * @returns {Disposition}
   */
  failBroken(request, error) {
    return this.#failureHandler.failBroken(request, error);
  }

  /**
   * @param {Execution} execution
   * @returns {unknown} what the task returns
   */
  #start(execution) {
    if (execution.hasStartHooks) {
      const track = () => this.#track(execution);
      return this.#hooks.start(execution, track, () => this.#call(execution));
    }
    this.#track(execution);
    return this.#call(execution);
  }

  /** Stores STARTED if the task or the app asks for it. @param {Execution} execution */
  #track({ request: { message, task }, sends }) {
    const { app, resultEncoder, store } = this.#services;
    if (!(task.options.trackStarted ?? app.settings.taskTrackStarted)) return;
    const started = resultEncoder.started(message, task.options);
    // It must be stored before any later state, so it is awaited with everything else that the task sends.
    if (started !== "") sends.push(store(message.id, started));
  }

  /** @param {Execution} execution */
  #call(execution) {
    const { threads } = this.#parts;
    return execution.request.pool === "threads" && threads !== null ? threads.run(execution) : execution.call();
  }

  /**
   * Waits for a task's promise, or for a time limit or stray error that fails it first. Anything later is dropped.
   *
   * @param {Execution} execution
   * @param {PromiseLike<unknown>} pending
   * @returns {Promise<Disposition>}
   */
  #await(execution, pending) {
    const { zombies } = this.#parts;
    if (execution.request.hasTimeLimit) this.#limits.watch(execution);
    return new Promise((resolve) => {
      const fail = (/** @type {unknown} */ thrown) => {
        if (!execution.ended) resolve(this.#handleError(execution, thrown));
      };
      // A constant first: V8 allocates a function written directly into a property, and all it refers to, as old objects.
      // The message, its arguments and the result of each task then waited for a full collection (see reply-check.js).
      const reject = (/** @type {unknown} */ thrown) => {
        if (execution.ended) return;
        if (!execution.returned) this.#abandon(execution, thrown);
        fail(thrown);
      };
      execution.reject = reject;
      pending.then(
        (value) => {
          execution.returned = true;
          if (execution.ended) return zombies.delete(execution);
          try {
            resolve(this.#handleReturn(execution, value));
          } catch (unusable) {
            fail(unusable);
          }
        },
        (thrown) => {
          execution.returned = true;
          if (execution.ended) zombies.delete(execution);
          else fail(thrown);
        },
      );
    });
  }

  /**
   * Handles code that still runs after its task has ended. A thread is ended with its task; code on the event loop cannot
   * be.
   *
   * @param {Execution} execution
   * @param {unknown} reason
   */
  #abandon(execution, reason) {
    if (execution.runner !== null) return execution.runner.kill();
    this.#parts.zombies.add(execution);
    execution.abortWith(reason);
  }

  /**
   * @param {Execution} execution
   * @param {unknown} value
   * @returns {Disposition | Promise<Disposition>}
   */
  #handleReturn(execution, value) {
    if (execution.sends.length > 0 || execution.hasFollowUps || execution.hasEndHooks) {
      return this.#followUp(execution, value);
    }
    const disposition = this.#succeed(execution, value);
    this.#end(execution);
    return disposition;
  }

  /**
   * @param {Execution} execution
   * @param {unknown} value
   * @returns {Promise<Disposition>}
   */
  async #followUp(execution, value) {
    const { callbacks, followUps } = this.#parts;
    try {
      await Promise.all(execution.sends);
      // Follow-ups get the value as stored, because the task may still change what it returned.
      const text = encodeReturned(value);
      const stored = loads(text);
      const followers = await callbacks.prepare(execution, value);
      const disposition = this.#succeed(execution, value, text);
      this.#end(execution);
      const left = execution.hasFollowUps
        ? await followUps.followSuccess(execution, stored, disposition, followers)
        : disposition;
      if (!execution.hasEndHooks || left.carried) return left;
      const runtimeS = (performance.now() - execution.startedAtMs) / 1000;
      return await this.#hooks.announceSuccess(execution, value, runtimeS, left);
    } catch (thrown) {
      return this.#handleError(execution, thrown);
    }
  }

  /**
   * @param {Execution} execution
   * @param {unknown} value
   * @param {string} [text]
   * @returns {Disposition}
   */
  #succeed(execution, value, text) {
    const { message, task } = execution.request;
    const result = this.#services.resultEncoder.success(message, task.options, value, execution.children, text);
    if (!this.#observers.isOn) return { kind: "settle", result, notify: null };
    const runtimeMs = performance.now() - execution.startedAtMs;
    return { kind: "settle", result, notify: this.#observers.notify("succeeded", execution.request, value, runtimeMs) };
  }

  /**
   * @param {Execution} execution
   * @param {unknown} thrown
   * @returns {Promise<Disposition>}
   */
  #handleError(execution, thrown) {
    this.#end(execution);
    const handle = () => this.#failureHandler.handle(execution, thrown);
    // A time limit or remote control may have failed it, outside of any active span.
    return execution.span === null ? handle() : execution.span.within(handle);
  }

  /** @param {Execution} execution that nothing can fail any more */
  #end(execution) {
    execution.ended = true;
    if (execution.request.hasTimeLimit) this.#limits.forget(execution);
  }
}

/**
 * @param {unknown} value
 * @returns {value is PromiseLike<unknown>}
 */
const isThenable = (value) =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
