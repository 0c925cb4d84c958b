import { loads } from "../protocol/json.js";
import { saferepr } from "../protocol/repr.js";
import { bindArguments } from "../tasks/binding.js";
import { runInExecution } from "../tasks/current.js";
import { Execution } from "./execution.js";
import { FailureHandler } from "./failure-handler.js";
import { Hooks } from "./hooks.js";
import { label } from "./request.js";
import { encodeReturned } from "./result-encoder.js";
import { createSelf } from "./self.js";
import { TimeLimits } from "./time-limits.js";

/**
 * @typedef {import("./request.js").Request} Request
 * @typedef {import("./disposition.js").Disposition} Disposition
 */

export class Executor {
  #app;
  #hostname;
  #log;
  #resultEncoder;
  #callbacks;
  #followUps;
  #services;
  #limits;
  #hooks;
  /** @type {(execution: Execution) => object} */
  #makeSelf;
  #threads;
  #zombies;
  #events;
  #failureHandler;

  /**
   * @param {object} options
   * @param {import("../worker/model/types.js").WorkerApp} options.app
   * @param {string} options.hostname
   * @param {import("../worker/observers/log.js").Logger} options.log
   * @param {import("./result-encoder.js").ResultEncoder} options.resultEncoder
   * @param {import("./follow-ups/callbacks.js").Callbacks} options.callbacks
   * @param {import("./follow-ups/follow-ups.js").FollowUps} options.followUps
   * @param {import("../worker/completion/completer.js").Completer} options.completer
   * @param {import("../worker/pools/threads.js").ThreadPool | null} options.threads
   * @param {import("../worker/pools/zombies.js").Zombies} options.zombies
   * @param {import("../worker/observers/announcements.js").Announcements} options.announcements
   * @param {import("../worker/observers/task-events.js").TaskEvents} options.events
   */
  constructor({
    app,
    hostname,
    log,
    resultEncoder,
    callbacks,
    followUps,
    completer,
    threads,
    zombies,
    announcements,
    events,
  }) {
    this.#app = app;
    this.#hostname = hostname;
    this.#log = log;
    this.#resultEncoder = resultEncoder;
    this.#callbacks = callbacks;
    this.#followUps = followUps;
    this.#services = { resultEncoder, completer };
    this.#makeSelf = (execution) => createSelf(execution.delivery.task, execution, this.#services, log);
    this.#limits = new TimeLimits(log);
    this.#hooks = new Hooks({
      log,
      stored: (message, disposition) => followUps.stored(message, disposition),
    });
    this.#threads = threads;
    this.#zombies = zombies;
    this.#events = events;
    this.#failureHandler = new FailureHandler({
      app,
      log,
      resultEncoder,
      followUps,
      announcements,
      hooks: this.#hooks,
      events,
    });
  }

  /**
   * Runs a task. One that returns no promise ends here and now: every promise costs a busy worker time.
   *
   * @param {Request} request
   * @returns {Disposition | Promise<Disposition>}
   */
  execute(request) {
    const execution = new Execution(this.#app, request, this.#hostname, this.#makeSelf);
    const startedAt = execution.startedAtMs;
    request.execution = execution;
    if (this.#events.isOn) this.#events.started(request);
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
    const started = this.#resultEncoder.started(message, task.options);
    // It must be stored before what comes after it, and is waited for with whatever else the task sends.
    if (started !== "") execution.sends.push(this.#services.completer.store(message.id, started));
  }

  /**
   * Waits for a task's promise, or for whoever fails it before that: a time limit, a stray error. What comes later is dropped.
   *
   * @param {Request} request @param {Execution} execution @param {PromiseLike<unknown>} pending @param {number} startedAt
   * @returns {Promise<Disposition>}
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

  /** @param {Request} request @param {Execution} execution @param {unknown} value @param {number} startedAt @returns {Disposition | Promise<Disposition>} */
  #returned(request, execution, value, startedAt) {
    const hasFollowers = execution.sends.length > 0 || this.#callbacks.has(request);
    if (hasFollowers || this.#hooks.observesEnd(request.task)) {
      return this.#followed(request, execution, value, startedAt);
    }
    const disposition = this.#succeed(request, execution, value, startedAt);
    this.#end(execution);
    return disposition;
  }

  /** @param {Request} request @param {Execution} execution @param {unknown} value @param {number} startedAt @returns {Promise<Disposition>} */
  async #followed(request, execution, value, startedAt) {
    const { message, task } = request;
    try {
      await Promise.all(execution.sends);
      // What is stored is what goes on, to whomever: the task may still change what it returned.
      const text = encodeReturned(value);
      const stored = loads(text);
      const send = this.#callbacks.follow(request, execution, value);
      const disposition = this.#succeed(request, execution, value, startedAt, text);
      this.#end(execution);
      const left = this.#callbacks.has(request)
        ? await this.#followUps.succeeded(message, stored, disposition, execution, () => send(stored))
        : disposition;
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
    if (request.pool === "threads")
      return /** @type {import("../worker/pools/threads.js").ThreadPool} */ (this.#threads).run(execution);
    const { message, task } = request;
    const bound = bindArguments(task.parameters, message.args, message.kwargs, task.name);
    const args = task.options.bind ? [execution.self, ...bound] : bound;
    return runInExecution(execution, () => task.fn(...args));
  }

  /** @param {Request} request @param {Execution} execution @param {unknown} value @param {number} startedAt @param {string} [text] @returns {Disposition} */
  #succeed(request, execution, value, startedAt, text) {
    const { message, task } = request;
    const result = this.#resultEncoder.success(message, task.options, value, execution.children, text);
    const runtimeMs = performance.now() - startedAt;
    this.#logSuccess(request, value, runtimeMs);
    if (!this.#events.isOn) return { kind: "settle", result };
    return { kind: "settle", result, events: this.#events.ofSuccess(request, value, runtimeMs / 1000) };
  }

  /** @param {Request} request @param {Execution} execution @param {unknown} thrown @returns {Promise<Disposition>} */
  #ended(request, execution, thrown) {
    this.#end(execution);
    return this.#failureHandler.handle(request, execution, thrown);
  }

  /** The disposition of an execution that broke this runtime rather than itself: a failure all the same. @param {Request} request @param {unknown} error @returns {Disposition} */
  broken(request, error) {
    return this.#failureHandler.broken(request, error);
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

/** @param {number} ms */
const seconds = (ms) => `${(ms / 1000).toFixed(ms < 10 ? 5 : 3)}s`;

/** @param {unknown} value @returns {value is PromiseLike<unknown>} */
const isThenable = (value) =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
