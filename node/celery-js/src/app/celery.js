/** The app (`celery.Celery`): settings, tasks, and the way to a broker and a result backend, opened when first needed. */
import { createBackend } from "../backend/backend.js";
import { resolveSettings } from "../settings.js";
import { taskOptions } from "../tasks/define.js";
import { discoverTasks } from "../tasks/discover.js";
import { checkTaskOptions } from "../tasks/options.js";
import { parseParameters } from "../tasks/parameters.js";
import { createPublisher } from "../transport/transport.js";
import { Worker } from "../worker/worker.js";
import { TaskRegistry } from "./registry.js";
import { AsyncResult } from "./result.js";
import { createRouter } from "./routes.js";
import { checkCall, send } from "./send.js";
import { Signature } from "./signature.js";
import { Task } from "./task.js";

/**
 * @typedef {import("./send-options.js").SendOptions} SendOptions
 * @typedef {import("./signature.js").SignatureData} SignatureData
 * @typedef {import("../tasks/define.js").TaskFunction} TaskFunction
 * @typedef {import("../tasks/options.js").TaskOptions} TaskOptions
 * @typedef {import("../transport/transport.js").Publisher} Publisher
 * @typedef {import("../backend/backend.js").ResultBackend} ResultBackend
 */

export class Celery {
  /** @type {Promise<void> | null} */
  #closed = null;

  /**
   * @param {string} main the app's name
   * @param {Record<string, unknown>} [settings] Celery's settings in camelCase
   * @throws {ImproperlyConfigured} when a setting is unknown or cannot be used
   */
  constructor(main, settings = {}) {
    this.main = main;
    this.settings = resolveSettings(settings);
    this.tasks = new TaskRegistry();
    /** The route of a task by its name (`taskRoutes`), null where there is none. */
    this.route = createRouter(this.settings.taskRoutes);
    /** Connects with the first message. @type {Publisher} */
    this.publisher = createPublisher(this.settings);
    /** Connects when first asked. @type {ResultBackend} */
    this.backend = createBackend(this.settings);
  }

  /**
   * Registers a task: `task(name, options, fn)`, `task(name, fn)`, or `task(fn)` with the name that the function's own options
   * say, else `<app>.<function>`.
   *
   * @param {string | TaskFunction} nameOrFn
   * @param {TaskOptions | TaskFunction} [optionsOrFn] over those that `task()` attached to the function
   * @param {TaskFunction} [fn]
   * @returns {Task}
   * @throws {ImproperlyConfigured} when an option is unknown or wrong, or the function cannot be a task
   * @throws {DuplicateTaskError} when the name is taken
   */
  task(nameOrFn, optionsOrFn, fn) {
    const target = [nameOrFn, optionsOrFn, fn].find((part) => typeof part === "function");
    if (typeof target !== "function")
      throw new TypeError("task() takes (name, options, function), (name, function) or (function)");
    const given = typeof optionsOrFn === "object" && optionsOrFn !== null ? optionsOrFn : {};
    const options = { ...taskOptions(target), ...given };
    const name = typeof nameOrFn === "string" ? nameOrFn : (options.name ?? `${this.main}.${target.name}`);
    return this.#register(name, options, target);
  }

  /**
   * Registers every task of a folder, named by path and export.
   *
   * @param {URL | string} directory a `file:` URL or a path
   * @param {{ prefix: string, extensions?: readonly string[] }} options `prefix`: what the names start with
   * @returns {Promise<Task[]>}
   * @throws as `discoverTasks`; nothing is registered then
   */
  async autodiscoverTasks(directory, options) {
    const found = await discoverTasks(directory, options);
    return found.map(({ name, fn, options: ownOptions }) => this.#register(name, ownOptions, fn));
  }

  /**
   * Sends a task by its name; it need not be registered here.
   *
   * @param {string} name
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [options] Celery's options in camelCase, and `kwargs`
   * @returns {Promise<AsyncResult>} once the broker has the message
   * @throws {TypeError} when `args` is no array, or an option is unknown or of the wrong kind
   * @throws {EncodeError} when an argument cannot be written as JSON, or the message is too large
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   * @throws {NotRegistered} with `taskAlwaysEager`, when there is no such task here
   */
  async sendTask(name, args = [], options = {}) {
    checkCall(name, args, options.kwargs ?? {});
    if (this.settings.taskAlwaysEager) return this.tasks.get(name).apply(args, options);
    return send(this, name, args, options);
  }

  /**
   * @param {string | object} task a name, or a signature: as it was made here, or as Celery's dict
   * @param {readonly unknown[]} [args]
   * @param {SendOptions & { immutable?: boolean }} [options]
   * @returns {Signature}
   */
  signature(task, args = [], { kwargs, immutable, ...options } = {}) {
    if (task instanceof Signature) return task;
    if (typeof task === "object") return Signature.fromJSON(this, /** @type {SignatureData} */ (task));
    return new Signature(this, { task, args, kwargs, options, immutable });
  }

  /**
   * @param {string} id of a task that was sent, from anywhere
   * @returns {AsyncResult}
   */
  AsyncResult(id) {
    return new AsyncResult(id, { backend: this.backend });
  }

  /**
   * @param {import("../worker/worker.js").WorkerOptions} [options]
   * @returns {Worker} not started yet
   * @throws {ImproperlyConfigured} when an option cannot be used
   */
  worker(options = {}) {
    return new Worker(this, options);
  }

  /**
   * Closes the connections, once what is being sent has arrived. A script need not call it: it ends by itself.
   *
   * @returns {Promise<void>}
   */
  close() {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close() {
    await this.publisher.close();
    await this.backend.close();
  }

  /** @param {string} name @param {Readonly<TaskOptions>} given @param {TaskFunction} fn */
  #register(name, given, fn) {
    const options = checkTaskOptions(given, `task ${name}`);
    const { bind, params } = options;
    const parameters = parseParameters(fn, { bind, params, name });
    const task = new Task({ app: this, name, fn, options, parameters });
    this.tasks.register(task);
    return task;
  }
}
