/**
 * A call that has not been made yet (`celery.canvas.Signature`): data that can be kept, sent and completed with further
 * arguments. Options are in camelCase here and in Celery's snake_case in `toJSON()`.
 */
import { isSendOption, mergeOptions } from "./send-options.js";

/**
 * @typedef {import("./celery.js").Celery} Celery
 * @typedef {import("./send-options.js").SendOptions} SendOptions
 * @typedef {import("./result.js").AsyncResult} AsyncResult
 */
/**
 * Celery's dict, as it travels in messages.
 *
 * @typedef {object} SignatureData
 * @property {string} task
 * @property {unknown[]} args
 * @property {Record<string, unknown>} kwargs
 * @property {Record<string, unknown>} options with snake_case names
 * @property {string | null} subtask_type
 * @property {boolean} immutable true takes no further arguments
 */

export class Signature {
  #app;

  /**
   * @param {Celery} app
   * @param {object} call
   * @param {string} call.task
   * @param {readonly unknown[]} [call.args]
   * @param {Record<string, unknown>} [call.kwargs]
   * @param {SendOptions} [call.options]
   * @param {boolean} [call.immutable]
   */
  constructor(app, { task, args = [], kwargs = {}, options = {}, immutable = false }) {
    if (!Array.isArray(args)) throw new TypeError(`${task}: the arguments of a signature must be an array`);
    this.#app = app;
    this.task = task;
    /** @type {unknown[]} */
    this.args = [...args];
    this.kwargs = { ...kwargs };
    /** @type {SendOptions} */
    this.options = { ...options };
    /** @type {string | null} */
    this.subtaskType = null;
    this.immutable = immutable;
  }

  /**
   * @param {Celery} app
   * @param {SignatureData} data as `toJSON` or Celery gives it
   * @returns {Signature}
   */
  static fromJSON(app, { task, args, kwargs, options, immutable }) {
    return new Signature(app, {
      task,
      args: args ?? [],
      kwargs: kwargs ?? {},
      options: optionsOf(options ?? {}),
      immutable,
    });
  }

  /** @returns {SignatureData} Celery's dict */
  toJSON() {
    const options = Object.entries(this.options).map(([name, value]) => [snakeCase(name), value]);
    return {
      task: this.task,
      args: this.args,
      kwargs: this.kwargs,
      options: Object.fromEntries(options),
      subtask_type: this.subtaskType,
      immutable: this.immutable,
    };
  }

  /**
   * Sends the task, with further arguments before the signature's own.
   *
   * @param {...unknown} args
   * @returns {Promise<AsyncResult>}
   */
  delay(...args) {
    return this.applyAsync(args);
  }

  /**
   * Sends the task. Arguments come before the signature's own and keyword arguments over them; an immutable signature takes
   * neither (`celery.canvas.Signature._merge`).
   *
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [options] over the signature's own
   * @returns {Promise<AsyncResult>}
   * @throws as `Celery.sendTask`
   */
  async applyAsync(args = [], options = {}) {
    const call = this.clone(args, options);
    const sendOptions = { ...call.options, kwargs: call.kwargs };
    const { tasks } = this.#app;
    if (tasks.has(call.task)) return tasks.get(call.task).applyAsync(call.args, sendOptions);
    return this.#app.sendTask(call.task, call.args, sendOptions);
  }

  /**
   * @param {readonly unknown[]} [args] put before the signature's own
   * @param {SendOptions} [options] laid over the signature's own; `kwargs` over its keyword arguments
   * @returns {Signature} a copy; this one stays as it is
   */
  clone(args = [], { kwargs = {}, ...options } = {}) {
    const open = !this.immutable;
    return new Signature(this.#app, {
      task: this.task,
      args: open ? [...args, ...this.args] : this.args,
      kwargs: open ? { ...this.kwargs, ...kwargs } : this.kwargs,
      options: mergeOptions(this.options, options),
      immutable: this.immutable,
    });
  }

  /**
   * @param {SendOptions & { immutable?: boolean }} options added to this signature's own
   * @returns {this} the signature
   */
  set({ immutable = this.immutable, ...options }) {
    this.immutable = immutable;
    Object.assign(this.options, options);
    return this;
  }
}

/** @param {string} name */
const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** @param {string} name */
const camelCase = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/**
 * Celery's options, of which some are about Celery's own way of sending (`retry`, `producer`, `compression`) and mean nothing
 * here; a stamp stands among them under a name of its own.
 *
 * @param {Record<string, unknown>} options in snake_case
 * @returns {SendOptions}
 */
function optionsOf(options) {
  const stampedHeaders = /** @type {string[]} */ (options.stamped_headers ?? []);
  /** @type {Record<string, unknown>} */
  const known = {};
  for (const [name, value] of Object.entries(options)) {
    if (isSendOption(camelCase(name))) known[camelCase(name)] = value;
  }
  if (stampedHeaders.length > 0) known.stamps = Object.fromEntries(stampedHeaders.map((name) => [name, options[name]]));
  return known;
}
