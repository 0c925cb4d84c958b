/** One run of a task, wherever it runs. The task's code finds it through its asynchronous context (tasks/current.js). */
import { SoftTimeLimitExceeded } from "../errors.js";
import { signals } from "../signals.js";
import { bindArguments } from "../tasks/binding.js";
import { taskStorage } from "../tasks/current.js";
import { validateArguments } from "../tasks/schema.js";
import { Context } from "./context.js";
import { taskFields } from "./request.js";
import { createSelf } from "./self.js";

/**
 * @typedef {import("./request.js").Request} Request
 *
 * @typedef {object} Services what a run needs from the place where it runs: a worker's event loop, a thread or a test
 * @property {import("../worker/model/types.js").WorkerApp} app
 * @property {string} hostname
 * @property {boolean} [isEager] the task runs where it was called
 * @property {import("../worker/observers/log.js").Logger} log
 * @property {import("../protocol/result-encoder.js").ResultEncoder} resultEncoder
 * @property {(planned: import("./retry.js").PlannedRetry) => Promise<unknown>} send sends a retry
 * @property {(replacement: import("../canvas/types.js").AnySignature) => Promise<unknown>} replace sends the task's
 *   replacement
 * @property {(taskId: string, result: string) => Promise<boolean>} store stores a state; false when the server refused it for good
 * @property {(type: string, fields: Record<string, unknown>) => void} sendEvent sends an event to monitors, soon
 * @property {(body: import("../canvas/types.js").AnySignature, error: Error, execution: Execution) => Promise<unknown>} [failBody]
 *   fails the body of a chord; on a worker's event loop alone
 *
 * @typedef {object} RunSpan the span of a run (task-span.js). The type does not name OpenTelemetry, which may be missing
 * @property {string} traceId
 * @property {Record<string, string>} headers the span's context as message headers, for a thread that runs the task
 * @property {<T>(operation: () => T) => T} within calls an operation; its spans become children
 * @property {(state: string, error?: Error | null, isFailure?: boolean) => void} note notes a state that is not SUCCESS;
 *   `isFailure`: the error fails the span too
 * @property {(retry: import("../errors.js").Retry) => void} noteRetry
 *
 * @typedef {object} Runner a run outside this event loop
 * @property {() => void} abort passes the soft time limit on
 * @property {() => void} kill ends the thread, whatever the task does
 */

/** The property in which a logger keeps its own name. */
const LOGGER = Symbol("name of the logger");
const WORKER_LOGGER = "celery.worker";

export class Execution {
  /** @type {Context | null} */
  #context = null;
  /** @type {ReturnType<typeof createSelf> | null} */
  #self = null;
  startedAtMs = performance.now();
  /** Messages being sent. They must arrive before this task's own message is acknowledged. @type {Promise<unknown>[]} */
  sends = [];
  /** Results of the tasks that it sent, in order; stored for `AsyncResult.children`. @type {import("./context.js").Child[]} */
  children = [];
  ended = false;
  /** Whether its function has ended; follow-ups may still be running. */
  returned = false;
  /** Whether it was ended from outside, by a hard time limit, a termination or a lost thread. Then only `retryOnWorkerLost` retries it. */
  isCutOff = false;
  /** The source of the error that failed it, if not its function: "an unhandled rejection". @type {string | null} */
  failedIn = null;
  /** Made when the task first asks for `self.signal`. @type {AbortController | null} */
  abort = null;
  /** Fails the task while its promise is pending. @type {((error: unknown) => void) | null} */
  reject = null;
  /** @type {Runner | null} */
  runner = null;
  /** Null if nothing is traced. @type {RunSpan | null} */
  span = null;
  /** The signature that replaces the task. @type {import("../canvas/types.js").AnySignature | null} */
  replacement = null;

  /**
   * @param {Request} request
   * @param {Services} services
   */
  constructor(request, services) {
    this.request = request;
    this.services = services;
    this.app = services.app;
  }

  /** The `self` of its function and handlers: one object for all of them, created on first use. */
  get self() {
    this.#self ??= createSelf(this);
    return this.#self;
  }

  /** The task's `self.request`, created on first use because most tasks never read it. */
  get context() {
    const { hostname, isEager = false } = this.services;
    this.#context ??= new Context(this.request, { hostname, isEager, children: this.children });
    return this.#context;
  }

  /** @returns {boolean} whether the results of the tasks that it sends are kept as its children */
  get trail() {
    return this.request.task.options.trail !== false;
  }

  /**
   * The task's `self.log`, named after its module as Python's `get_task_logger(__name__)`.
   *
   * @returns {import("../worker/observers/log.js").Logger}
   */
  get log() {
    const { name } = this.request.task;
    return this.logNamed(name.slice(0, Math.max(0, name.lastIndexOf("."))) || name);
  }

  /**
   * @param {string} name of the logger
   * @returns {import("../worker/observers/log.js").Logger} adds the task's fields to each line
   */
  logNamed(name) {
    return named(this.services.log, taskFields(this.request), name);
  }

  /**
   * The task's `self.signal`. Each access checks the clock, so `while (!self.signal.aborted)` ends.
   *
   * @returns {AbortSignal}
   */
  get signal() {
    this.abort ??= new AbortController();
    if (this.isOverdue()) this.abortSoftly();
    return this.abort.signal;
  }

  /** @returns {boolean} whether a handler or receiver wants to know that the task starts */
  get hasStartHooks() {
    return Boolean(this.request.task.beforeStart) || signals.taskPrerun.receivers.length > 0;
  }

  /** @returns {boolean} whether a handler or receiver wants to know that it has ended */
  get hasEndHooks() {
    const { onSuccess, onFailure, onRetry, afterReturn } = this.request.task;
    return (
      signals.taskPostrun.receivers.length > 0 ||
      signals.taskSuccess.receivers.length > 0 ||
      signals.taskFailure.receivers.length > 0 ||
      signals.taskRetry.receivers.length > 0 ||
      Boolean(onSuccess || onFailure || onRetry || afterReturn)
    );
  }

  /** @returns {boolean} whether anything follows its success: callbacks, the rest of a chain, a chord */
  get hasFollowUps() {
    const { callbacks, chain, chord } = this.request.message.embed;
    return callbacks !== null || chain !== null || chord !== null;
  }

  /**
   * Binds the arguments, checks them by the task's schema, and calls the function in the context that attributes sub-tasks
   * and stray errors to this run.
   *
   * @returns {unknown} what it returns
   */
  call() {
    const { message, task } = this.request;
    const bound = bindArguments(task.parameters, message.args, message.kwargs, task.name);
    const { schema } = task.options;
    if (schema === undefined || schema === null) return this.#callWith(bound);
    const checked = validateArguments(schema, task.parameters, bound, task.name);
    return checked instanceof Promise ? checked.then((args) => this.#callWith(args)) : this.#callWith(checked);
  }

  /**
   * Calls the task's `beforeStart`, where the task itself runs: both have one `self`.
   *
   * @returns {unknown} what it returns
   */
  announceStart() {
    const { message, task } = this.request;
    const { beforeStart } = task;
    if (!beforeStart) return undefined;
    const { id, args, kwargs } = message;
    return taskStorage.run(this, () => beforeStart.apply(this.self, [id, args, kwargs]));
  }

  /**
   * @param {readonly unknown[]} bound
   * @returns {unknown}
   */
  #callWith(bound) {
    const { task } = this.request;
    const args = task.options.bind ? [this.self, ...bound] : bound;
    return taskStorage.run(this, () => task.fn(...args));
  }

  /**
   * Fails the task from outside, if its promise is pending.
   *
   * @param {Error} error
   * @returns {boolean} whether it was
   */
  cutOff(error) {
    if (this.reject === null || this.ended) return false;
    this.isCutOff = true;
    this.reject(error);
    return true;
  }

  /** @param {unknown} reason of the abort; a signal that has already aborted keeps its reason */
  abortWith(reason) {
    this.abort ??= new AbortController();
    this.abort.abort(reason);
  }

  /** The soft time limit has passed. */
  abortSoftly() {
    if (this.abort?.signal.aborted) return;
    this.abortWith(new SoftTimeLimitExceeded("the task ran longer than its soft time limit", { args: [] }));
    this.runner?.abort();
  }

  /** Whether the soft time limit has passed, by the clock: while a task computes, no timer fires. @returns {boolean} */
  isOverdue() {
    const softS = this.request.timeLimits[1];
    return Boolean(softS) && performance.now() - this.startedAtMs >= Number(softS) * 1000;
  }

  /**
   * Implements `self.throwIfAborted()`.
   *
   * @throws {unknown} the abort reason of `self.signal`: a `SoftTimeLimitExceeded` once the soft time limit has passed
   */
  throwIfAborted() {
    if (this.isOverdue()) this.abortSoftly();
    this.abort?.signal.throwIfAborted();
  }
}

/**
 * @param {import("pino").Logger} log
 * @param {Record<string, unknown>} fields of each line
 * @param {string} name
 * @returns {import("pino").Logger} a child that takes an error as `err` too, which is pino's name for it
 */
export function named(log, fields, name) {
  const child = log.child(fields, { formatters: { log: renameError } });
  return Object.assign(child, { [LOGGER]: name });
}

/**
 * Adds the logger's name to a line that has none (pino's option `mixin`).
 *
 * @param {object} _fields
 * @param {number} _level
 * @param {object} logger
 */
export const withLoggerName = (_fields, _level, logger) => ({
  logger: /** @type {{ [LOGGER]?: string }} */ (logger)[LOGGER] ?? WORKER_LOGGER,
});

/**
 * @param {object} fields
 * @returns {object}
 */
function renameError(fields) {
  if (!("err" in fields)) return fields;
  const { err, ...others } = fields;
  return { ...others, error: err };
}
