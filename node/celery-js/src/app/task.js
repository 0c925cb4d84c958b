/** A registered task (`celery.app.task.Task`): how it is called, here and elsewhere. */
import { checkArguments } from "../tasks/binding.js";
import { runEagerly } from "./eager.js";
import { checkCall, send } from "./send.js";
import { Signature } from "./signature.js";

/**
 * @typedef {import("./celery.js").Celery} Celery
 * @typedef {import("./result.js").AsyncResult} AsyncResult
 * @typedef {import("./send-options.js").SendOptions} SendOptions
 * @typedef {import("../tasks/define.js").TaskFunction} TaskFunction
 * @typedef {import("../tasks/options.js").TaskOptions} TaskOptions
 * @typedef {import("../tasks/parameters.js").Parameters} Parameters
 */

/**
 * A Task is not called like a function: the function that a task module exports is, and it is `task.fn` here. A worker's
 * `self` is made from its Task (`Object.create`), which is why all fields are plain ones.
 */
export class Task {
  /**
   * @param {object} task
   * @param {Celery} task.app
   * @param {string} task.name
   * @param {TaskFunction} task.fn
   * @param {Readonly<TaskOptions>} task.options those that were given; what is absent is left to the settings
   * @param {Parameters} task.parameters
   */
  constructor({ app, name, fn, options, parameters }) {
    this.app = app;
    this.name = name;
    this.fn = fn;
    this.options = options;
    this.parameters = parameters;
  }

  /**
   * Sends the task with these arguments: the short form of `applyAsync`.
   *
   * @param {...unknown} args
   * @returns {Promise<AsyncResult>}
   */
  delay(...args) {
    return this.applyAsync(args);
  }

  /**
   * Sends the task.
   *
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [options] Celery's options in camelCase, and `kwargs`
   * @returns {Promise<AsyncResult>} once the broker has the message; with `taskAlwaysEager` once the task has ended
   * @throws {TypeError} when the arguments do not fit the task's parameters (not with `typing: false`), or an option is wrong
   * @throws {EncodeError} when an argument cannot be written as JSON
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async applyAsync(args = [], options = {}) {
    checkCall(this.name, args, options.kwargs ?? {});
    if (this.options.typing !== false) checkArguments(this.parameters, args, options.kwargs ?? {}, this.name);
    if (this.app.settings.taskAlwaysEager) return this.apply(args, options);
    return send(this.app, this.name, args, options);
  }

  /**
   * Runs the task here and now, retries included, without broker and backend.
   *
   * @param {readonly unknown[]} [args]
   * @param {SendOptions & { throw?: boolean }} [options] `throw`: throws the task's error, default `taskEagerPropagates`
   * @returns {Promise<import("./eager-result.js").EagerResult>}
   * @throws {EncodeError} when an argument cannot be written as JSON
   */
  async apply(args = [], { throw: propagate = this.app.settings.taskEagerPropagates, ...options } = {}) {
    checkCall(this.name, args, options.kwargs ?? {});
    return runEagerly(this, args, options, propagate);
  }

  /** @param {...unknown} args @returns {Signature} */
  s(...args) {
    return this.signature(args);
  }

  /** @param {...unknown} args @returns {Signature} that takes no further arguments */
  si(...args) {
    return this.signature(args, { immutable: true });
  }

  /**
   * @param {readonly unknown[]} [args]
   * @param {SendOptions & { immutable?: boolean }} [options]
   * @returns {Signature}
   */
  signature(args = [], { kwargs, immutable, ...options } = {}) {
    return new Signature(this.app, { task: this.name, args, kwargs, options, immutable });
  }

  /** @param {string} taskId @returns {AsyncResult} */
  AsyncResult(taskId) {
    return this.app.AsyncResult(taskId);
  }
}
