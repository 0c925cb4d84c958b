/** A registered task (`celery.app.task.Task`): how it is called, here and elsewhere. */
import { inspect } from "node:util";
import { Chunks, map, starmap } from "../canvas/maps.js";
import { Signature } from "../canvas/signature.js";
import { runEagerly } from "../execution/eager.js";
import { formatTraceback, toError } from "../protocol/exceptions.js";
import { FAILURE } from "../protocol/states.js";
import { checkCall, send } from "../publishing/send.js";
import { AttributeBase } from "../tasks/attributes.js";
import { checkArguments } from "../tasks/binding.js";
import { addTrail, currentTask } from "../tasks/current.js";
import { checkSendOptions, checkSignatureOptions } from "../tasks/send-options.js";
import { EagerResult } from "./eager-result.js";

/**
 * @typedef {import("./celery.js").Celery} Celery
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 * @typedef {import("../tasks/define.js").TaskFunction} TaskFunction
 * @typedef {import("../tasks/options.js").TaskOptions} TaskOptions
 * @typedef {import("../tasks/parameters.js").Parameters} Parameters
 */

/**
 * @template R
 * @typedef {import("./result.js").AsyncResult<R>} AsyncResult
 */
/**
 * @template {unknown[]} Args
 * @typedef {readonly [] | (readonly unknown[] & Readonly<Partial<Args>>)} PartialArguments
 */

/**
 * A Task is not callable: call the function that the task module exports (`task.fn`). Its options are attributes, with the value
 * in force: `task.maxRetries` is the task's own, or Celery's default; `task.timeLimit` the task's own, or the setting's. A worker
 * makes `self` from its Task with `Object.create`, so every field must be a plain property, not a private one.
 *
 * @template {unknown[]} [Args=any[]] what the function takes, `self` not counted; `any` where that is not known
 * @template [R=any] what it returns, or promises
 */
export class Task extends AttributeBase {
  /**
   * @param {object} task
   * @param {Celery} task.app
   * @param {string} task.name
   * @param {TaskFunction} task.fn
   * @param {Readonly<TaskOptions>} task.options the options that were given; the setting `taskAnnotations` overrides them
   * @param {Parameters} task.parameters
   * @param {{ file: string, exported: string } | null} [task.place] the module that exports the function, where it is known
   */
  constructor({ app, name, fn, options: given, parameters, place = null }) {
    super();
    const options = app.annotations.annotate(name, given);
    this.app = app;
    this.name = name;
    this.fn = fn;
    this.options = options;
    this.parameters = parameters;
    /** Called before the task, as all of the following with Celery's arguments; see `TaskOptions`. */
    this.beforeStart = options.beforeStart ?? null;
    this.onSuccess = options.onSuccess ?? null;
    this.onFailure = options.onFailure ?? null;
    this.onRetry = options.onRetry ?? null;
    this.afterReturn = options.afterReturn ?? null;
    this.onReplace = options.onReplace ?? null;
    /** Names a call for logs and monitors. */
    this.shadowName = options.shadowName ?? null;
    this.place = place;
  }

  /**
   * Sends the task with these arguments: the short form of `applyAsync`.
   *
   * @param {Args} args
   * @returns {Promise<AsyncResult<R>>}
   */
  delay(...args) {
    return this.applyAsync(args);
  }

  /**
   * Sends the task.
   *
   * @param {PartialArguments<Args>} [args] the rest may be in `kwargs`
   * @param {SendOptions} [options] Celery's options in camelCase, and `kwargs`
   * @returns {Promise<AsyncResult<R>>} once the broker has the message; with `taskAlwaysEager` once the task has ended
   * @throws {TypeError} when the arguments do not fit the task's parameters (not with `typing: false`), or an option is wrong
   * @throws {EncodeError} when an argument cannot be written as JSON
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async applyAsync(args = [], options = {}) {
    checkCall(this.name, args, options);
    if (this.typing) checkArguments(this.parameters, args, options.kwargs ?? {}, this.name);
    if (this.app.settings.taskAlwaysEager) return this.apply(args, options);
    return send(this.app, this.name, args, options);
  }

  /**
   * Runs the task in this process, with its retries, without a broker or a result backend.
   *
   * @param {PartialArguments<Args>} [args]
   * @param {SendOptions & { throw?: boolean }} [given] `throw`: throws the task's error, default `taskEagerPropagates`
   * @returns {Promise<import("./eager-result.js").EagerResult<R>>}
   * @throws {EncodeError} when an argument cannot be written as JSON
   */
  async apply(args = [], given = {}) {
    checkCall(this.name, args, given);
    const { throw: propagate = this.app.settings.taskEagerPropagates, ...rest } = given;
    const options = checkSendOptions(rest, this.name);
    const parent = currentTask();
    const { id, state: status, value } = await runEagerly(this, args, options, propagate);
    if (status === FAILURE && propagate) throw toError(value);
    const traceback = status === FAILURE ? formatTraceback(value) : null;
    const outcome = { backend: this.app.backend, status, result: value, traceback };
    const result = /** @type {EagerResult<R>} */ (new EagerResult(id, outcome));
    if (parent !== null && options.addToParent !== false) addTrail(parent, result);
    return result;
  }

  /**
   * @param {...unknown} args
   * @returns {Signature<R>}
   */
  s(...args) {
    return this.signature(args);
  }

  /**
   * @param {...unknown} args
   * @returns {Signature<R>} that takes no further arguments
   */
  si(...args) {
    return this.signature(args, { immutable: true });
  }

  /**
   * @param {readonly unknown[]} [args]
   * @param {SendOptions & { immutable?: boolean }} [given] its options
   * @returns {Signature<R>}
   * @throws {TypeError} when `args` is not an array, or an option is unknown or of the wrong kind
   */
  signature(args = [], given = {}) {
    const { kwargs, immutable, ...options } = checkSignatureOptions(given, this.name);
    return new Signature(this.app, { task: this.name, args, kwargs, options, immutable });
  }

  /**
   * @param {Iterable<unknown>} items
   * @returns {Signature<R[]>} one message that runs the task with each of them in turn, and gives the list of results
   */
  map(items) {
    return map(this.app, this.s(), items);
  }

  /**
   * @param {Iterable<readonly unknown[]>} items the arguments of each call
   * @returns {Signature<R[]>} one message that runs the task with each of them in turn, and gives the list of results
   */
  starmap(items) {
    return starmap(this.app, this.s(), items);
  }

  /**
   * @param {Iterable<readonly unknown[]>} items the arguments of each call
   * @param {number} size how many calls one message makes
   * @returns {Chunks<R>} a group of messages, each with a list of results
   */
  chunks(items, size) {
    return new Chunks(this.app, this.s(), items, size);
  }

  /**
   * @param {string} taskId
   * @returns {AsyncResult<R>}
   */
  AsyncResult(taskId) {
    return this.app.AsyncResult(taskId);
  }

  /**
   * Celery's `repr`, for shells and logs: the app's settings, which are among the fields, have passwords.
   *
   * @internal
   */
  [inspect.custom]() {
    return `<@task: ${this.name} of ${this.app.main}>`;
  }
}
